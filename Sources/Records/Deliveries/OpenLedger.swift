import Basics
import Bulletin
internal import Foundation
internal import Journal

/// An open ledger: the file, its index, and lines about to be written.
struct OpenLedger {
    private(set) var journal: LineJournal
    private(set) var index: DeliveryIndex
    var linesSinceTotals = 0
    /// After a failed sync nothing is certain any more: the ledger must be begun again.
    var failure: JournalFault?
    private var writer = LedgerLineWriter()

    init(journal: LineJournal, index: DeliveryIndex) { (self.journal, self.index) = (journal, index) }

    var totals: DeliveryTotals? {
        index.opening.map {
            DeliveryTotals(time: $0.time.stamp, count: $0.count, end: journal.end, counts: index.tallies.counts)
        }
    }

    /// Writes the lines that `compose` makes, in one write; its changes to the index are taken back if that fails.
    mutating func write(
        at now: Date, sync: Bool, _ compose: (inout ComposedLines, inout DeliveryIndex) throws -> Void
    ) throws {
        if let failure { throw failure }
        var lines = ComposedLines(writer: LedgerLineWriter(), at: now)
        swap(&lines.writer, &writer)
        defer { swap(&lines.writer, &writer) }
        lines.writer.begin(at: now)
        try journal.exclusively(&index) { journal, index in
            let (tallies, opening) = (index.tallies, index.opening)
            do {
                try compose(&lines, &index)
                if !lines.writer.bytes.isEmpty { try journal.append(lines.writer.bytes, sync: sync) }
            } catch {
                for (id, entry) in lines.undo.reversed() { index.restore(id, to: entry) }
                index.takeBack(tallies, opening)
                throw error
            }
        }
    }
}

/// Lines for one write, and how to take back their changes.
struct ComposedLines {
    fileprivate var writer: LedgerLineWriter
    fileprivate private(set) var undo: [(SubscriberID, DeliveryIndex.Entry)] = []
    private let time: Int

    fileprivate init(writer: LedgerLineWriter, at now: Date) {
        (self.writer, time) = (writer, now.milliseconds)
    }

    mutating func audience(_ rule: String, at time: Date, count: Int) {
        writer.audience(rule, at: time, count: count)
    }

    package mutating func gone(_ count: Int) { writer.gone(count) }

    mutating func settle(_ id: SubscriberID, _ outcome: Outcome, in index: inout DeliveryIndex) throws {
        let was = try change(id, to: outcome.state, code: outcome.reply.code, in: &index)
        writer.settled(id, outcome, was: was)
    }

    mutating func hand(_ id: SubscriberID, in index: inout DeliveryIndex) throws {
        writer.handed(id, was: try change(id, to: .handed, code: 0, in: &index))
    }

    private mutating func change(
        _ id: SubscriberID, to state: DeliveryState, code: Int, in index: inout DeliveryIndex
    ) throws -> DeliveryState {
        let old = index.apply(state, to: id, at: time, code: code)
        undo.append((id, old))
        let was = old.mark.state
        guard !was.isSettled, state != .handed || was != .handed else {
            throw LedgerFault.settledBefore(id, was: was, becomes: state)
        }
        return was
    }
}

extension Date {
    /// As ``stamp`` shows it, since 1970.
    var milliseconds: Int { Int((timeIntervalSince1970 * 1000 + 0.01).rounded(.down)) }

    init(milliseconds: Int) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}
