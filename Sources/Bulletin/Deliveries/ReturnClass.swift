/// The class of a message read from the return mailbox.
package enum ReturnClass: String, Sendable, Codable, CaseIterable {
    /// A permanent failure (5yz, RFC 3463 class 5) caused by the address.
    case hard
    /// A temporary failure: a full mailbox, the network, a policy.
    case soft
    /// A warning that a message is still on its way.
    case delayed
    /// A reader reported our mail as spam (RFC 5965).
    case complaint
    /// An automatic message: out of office, a receipt (RFC 3834).
    case autoreply
    case unsubscribe
    case subscribe
    case help
    /// A person's mail, or nothing we recognise.
    case unknown
}
