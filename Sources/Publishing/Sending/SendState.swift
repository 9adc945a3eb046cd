import Bulletin
import Foundation

/// The workflow's knowledge of the mailings being sent, from pass to pass. All of it can be read again from disk, but for outcomes
/// that could not be written yet.
struct SendState {
    var mailings: [Mailing: Sending] = [:]
    var passes: [Mailing: Deliver] = [:]
    var notBefore: [Mailing: Wait] = [:]
    /// Outcomes that are known and could not be written down yet.
    var unrecorded: [Mailing: [SubscriberID: Outcome]] = [:]

    /// When something that waits is to be tried again.
    var next: Date? { notBefore.filter { passes[$0.key] == nil }.values.map(\.until).min() }

    func stopPasses(where isToStop: (Mailing) -> Bool = { _ in true }) {
        for (mailing, pass) in passes where isToStop(mailing) { pass.stop() }
    }
}

/// The mailings being sent, with everything needed to send them, kept from pass to pass.
struct Sending {
    let prepared: Deliver.PreparedMailing
    var failures = 0
    /// Of a correction: how many deliveries of its issue were settled when its last pass began. It waits until that
    /// changes, or its own time comes.
    var settledBefore: Int?
    /// How many refusals the subscriber list knows of.
    var refusalsTaken = 0
}

/// Until when to wait with something: a time on the wall, or so long, whichever is first. A clock that was put back makes
/// nothing wait longer.
struct Wait {
    /// Until something else happens.
    static let forever = Wait(until: .distantFuture, end: nil)

    let until: Date
    private let end: ContinuousClock.Instant?

    private init(until: Date, end: ContinuousClock.Instant?) { (self.until, self.end) = (until, end) }

    init(until time: Date, from now: Date) {
        let seconds = time.timeIntervalSince(now)
        // Beyond that, nobody knows when.
        self.init(until: time, end: seconds < 366 * 86_400 ? .now + .seconds(max(0, seconds)) : nil)
    }

    func isOver(at now: Date) -> Bool { until <= now || end.map { $0 <= .now } ?? false }
}
