/// What a message that came back, or came in, is taken for.
package enum ReturnClass: String, Sendable, Codable, CaseIterable {
    /// A permanent failure (5yz, RFC 3463 class 5) that lies with the address.
    case hard
    /// A failure that may pass: a full mailbox, the network, a policy.
    case soft
    /// A warning that a message is on its way still.
    case delayed
    /// A reader called our mail a nuisance (RFC 5965).
    case complaint
    /// No person wrote it: out of office, a receipt (RFC 3834).
    case autoreply
    case unsubscribe
    case subscribe
    case help
    /// A person's mail, or nothing that we know.
    case unknown
}
