package import Basics
package import Bulletin
package import Foundation
package import Planning
import Records

/// One meeting of a network, after it was moved, cancelled or restored.
package struct MeetingChange: Sendable {
    package let network: Network
    package let meeting: Network.Meeting
    /// In which issue readers are told.
    package let told: MeetingForecast
    /// The last issue that told its readers something else, and the item in it.
    package let contradicts: (issue: IssueNumber, item: ItemID)?
    /// The closed issues that are printed again.
    package let reprints: [Reprint]
}

/// Moves, cancels or restores single meetings of a network.
package struct ChangeMeeting: Sendable {
    private let context: PublishingContext
    private let now: Date
    private let person: String

    package init(_ context: PublishingContext, at now: Date, by person: String) {
        (self.context, self.now, self.person) = (context, now, person)
    }

    /// Moves the meeting of `day`; without a time it begins when it would have. Durable on return. Throws
    /// ``NetworkFault``, and changes nothing, where that cannot be.
    package func move(
        _ slug: String, _ day: LocalDate, to newDay: LocalDate, at time: LocalTime?, why: String?
    ) throws -> MeetingChange {
        try change(slug, day, why: why) { network, date in
            .move(to: LocalDateTime(newDay, time ?? network.meeting(date).starts.time))
        }
    }

    /// Cancels the meeting of `day`; as ``move(_:_:to:at:why:)``.
    package func cancel(_ slug: String, _ day: LocalDate, why: String?) throws -> MeetingChange {
        try change(slug, day, why: why) { _, _ in .cancel }
    }

    /// Restores the meeting of `day` as the rule has it; as ``move(_:_:to:at:why:)``.
    package func restore(_ slug: String, _ day: LocalDate) throws -> MeetingChange {
        try change(slug, day, why: nil) { _, _ in .restore }
    }

    private func change(
        _ slug: String, _ day: LocalDate, why: String?, _ change: (Network, LocalDateTime) -> Network.Change
    ) throws -> MeetingChange {
        let closed = try ClosedIssues(context)
        var date: LocalDateTime?
        let changed = try context.folder.networks.change(slug) { network in
            let found = try network.ruleDate(of: day)
            date = found
            try network.change(found, change(network, found), why: why, at: now, by: person)
        }
        guard let changed, let date else { throw NetworkFault.missing(slug) }
        let meeting = changed.meeting(date)
        let rows = try IssueForecast(context).rows(at: now)
        return MeetingChange(
            network: changed, meeting: meeting, told: MeetingForecast(meeting, of: changed, in: rows),
            contradicts: told(of: meeting, changed, in: rows), reprints: try closed.reprints())
    }

    /// The last issue that has told of the meeting as the rule had it.
    private func told(
        of meeting: Network.Meeting, _ network: Network, in rows: [IssueForecast.Row]
    ) -> (issue: IssueNumber, item: ItemID)? {
        for row in rows.reversed() where [.sent, .sending].contains(row.state) {
            let item = row.items.first { $0.network == network.slug && $0.days.contains(meeting.date.date) }
            if let item { return (row.number, item.id) }
        }
        return nil
    }
}
