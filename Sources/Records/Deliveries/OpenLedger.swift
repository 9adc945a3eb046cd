import Basics
import Bulletin
internal import Foundation
internal import Journal

/// A ledger while it is worked on: the file, what it says, and lines on their way into it.
struct OpenLedger {
    private(set) var journal: LineJournal
    private(set) var book: DeliveryIndex
    var linesSinceTotals = 0
    /// After a failed sync nothing is certain any more: the ledger is to be begun again.
    var failure: JournalFault?
    private var writer = LedgerLineWriter()

    init(journal: LineJournal, book: DeliveryIndex) { (self.journal, self.book) = (journal, book) }

    var totals: DeliveryTotals? {
        book.opening.map {
            DeliveryTotals(time: $0.time.stamp, count: $0.count, end: journal.end, counts: book.tallies.counts)
        }
    }

    /// Writes what `compose` composes, in one write; what it changed in the book is taken back where that fails.
    mutating func write(
        at now: Date, sync: Bool, _ compose: (inout ComposedLines, inout DeliveryIndex) throws -> Void
    ) throws {
        if let failure { throw failure }
        var lines = ComposedLines(writer: LedgerLineWriter(), at: now)
        swap(&lines.writer, &writer)
        defer { swap(&lines.writer, &writer) }
        lines.writer.begin(at: now)
        try journal.exclusively(&book) { journal, book in
            let (tallies, opening) = (book.tallies, book.opening)
            do {
                try compose(&lines, &book)
                if !lines.writer.bytes.isEmpty { try journal.append(lines.writer.bytes, sync: sync) }
            } catch {
                for (id, entry) in lines.undo.reversed() { book.restore(id, to: entry) }
                book.takeBack(tallies, opening)
                throw error
            }
        }
    }
}

/// Lines for one write, and how to take back what they changed.
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

    mutating func settle(_ id: SubscriberID, _ outcome: Outcome, in book: inout DeliveryIndex) throws {
        let was = try change(id, to: outcome.state, code: outcome.reply.code, in: &book)
        writer.settled(id, outcome, was: was)
    }

    mutating func hand(_ id: SubscriberID, in book: inout DeliveryIndex) throws {
        writer.handed(id, was: try change(id, to: .handed, code: 0, in: &book))
    }

    private mutating func change(
        _ id: SubscriberID, to state: DeliveryState, code: Int, in book: inout DeliveryIndex
    ) throws -> DeliveryState {
        let old = book.apply(state, to: id, at: time, code: code)
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
