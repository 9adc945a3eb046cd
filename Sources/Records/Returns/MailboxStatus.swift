import Basics
package import Foundation
internal import Journal

/// The status of the return mailbox, for operators: `returns/mailbox.json`.
package struct MailboxStatus: Hashable, Sendable {
    /// A message that could not be processed: too large, or broken. It is still in the mailbox.
    package struct SetAside: Hashable, Sendable {
        /// Its name in the mailbox: UID, UIDL or file name.
        package var name: String
        package var reason: String
        package var at: Date

        package init(name: String, reason: String, at: Date) {
            (self.name, self.reason, self.at) = (name, reason, at)
        }
    }

    /// The value of `mailbox.url`, without user name.
    package var mailbox: String
    /// When reading was last tried.
    package var lastRead: Date?
    /// When it was last read to its end.
    package var lastSuccess: Date?
    /// Why it cannot be read or tidied, with the remedy; nil if all is well.
    package var problem: String?
    package var problemSince: Date?
    /// The number of messages of each class since the state folder was made; `left` counts people's mail, `aside` those
    /// set aside.
    package var counts: [String: Int] = [:]
    /// The latest messages set aside, newest last.
    package var setAside: [SetAside] = []

    package static let mostSetAside = 50

    package init(mailbox: String) { self.mailbox = mailbox }
}

/// The document that holds the status.
package struct MailboxReport: Sendable {
    private let document: StoredDocument<MailboxStatus>

    init(_ document: StoredDocument<MailboxStatus>) { self.document = document }

    /// Nil if the mailbox was never read.
    package func read() throws -> MailboxStatus? { try document.read() }

    /// Durable on return.
    package func write(_ status: MailboxStatus) throws { try document.write(status) }
}

extension StateFolder {
    package var mailboxReport: MailboxReport {
        MailboxReport(StoredDocument(path + "/returns/mailbox.json", permissions: 0o600, version: 1, disk: disk))
    }
}

extension MailboxStatus: Codable {
    private enum Key: String, CodingKey {
        case mailbox, lastRead, lastSuccess, problem, problemSince, counts, setAside
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        mailbox = try box.decode(String.self, forKey: .mailbox)
        lastRead = try box.decodeStampIfPresent(forKey: .lastRead)
        lastSuccess = try box.decodeStampIfPresent(forKey: .lastSuccess)
        problem = try box.decodeIfPresent(String.self, forKey: .problem)
        problemSince = try box.decodeStampIfPresent(forKey: .problemSince)
        counts = try box.decodeIfPresent([String: Int].self, forKey: .counts) ?? [:]
        setAside = try box.decodeIfPresent([SetAside].self, forKey: .setAside) ?? []
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(mailbox, forKey: .mailbox)
        try box.encode(stampIfPresent: lastRead, forKey: .lastRead)
        try box.encode(stampIfPresent: lastSuccess, forKey: .lastSuccess)
        try box.encodeIfPresent(problem, forKey: .problem)
        try box.encode(stampIfPresent: problemSince, forKey: .problemSince)
        try box.encode(counts, forKey: .counts)
        try box.encode(setAside, forKey: .setAside)
    }
}

extension MailboxStatus.SetAside: Codable {
    private enum Key: String, CodingKey {
        case name, reason, at
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        self.init(
            name: try box.decode(String.self, forKey: .name), reason: try box.decode(String.self, forKey: .reason),
            at: try box.decodeStamp(forKey: .at))
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(name, forKey: .name)
        try box.encode(reason, forKey: .reason)
        try box.encode(stamp: at, forKey: .at)
    }
}
