import Bulletin
package import Foundation
import Records
import Settings

/// At start: what was being sent when the daemon ended goes on where it was, unless so much time has passed that a person
/// should look at it first.
package struct Resume: Sendable {
    private let office: Office

    package init(_ office: Office) { self.office = office }

    /// Holds issues whose sending stopped longer than `schedule.latest` ago, and corrections as well; the others go on by
    /// themselves.
    package func callAsFunction(at now: Date) throws -> [KeepTime.Event] {
        var events: [KeepTime.Event] = []
        let shelf = office.folder.issues
        for number in try shelf.list() {
            if let reason = try hold(Dispatch(number), at: now) {
                events.append(.became(number, .held, reason: reason))
            }
            for (correction, _) in try shelf.corrections(of: number) {
                _ = try hold(Dispatch(number, correction: correction.number), at: now)
            }
        }
        return events
    }

    /// Why it is held from now on, because nothing of it could be sent for longer than `schedule.latest`, or `patience` where
    /// that is more; nil where it is not.
    func hold(_ dispatch: Dispatch, patience: TimeInterval = 0, at now: Date) throws -> String? {
        let latest = max(office.configuration.schedule.latest.seconds, patience)
        guard var standing = try office.folder.issues.standing(of: dispatch), standing.state == .sending else {
            return nil
        }
        // A correction may be waiting for deliveries of its issue, and then did not stop.
        let last = try [dispatch, Dispatch(dispatch.issue)].compactMap { try office.folder.lastDelivery($0) }.max()
        let stopped = max(last ?? standing.since, standing.since)
        guard now.timeIntervalSince(stopped) > latest else { return nil }
        let reason = "its sending stopped on \(stopped.inWords(in: office.zone)), more than \(latest.inWords) ago"
        (standing.state, standing.since, standing.reason, standing.released) = (.held, now, reason, false)
        try office.folder.issues.save(standing, of: dispatch)
        return reason
    }
}
