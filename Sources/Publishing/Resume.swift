import Bulletin
package import Foundation
import Records
import Settings

/// At start: what was being sent when the daemon ended goes on where it was, unless so much time has passed that a person
/// should look at it first.
package struct Resume: Sendable {
    private let office: Office

    package init(_ office: Office) { self.office = office }

    /// Holds issues whose sending stopped longer than `schedule.latest` ago; the others go on by themselves.
    package func callAsFunction(at now: Date) throws -> [KeepTime.Event] {
        let latest = office.configuration.schedule.latest.seconds
        var events: [KeepTime.Event] = []
        for number in try office.folder.issues.list() {
            guard var standing = try office.folder.issues.standing(number), standing.state == .sending else { continue }
            let stopped = try office.folder.lastDelivery(Dispatch(number)) ?? standing.since
            guard now.timeIntervalSince(max(stopped, standing.since)) > latest else { continue }
            let reason = "its sending stopped on \(stopped.inWords(in: office.zone)), more than \(latest.inWords) ago"
            (standing.state, standing.since, standing.reason, standing.released) = (.held, now, reason, false)
            try office.folder.issues.save(standing, of: number)
            events.append(.became(number, .held, reason: reason))
        }
        return events
    }
}
