package import Bulletin
package import Foundation
import Planning
import Records

/// How the last issues and the next ones stand, in figures.
package struct IssueFigures: Sendable {
    package struct Row: Sendable {
        package let number: IssueNumber
        package let state: IssueState
        /// Why, when held or skipped.
        package let reason: String?
        package let closes: Date
        package let sends: Date
        /// When its audience was taken, and its first message handed soon after; nil before.
        package let began: Date?
        package let sentAt: Date?
        package let items: Int
        package var counts: DeliveryCounts?

        /// How long it took to send it to all; nil before it is sent.
        package var duration: TimeInterval? {
            began.flatMap { began in sentAt.map { max(0, $0.timeIntervalSince(began)) } }
        }
    }

    /// As many closed ones as figures are given of: more would make a series each, for ever.
    static let most = 12

    /// In order of numbers: at most ``most`` closed and past ones, and the next open one.
    package var rows: [Row] = []
    /// How many issues that are closed or past stand so.
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
    /// What goes out next of itself.
    package var nextSending: Row? {
        rows.filter { $0.state == .open || $0.state == .closed }.min { $0.sends < $1.sends }
    }
}
