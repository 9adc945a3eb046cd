import Basics
package import Bulletin
package import Foundation

/// How the daemon stands, as it last wrote it down in `standing/standing.json`: what only it can know, for those who may
/// see neither subscribers nor secrets. Numbers and words only, no person's address. It is worth nothing after a power
/// cut, and says when it was written, so that what is out of date is not taken for news.
package struct DaemonStatus: Hashable, Sendable, Codable {
    /// How one issue, or correction, that is being sent stands.
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

    /// One folder of the state folder, with all below it.
    package struct Store: Hashable, Sendable, Codable {
        package let name: String
        package let files: Int
        package let bytes: Int

        package init(name: String, files: Int, bytes: Int) {
            (self.name, self.files, self.bytes) = (name, files, bytes)
        }
    }

    /// Something that goes wrong, since when.
    package struct Trouble: Hashable, Sendable, Codable {
        package let words: String
        /// As ``Foundation/Date/stamp`` has it.
        package let since: String

        package init(words: String, since: Date) { (self.words, self.since) = (words, since.stamp) }

        package var began: Date? { Date(rfc3339: since) }
    }

    package var pid: Int32 = 0
    package var host = ""
    /// When it started, when it wrote this, and when its workflow last looked at what is due; as stamps.
    package var started = ""
    package var at = ""
    package var turn: String?
    /// What it is doing, in a line.
    package var doing = ""
    package var sending: [Sending] = []
    /// What keeps it from its work.
    package var trouble: Trouble?
    /// Why what is to be sent does not go out.
    package var delivery: Trouble?
    /// Why a new configuration was not taken.
    package var reload: Trouble?
    /// The settings whose new values wait for a restart: `web.listen`.
    package var awaitingRestart: [String] = []
    /// Why health, metrics and the operations page are not served.
    package var operations: Trouble?
    /// Where the pages are served, `127.0.0.1:8080`; nil before they are.
    package var web: String?
    /// Where health, metrics and the operations page are served.
    package var operationsAddress: String?
    /// How many subscribers have each status.
    package var subscribers: [String: Int]?
    /// Confirmations and goodbyes that wait for the relay.
    package var lettersWaiting = 0
    package var stores: [Store] = []
    /// How the reading of the mailbox stands, without what was set aside; nil where it was never read.
    package var mailbox: MailboxStatus?

    package init() {}

    package var writtenAt: Date? { Date(rfc3339: at) }
    package var startedAt: Date? { Date(rfc3339: started) }
    package var turnAt: Date? { turn.flatMap { Date(rfc3339: $0) } }
}

extension StateFolder {
    private var standingDocument: StoredDocument<DaemonStatus> {
        StoredDocument("\(path)/standing/standing.json", permissions: 0o640, version: 1, disk: disk)
    }

    /// What the daemon last wrote of itself; nil where none ever did. Throws ``DocumentFault`` where it is damaged.
    package func status() throws -> DaemonStatus? { try standingDocument.read() }

    /// Puts it in the place of the last, whole, so that nobody reads half of it.
    package func write(_ status: DaemonStatus) throws { try standingDocument.write(status, durably: false) }
}
