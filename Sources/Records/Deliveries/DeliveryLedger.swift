import Basics
package import Bulletin
package import Foundation
package import Journal
internal import Synchronization

/// The deliveries of one mailing. Each is recorded before it is tried and settled by its outcome, so that a crash never
/// sends a message twice unnoticed. `LedgerLine` describes the file format.
///
/// The daemon begins it with its audience; a command may resolve unknown outcomes without one. Calls may come from any
/// thread, and only ``sync()`` and ``finish()`` wait for the disk longer than a write takes.
package final class DeliveryLedger: Sendable {
    package let mailing: Mailing
    private let files: LedgerFiles
    private let held: Mutex<OpenLedger>

    /// Running totals are written after at most this many lines, so that counting reads a few megabytes at most.
    private static let linesBetweenTotals = 50_000

    init(_ files: LedgerFiles) {
        (mailing, self.files) = (files.mailing, files)
        held = Mutex(OpenLedger(journal: files.journal, index: DeliveryIndex(audience: nil)))
    }

    // MARK: Beginning

    /// When the audience was taken, so that the same one can be taken again; nil before then.
    package func audienceTime() throws -> Date? { try files.opening()?.time }

    /// Records the audience, or reads back the state of its deliveries. Deliveries that were handed over without an
    /// outcome become unknown, except those in `known`, whose outcomes could not be written before. Durable on return.
    /// Reads the whole ledger, once. Throws ``LedgerFault`` if it was begun with another audience.
    package func begin(_ audience: Audience, known: [SubscriberID: Outcome] = [:], at now: Date) throws {
        try held.withLock { held in
            held = OpenLedger(journal: files.journal, index: DeliveryIndex(audience: audience))
            try held.write(at: now, sync: true) { lines, index in
                guard let opening = index.opening else {
                    lines.audience(rule, at: audience.time, count: audience.count)
                    index.open(time: audience.time, count: audience.count)
                    return
                }
                guard opening.time.stamp == audience.time.stamp else {
                    throw LedgerFault.otherAudience(files.path, wanted: opening.time)
                }
                for id in index.handed.sorted() {
                    let outcome =
                        known[id] ?? .unknown("stopped before the server's reply was recorded")
                    try lines.settle(id, outcome, in: &index)
                }
                for (id, outcome) in known.sorted(by: { $0.key < $1.key })
                where index.mark(of: id).state == .unknown && outcome.state != .unknown {
                    try lines.settle(id, outcome, in: &index)
                }
            }
        }
    }

    /// The audience in a word or two, for the second line.
    private var rule: String { mailing.correction == nil ? "active" : "sent \(Mailing(mailing.issue))" }

    // MARK: Recording

    /// Records the outcomes, and then the messages that are about to be sent, in one write: all of them or, on an
    /// error, none. A power cut may lose them until ``sync()`` returns.
    package func record(
        settled: [(SubscriberID, Outcome)], handed: [SubscriberID], at now: Date
    ) throws {
        guard !settled.isEmpty || !handed.isEmpty else { return }
        try held.withLock { held in
            try held.write(at: now, sync: false) { lines, index in
                for (id, outcome) in settled { try lines.settle(id, outcome, in: &index) }
                for id in handed { try lines.hand(id, in: &index) }
            }
            held.linesSinceTotals += settled.count + handed.count
        }
    }

    /// On return everything recorded before survives a power cut. Recording may go on meanwhile. Writes the running
    /// totals now and then. After an error the ledger must be begun again.
    package func sync() throws { try sync(totals: false) }

    /// As ``sync()``, and writes the running totals: at the end of a run.
    package func finish() throws { try sync(totals: true) }

    private func sync(totals isWanted: Bool) throws {
        var (journal, totals) = try held.withLock { held in
            if let failure = held.failure { throw failure }
            let isDue = isWanted || held.linesSinceTotals >= Self.linesBetweenTotals
            if isDue { held.linesSinceTotals = 0 }
            return (held.journal, isDue ? held.totals : nil)
        }
        do throws(JournalFault) {
            // A copy, so that the sending loop need not wait for the disk.
            try journal.sync()
        } catch {
            held.withLock { $0.failure = error }
            throw error
        }
        // Only durable lines are counted: a power cut could otherwise shorten the ledger below the totals.
        if let totals { try files.totals.write(totals) }
    }

    /// Reads lines that others have written since, such as a person's decision on unknown outcomes.
    package func refresh() throws {
        try held.withLock { held in try held.write(at: Date(timeIntervalSince1970: 0), sync: false) { _, _ in } }
    }

    /// Settles unknown outcomes by a person's decision, and returns how many there were. To be sent again, a delivery
    /// becomes deferred and is due at once. Durable on return; works beside a running daemon.
    package func resolve(_ resolution: UnknownResolution, by person: String, at now: Date) throws -> Int {
        try held.withLock { held in
            var count = 0
            try held.write(at: now, sync: true) { lines, index in
                for id in index.unknown.sorted() {
                    let outcome: Outcome =
                        switch resolution {
                        case .accepted: .accepted(Reply(code: 0, text: "taken as accepted by \(person)"))
                        case .resend: .deferred(Reply(code: 0, text: "to be sent again, by \(person)"))
                        }
                    try lines.settle(id, outcome, in: &index)
                    count += 1
                }
            }
            return count
        }
    }

    /// Counts as skipped the deliveries that are owed but can no longer be identified, because the person was forgotten
    /// or joined again after the audience was taken. Only after ``begin(_:at:)``; durable on return. Returns how many
    /// there were.
    package func writeOffMissing(at now: Date) throws -> Int {
        try held.withLock { held in
            var missing = 0
            try held.write(at: now, sync: true) { lines, index in
                missing = index.missing
                if missing > 0 {
                    lines.gone(missing)
                    index.writeOff(missing)
                }
            }
            return missing
        }
    }

    // MARK: Looking up

    package var counts: DeliveryCounts { held.withLock(\.index.tallies.counts) }

    package func state(of id: SubscriberID) -> DeliveryState { held.withLock { $0.index.mark(of: id).state } }

    /// The states of the members at these positions in the audience.
    package func states(_ positions: Range<Int>) -> [DeliveryState] {
        held.withLock { held in positions.map { held.index.state(at: $0) } }
    }

    /// The position of the first member from `start` on whose delivery is owed; nil if there is none.
    package func nextOwed(from start: Int) -> Int? { held.withLock { $0.index.nextOwed(from: start) } }

    /// Deliveries to be tried again, in no order.
    package func deferred() -> [DeferredDelivery] {
        held.withLock { held in
            held.index.waiting.map { id, deferral in
                DeferredDelivery(
                    id: id, tries: Int(deferral.tries), first: Date(milliseconds: deferral.first),
                    last: Date(milliseconds: deferral.last))
            }
        }
    }

    /// Deliveries with an unknown outcome, in order of id.
    package func unknown() -> [UnknownDelivery] {
        held.withLock { held in
            held.index.unknown.sorted().map { UnknownDelivery(id: $0, times: held.index.mark(of: $0).unknowns) }
        }
    }

    /// People with an unsettled line who are not in the audience that the ledger was begun with: they moved or were
    /// forgotten. These deliveries must be settled as skipped.
    package func unsettledStrays() -> [SubscriberID] {
        held.withLock { $0.index.unsettledStrays.map(\.id).sorted() }
    }

    /// Lines that could not be read.
    package var damage: [JournalDamage] { held.withLock(\.journal.damage) }
}

/// Why a ledger cannot record something although the disk is well.
package enum LedgerFault: Error, Hashable, Sendable, CustomStringConvertible {
    case otherAudience(String, wanted: Date)
    /// A settled delivery is never made again.
    case settledBefore(SubscriberID, was: DeliveryState, becomes: DeliveryState)

    package var description: String {
        switch self {
        case .otherAudience(let path, let time):
            "\(path) was begun with the audience of \(time.stamp): take that one again"
        case .settledBefore(let id, let was, let state):
            "the delivery to \(id) is \(was.rawValue) and cannot become \(state.rawValue)"
        }
    }
}

/// A person's decision on unknown outcomes.
package enum UnknownResolution: String, Sendable, CaseIterable {
    case accepted, resend
}

/// A delivery waiting for another try.
package struct DeferredDelivery: Hashable, Sendable {
    package let id: SubscriberID
    /// How often a server gave a temporary refusal; 0 if none was reached.
    package let tries: Int
    /// When it was deferred first and last.
    package let first: Date
    package let last: Date
}

/// A delivery that may or may not have been accepted.
package struct UnknownDelivery: Hashable, Sendable {
    package let id: SubscriberID
    /// How often its outcome was unknown; 3 also stands for more.
    package let times: Int
}
