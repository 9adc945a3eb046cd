package import Curl

/// A message as a mailbox lists it.
package struct ListedMessage: Hashable, Sendable {
    /// Its permanent name in the mailbox (in IMAP, while its UIDVALIDITY holds): its UID, its UIDL, or the unique part
    /// of its file's name.
    package let name: String
    /// In octets; nil if the mailbox does not say.
    package let size: Int?
    /// Whether it has \Seen. True if reading a message does not change it.
    package let wasSeen: Bool

    package init(name: String, size: Int?, wasSeen: Bool) {
        (self.name, self.size, self.wasSeen) = (name, size, wasSeen)
    }
}

/// An open mailbox, to be used on the thread that opened it. Nothing in it is ever deleted.
package protocol OpenMailbox: AnyObject {
    /// The numbering under which the names are valid (IMAP's UIDVALIDITY); empty if they are permanent.
    var validity: String { get }
    /// Whether names are UIDs, which only grow: then listed messages need not be remembered by name.
    var hasNumbers: Bool { get }
    /// Whether ``putAway(_:)`` moves messages out of the mailbox.
    var putsAway: Bool { get }

    /// The next messages, in the order in which they arrived; nil after the last. With UIDs, only those above
    /// `through`.
    func next(after through: UInt32) throws(MailboxFault) -> [ListedMessage]?
    /// The message as it was received, at most ``MailboxTimeouts/mostOctets``.
    func content(of message: ListedMessage) throws(MailboxFault) -> [UInt8]
    /// Removes \Seen again.
    func restoreUnseen(_ names: [String]) throws(MailboxFault)
    /// Moves processed messages to the folder ``dealtWithFolder``.
    func putAway(_ names: [String]) throws(MailboxFault)
    /// Logs out.
    func close()
}

/// The name of the folder that processed messages are moved to.
package let dealtWithFolder = "Fortnight"
