/// Why a mailbox, or one message of it, cannot be read.
package enum MailboxFault: Error, Hashable, Sendable {
    /// A temporary fault: worth trying again soon.
    case unreachable(String)
    /// A person has to correct it; the text says how.
    case refused(String)
    /// The message is no longer there.
    case gone
    /// The message is larger than the limit.
    case tooLarge
    /// This message cannot be fetched, although the mailbox works.
    case unreadable(String)
    /// ``MailboxVisit/stop()`` was called.
    case stopped
}

extension MailboxFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let reason), .refused(let reason), .unreadable(let reason): reason
        case .gone: "it is no longer in the mailbox"
        case .tooLarge: "it is too large"
        case .stopped: "stopped"
        }
    }
}
