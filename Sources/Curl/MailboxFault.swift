/// Why a mailbox, or one message of it, cannot be read.
package enum MailboxFault: Error, Hashable, Sendable {
    /// Not now: worth trying again soon.
    case unreachable(String)
    /// A person has to mend it; the text says how.
    case refused(String)
    /// The message is there no longer.
    case gone
    /// The message has more octets than we take.
    case tooLarge
    /// This message cannot be had, although the mailbox answers.
    case unreadable(String)
    /// ``MailboxVisit/stop()`` was called.
    case stopped
}

extension MailboxFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let reason), .refused(let reason), .unreadable(let reason): reason
        case .gone: "it is in the mailbox no longer"
        case .tooLarge: "it is too large"
        case .stopped: "stopped"
        }
    }
}
