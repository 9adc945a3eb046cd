package import Curl

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
    /// The message as it was received, of at most ``MailboxTimeouts/mostOctets``.
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
