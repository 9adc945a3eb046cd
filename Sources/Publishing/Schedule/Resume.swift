import Basics
import Bulletin
package import Foundation
package import Planning
import Records
import Settings

/// At start: what was being sent when the daemon ended goes on where it was, unless so much time has passed that a person
/// should look at it first.
package struct Resume: Sendable {
    private let context: PublishingContext

    package init(_ context: PublishingContext) { self.context = context }

    /// Holds issues whose sending stopped longer than `schedule.latest` ago, and corrections as well; the others go on by
    /// themselves.
    package func callAsFunction(at now: Date) throws -> [RunSchedule.Event] {
        try callAsFunction(Snapshot(context.folder, withCorrections: true), at: now)
    }

    func callAsFunction(_ snapshot: Snapshot, at now: Date) throws -> [RunSchedule.Event] {
        var events: [RunSchedule.Event] = []
        for number in snapshot.numbers where snapshot.status(number)?.state == .sending {
            if let hold = try hold(Mailing(number), at: now) {
                events.append(.became(number, .held, reason: hold.inWords))
            }
        }
        for correction in snapshot.corrections.values.joined() where correction.status?.state == .sending {
            _ = try hold(correction.mailing, at: now)
        }
        return events
    }

    /// Why it is held from now on, because nothing of it could be sent for longer than `schedule.latest`, or `timeouts` where
    /// that is more; nil where it is not.
    func hold(_ mailing: Mailing, timeouts: TimeInterval = 0, at now: Date) throws -> Hold? {
        let latest = max(context.configuration.schedule.latest.seconds, timeouts)
        guard let status = try context.folder.issues.status(of: mailing), status.state == .sending else { return nil }
        // A correction may be waiting for deliveries of its issue, and then did not stop.
        let last = try [mailing, Mailing(mailing.issue)].compactMap { try context.folder.lastDelivery($0) }.max()
        let stopped = max(last ?? status.since, status.since)
        guard now.timeIntervalSince(stopped) > latest else { return nil }
        let local = LocalDateTime(stopped, in: context.zone)
        let minute = LocalTime(hour: local.time.hour, minute: local.time.minute) ?? local.time
        let hold = Hold.stalled(since: LocalDateTime(local.date, minute), latest: Int(latest))
        try context.folder.issues.apply(.stops(hold), to: mailing, at: now)
        return hold
    }
}
