import Basics
package import Bulletin
package import Foundation
package import Journal
internal import Synchronization

/// The deliveries of one dispatch, each recorded before it is tried and settled by its outcome (DESIGN section 4). The
/// form of its lines stands with `LedgerLine`.
///
/// The daemon begins it with its audience; a command may resolve what is unknown without. Calls may come from any
/// thread, and none waits for the disk longer than a write takes, ``sync()`` and ``finish()`` aside.
package final class DeliveryLedger: Sendable {
    package let mailing: Mailing
    private let files: LedgerFiles
    private let held: Mutex<OpenLedger>

    /// Running totals are written after so many lines at most, so that a count reads a few megabytes at most.
    private static let linesBetweenTotals = 50_000

    init(_ files: LedgerFiles) {
        (mailing, self.files) = (files.mailing, files)
        held = Mutex(OpenLedger(journal: files.journal, book: DeliveryIndex(audience: nil)))
    }

    // MARK: Beginning

    /// The time at which the audience was taken, so that the same one can be taken again; nil before it was.
    package func audienceTime() throws -> Date? { try files.opening()?.time }

    /// Writes down the audience, or reads back how its deliveries stand. What was handed and has no outcome is unknown
    /// from now on, save those whose outcome is in `known`, which could not be written before. Durable on return. Reads the
    /// whole ledger, once. Throws ``LedgerFault`` where it was begun with another audience.
    package func begin(_ audience: Audience, known: [SubscriberID: Outcome] = [:], at now: Date) throws {
        try held.withLock { held in
            held = OpenLedger(journal: files.journal, book: DeliveryIndex(audience: audience))
            try held.write(at: now, sync: true) { lines, book in
                guard let opening = book.opening else {
                    lines.audience(rule, at: audience.time, count: audience.count)
                    book.open(time: audience.time, count: audience.count)
                    return
                }
                guard opening.time.stamp == audience.time.stamp else {
                    throw LedgerFault.otherAudience(files.path, wanted: opening.time)
                }
                for id in book.handed.sorted() {
                    let outcome =
                        known[id] ?? .unknown("stopped before the server's answer was written down")
                    try lines.settle(id, outcome, in: &book)
                }
                for (id, outcome) in known.sorted(by: { $0.key < $1.key })
                where book.mark(of: id).state == .unknown && outcome.state != .unknown {
                    try lines.settle(id, outcome, in: &book)
                }
            }
        }
    }

    /// Who is in the audience, in a word or two, for the second line.
    private var rule: String { mailing.correction == nil ? "active" : "sent \(Mailing(mailing.issue))" }

    // MARK: Recording

    /// Writes the outcomes down, and then the letters of which nothing has been sent yet, in one write: all of them or,
    /// with an error, none. A power cut may lose them until ``sync()`` returns.
    package func record(
        settled: [(SubscriberID, Outcome)], handed: [SubscriberID], at now: Date
    ) throws {
        guard !settled.isEmpty || !handed.isEmpty else { return }
        try held.withLock { held in
            try held.write(at: now, sync: false) { lines, book in
                for (id, outcome) in settled { try lines.settle(id, outcome, in: &book) }
                for id in handed { try lines.hand(id, in: &book) }
            }
            held.linesSinceTotals += settled.count + handed.count
        }
    }

    /// On return everything recorded before survives a power cut. Recording goes on meanwhile. Writes the running totals
    /// now and then. After an error the ledger is to be begun again.
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
        // Only what is durable is counted: else a power cut could shorten the ledger below what they count.
        if let totals { try files.totals.write(totals) }
    }

    /// Takes up what others have written since: a person's word on what was unknown.
    package func refresh() throws {
        try held.withLock { held in try held.write(at: Date(timeIntervalSince1970: 0), sync: false) { _, _ in } }
    }

    /// Settles what is unknown by a person's word, and returns how many there were. To be sent again, a delivery becomes
    /// deferred and is due at once. Durable on return; works beside a running daemon.
    package func resolve(_ resolution: UnknownResolution, by person: String, at now: Date) throws -> Int {
        try held.withLock { held in
            var count = 0
            try held.write(at: now, sync: true) { lines, book in
                for id in book.unknown.sorted() {
                    let outcome: Outcome =
                        switch resolution {
                        case .accepted: .accepted(Reply(code: 0, text: "taken as accepted by \(person)"))
                        case .resend: .deferred(Reply(code: 0, text: "to be sent again, by \(person)"))
                        }
                    try lines.settle(id, outcome, in: &book)
                    count += 1
                }
            }
            return count
        }
    }

    /// Counts those as skipped who are owed and cannot be named any more, because they were forgotten, or joined anew,
    /// after the audience was taken. Only after ``begin(_:at:)``; durable on return. Returns how many there were.
    package func writeOffMissing(at now: Date) throws -> Int {
        try held.withLock { held in
            var missing = 0
            try held.write(at: now, sync: true) { lines, book in
                missing = book.missing
                if missing > 0 {
                    lines.gone(missing)
                    book.writeOff(missing)
                }
            }
            return missing
        }
    }

    // MARK: Looking up

    package var counts: DeliveryCounts { held.withLock(\.book.tallies.counts) }

    package func state(of id: SubscriberID) -> DeliveryState { held.withLock { $0.book.mark(of: id).state } }

    /// The states of those members, by their positions in the audience.
    package func states(_ positions: Range<Int>) -> [DeliveryState] {
        held.withLock { held in positions.map { held.book.state(at: $0) } }
    }

    /// The position of the first member from `start` on who is owed; nil where there is none.
    package func nextOwed(from start: Int) -> Int? { held.withLock { $0.book.nextOwed(from: start) } }

    /// Those who are to be tried again, in no order.
    package func deferred() -> [DeferredDelivery] {
        held.withLock { held in
            held.book.waiting.map { id, deferral in
                DeferredDelivery(
                    id: id, tries: Int(deferral.tries), first: Date(milliseconds: deferral.first),
                    last: Date(milliseconds: deferral.last))
            }
        }
    }

    /// Those whose outcome is unknown, in order of id.
    package func unknown() -> [UnknownDelivery] {
        held.withLock { held in
            held.book.unknown.sorted().map { UnknownDelivery(id: $0, times: held.book.mark(of: $0).unknowns) }
        }
    }

    /// Those who have a line, are not settled, and are not in the audience that the ledger was begun with: they moved or
    /// were forgotten. They are to be settled as skipped.
    package func unsettledStrays() -> [SubscriberID] {
        held.withLock { $0.book.unsettledStrays.map(\.id).sorted() }
    }

    /// Lines that could not be read.
    package var damage: [JournalDamage] { held.withLock(\.journal.damage) }
}

/// Why a ledger cannot take something down, where the disk is well.
package enum LedgerFault: Error, Hashable, Sendable, CustomStringConvertible {
    case otherAudience(String, wanted: Date)
    /// Nobody is bothered twice.
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

/// A person's word on what is unknown.
package enum UnknownResolution: String, Sendable, CaseIterable {
    case accepted, resend
}

/// A delivery that waits for another try.
package struct DeferredDelivery: Hashable, Sendable {
    package let id: SubscriberID
    /// How often a server said no for now; 0 where none was reached.
    package let tries: Int
    /// When it was deferred first and last.
    package let first: Date
    package let last: Date
}

/// A delivery of which nobody knows whether it was taken.
package struct UnknownDelivery: Hashable, Sendable {
    package let id: SubscriberID
    /// How often its outcome was unknown; 3 stands for more as well.
    package let times: Int
}
