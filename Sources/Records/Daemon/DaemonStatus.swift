import Basics
package import Bulletin
package import Foundation

/// The daemon's status as it last wrote it to `standing/standing.json`: figures that only it can know, for accounts
/// that may see neither subscribers nor secrets. Numbers and words only, no subscriber's address. It need not survive a
/// power cut, and its time shows when it is out of date.
package struct DaemonStatus: Hashable, Sendable, Codable {
    /// The progress of an issue or correction being sent.
    package struct Sending: Hashable, Sendable, Codable {
        /// `0024`, or `0024-c1`.
        package let mailing: String
        package let counts: DeliveryCounts

        package init(mailing: String, counts: DeliveryCounts) { (self.mailing, self.counts) = (mailing, counts) }

        private enum CodingKeys: String, CodingKey {
            case mailing = "dispatch"
            case counts
        }
    }

    /// One folder of the state folder, with everything below it.
    package struct Store: Hashable, Sendable, Codable {
        package let name: String
        package let files: Int
        package let bytes: Int

        package init(name: String, files: Int, bytes: Int) {
            (self.name, self.files, self.bytes) = (name, files, bytes)
        }
    }

    /// A fault, and when it began.
    package struct Trouble: Hashable, Sendable, Codable {
        package let words: String
        /// In the form of ``Foundation/Date/stamp``.
        package let since: String

        package init(words: String, since: Date) { (self.words, self.since) = (words, since.stamp) }

        package var began: Date? { Date(rfc3339: since) }
    }

    package var pid: Int32 = 0
    package var host = ""
    /// When the daemon started, when it wrote this, and when its workflow last finished a turn; as stamps.
    package var started = ""
    package var at = ""
    package var turn: String?
    /// Its current work, in a line.
    package var doing = ""
    package var sending: [Sending] = []
    /// The fault that keeps it from its work.
    package var trouble: Trouble?
    /// Why messages cannot be sent.
    package var delivery: Trouble?
    /// Why a new configuration was refused.
    package var reload: Trouble?
    /// The settings whose new values take effect at a restart: `web.listen`.
    package var awaitingRestart: [String] = []
    /// Why health, metrics and the operations page are not served.
    package var operations: Trouble?
    /// The address of the public pages, `127.0.0.1:8080`; nil before they are served.
    package var web: String?
    /// The address of health, metrics and the operations page.
    package var operationsAddress: String?
    /// The number of subscribers in each status.
    package var subscribers: [String: Int]?
    /// Confirmations and goodbyes waiting for the relay.
    package var lettersWaiting = 0
    package var stores: [Store] = []
    /// The status of the return mailbox, without the messages set aside; nil if it was never read.
    package var mailbox: MailboxStatus?

    package init() {}

    package var writtenAt: Date? { Date(rfc3339: at) }
    package var startedAt: Date? { Date(rfc3339: started) }
    package var turnAt: Date? { turn.flatMap { Date(rfc3339: $0) } }
}

extension StateFolder {
    private var statusDocument: StoredDocument<DaemonStatus> {
        StoredDocument("\(path)/standing/standing.json", permissions: 0o640, version: 1, disk: disk)
    }

    /// The daemon's last status; nil if none was ever written. Throws ``DocumentFault`` if it is damaged.
    package func status() throws -> DaemonStatus? { try statusDocument.read() }

    /// Replaces the last status in one step, so that nobody reads half of it.
    package func write(_ status: DaemonStatus) throws { try statusDocument.write(status, durably: false) }
}
