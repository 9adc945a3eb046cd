/// A message as a mailbox lists it.
package struct ListedMessage: Hashable, Sendable {
    /// What the mailbox calls it for ever (IMAP: as long as its UIDVALIDITY holds): its UID, its UIDL, or the unique part
    /// of its file's name.
    package let name: String
    /// In octets; nil where the mailbox does not say.
    package let size: Int?
    /// Whether it bears \Seen. True where reading a message changes nothing about it.
    package let wasSeen: Bool

    package init(name: String, size: Int?, wasSeen: Bool) {
        (self.name, self.size, self.wasSeen) = (name, size, wasSeen)
    }
}

/// A mailbox while it is open, to be used on the thread that opened it. Nothing in it is ever deleted.
package protocol OpenMailbox: AnyObject {
    /// Under which numbering the names hold (IMAP's UIDVALIDITY); empty where they hold for ever.
    var validity: String { get }
    /// Whether names are UIDs, which only grow: what was listed once needs no name of its own then.
    var hasNumbers: Bool { get }
    /// Whether ``putAway(_:)`` takes messages out of the mailbox.
    var putsAway: Bool { get }

    /// The next of the messages that are there, in the order in which they came; nil after the last. Of numbers, only
    /// those above `through`.
    func next(after through: UInt32) throws(MailboxFault) -> [ListedMessage]?
    /// The message as it was received, of at most ``MailboxPatience/mostOctets``.
    func content(of message: ListedMessage) throws(MailboxFault) -> [UInt8]
    /// Takes \Seen off again.
    func restoreUnseen(_ names: [String]) throws(MailboxFault)
    /// Moves messages that were dealt with to the folder ``dealtWithFolder``.
    func putAway(_ names: [String]) throws(MailboxFault)
    /// Takes leave of the server.
    func close()
}

/// What the folder is called that dealt-with messages are moved to.
package let dealtWithFolder = "Fortnight"

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

/// How long a mailbox's server is waited for, and how much is taken of it.
package struct MailboxPatience: Sendable {
    /// For the connection to stand.
    package var connect: Duration = .seconds(30)
    /// For the next octet of a reply: RFC 3501 section 5.4 lets servers be slow, and none is for so long.
    package var silence: Duration = .seconds(60)
    /// For one command with all of its reply: a message of ``mostOctets`` comes through a slow line in that time.
    package var command: Duration = .seconds(300)
    /// Of one message. A return has at most the message that it returns, of which ours have a tenth of a megabyte.
    package var mostOctets = 16 << 20
    /// Of one reply that lists messages: a hundred thousand of them.
    package var mostReplyOctets = 16 << 20

    package init() {}
}
