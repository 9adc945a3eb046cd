package import Foundation

/// A message as the inbox took it: its envelope, and the header fields that a listing shows.
package struct ReceivedMessage: Sendable, Equatable {
    /// Sorts in order of arrival: time and number, `20261202T100003.250Z-000042`. Names its files and its page.
    package let id: String
    /// The envelope sender; empty for `<>`.
    package let sender: String
    /// The envelope recipients, in the order given.
    package let recipients: [String]
    /// The Message-ID header as it stood, with its angle brackets; nil if there was none.
    package let messageID: String?
    /// The Subject header, unfolded but not decoded.
    package let subject: String
    package let receivedAt: Date
    /// Octets of the message after dots were unstuffed: those of the `.eml`.
    package let size: Int
    /// Which connection brought it, counted from 1.
    package let connection: Int
    /// The client's name in EHLO or HELO.
    package let hello: String
    package let overTLS: Bool
    /// The account that AUTH proved, if it did.
    package let account: String?

    /// The first recipient's name in the folder: its address with all but plain characters replaced.
    var fileStem: String {
        let plain = (recipients.first ?? "nobody").unicodeScalars.prefix(80).map { scalar -> Character in
            let allowed = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            return allowed || "@._+-".unicodeScalars.contains(scalar) ? Character(scalar) : "_"
        }
        return id + "-" + String(plain)
    }
}

/// The messages and connections so far, in numbers.
package struct InboxCounts: Sendable, Equatable {
    /// Messages taken. One for two recipients counts once.
    package var messages = 0
    /// Messages taken, by recipient.
    package var byRecipient: [String: Int] = [:]
    /// Messages taken, by Message-ID.
    package var byMessageID: [String: Int] = [:]
    package var connections = 0
    package var openConnections = 0
    /// The most connections that were open at one time.
    package var mostConnections = 0
    /// Commands and messages answered with 4yz or 5yz.
    package var refusals = 0

    package init() {}

    /// Messages that came again: of each Message-ID, all beyond the first.
    package var repeats: Int { byMessageID.values.reduce(0) { $0 + $1 - 1 } }
    /// Messages beyond the first that a recipient got, whatever their Message-ID.
    package var repeatsByRecipient: Int { byRecipient.values.reduce(0) { $0 + $1 - 1 } }
}
