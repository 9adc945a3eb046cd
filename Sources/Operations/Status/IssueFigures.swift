package import Bulletin
package import Foundation
import Planning
import Records

/// Figures of the latest and the next issues.
package struct IssueFigures: Sendable {
    package struct Row: Sendable {
        package let number: IssueNumber
        package let state: IssueState
        /// Why, when held or skipped.
        package let reason: String?
        package let closes: Date
        package let sends: Date
        /// When its audience was taken, shortly before its first message; nil before.
        package let began: Date?
        package let sentAt: Date?
        package let items: Int
        package var counts: DeliveryCounts?

        /// How long it took to send to everyone; nil before it is sent.
        package var duration: TimeInterval? {
            began.flatMap { began in sentAt.map { max(0, $0.timeIntervalSince(began)) } }
        }
    }

    /// The most closed issues with figures: each more would make a new series, for ever.
    static let most = 12

    /// In order of number: at most ``most`` closed and past issues, and the next open one.
    package var rows: [Row] = []
    /// The number of closed and past issues in each state.
    package var byState: [IssueState: Int] = [:]

    init() {}

    init(_ context: PublishingContext, at now: Date) throws {
        let all = try IssueForecast(context).rows(at: now, open: 1)
        for row in all where row.state != .open { byState[row.state, default: 0] += 1 }
        let closed = all.filter { $0.state != .open && ($0.state != .skipped || $0.counts != nil || $0.hasBegun) }
        rows = try (closed.suffix(Self.most) + all.filter { $0.state == .open }).map { row in
            let ledger = context.folder.ledger(Mailing(row.number))
            return Row(
                number: row.number, state: row.state, reason: row.reason, closes: row.closes, sends: row.sends,
                began: row.hasBegun ? try ledger.audienceTime() : nil, sentAt: row.sentAt, items: row.items.count,
                counts: row.counts)
        }
    }

    package var open: Row? { rows.first { $0.state == .open } }
    package var last: Row? { rows.last { $0.state == .sent } }
    /// The next issue that will be sent automatically.
    package var nextSending: Row? {
        rows.filter { $0.state == .open || $0.state == .closed }.min { $0.sends < $1.sends }
    }
}
