import Basics
import Bulletin
internal import Foundation
internal import Glibc
internal import Journal

/// The two files of a mailing in `deliveries/`: the ledger, and its running totals.
struct LedgerFiles: Sendable {
    let mailing: Mailing
    let path: String
    private let folder: String
    private let disk: any Disk

    static let permissions: UInt32 = 0o600

    init(folder: String, mailing: Mailing, disk: any Disk) {
        (self.folder, self.mailing, self.disk) = (folder, mailing, disk)
        path = "\(folder)/\(mailing).jsonl"
    }

    var journal: LineJournal {
        LineJournal(path, format: ledgerFormat, permissions: Self.permissions, disk: disk)
    }

    var totals: StoredDocument<DeliveryTotals> {
        StoredDocument("\(folder)/\(mailing).totals.json", permissions: Self.permissions, version: 1, disk: disk)
    }

    /// The second line; nil if there is no ledger yet, or only its header.
    func opening() throws -> (time: Date, count: Int)? {
        guard let start = try bytes(from: 0, most: 4096) else { return nil }
        let lines = start.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.count == 3 else { return nil }
        guard lines[0].elementsEqual(ledgerFormat.header.utf8) else {
            // The journal reports its own damage.
            var (journal, index) = (journal, DeliveryIndex(audience: nil))
            try journal.catchUp(&index)
            return index.opening
        }
        guard case .audience(let time, let count)? = Array(lines[1]).withUnsafeBytes({ LedgerLine($0) }) else {
            return nil
        }
        return (time, count)
    }

    /// The state of the deliveries: zeros if there is no ledger. From the running totals and the lines written since,
    /// if they match this ledger; otherwise from the whole of it.
    func counts() throws -> DeliveryCounts {
        guard let opening = try opening() else { return DeliveryCounts() }
        if let totals = try? totals.read(), totals.time == opening.time.stamp, totals.count == opening.count,
            let tail = try bytes(from: totals.end, most: .max), totals.end > 0
        {
            var reader = TallyReader(DeliveryTallies(totals.counts))
            reader.take(tail)
            return reader.tallies.counts
        }
        var (journal, reader) = (journal, TallyReader())
        try journal.catchUp(&reader)
        return reader.tallies.counts
    }

    /// At most `most` bytes after `offset`; nil if there is no ledger, or a shorter one.
    private func bytes(from offset: Int, most: Int) throws(DiskFault) -> [UInt8]? {
        let file: OpenFile
        do {
            file = try disk.open(path, .reading, permissions: 0)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
        let size = try disk.status(of: file).size
        guard size >= offset else { return nil }
        return try disk.bytes(of: file, at: offset, count: min(most, size - offset))
    }

    /// The current state of the deliveries, for readers only.
    func index(of audience: Audience) throws -> DeliveryIndex {
        var (journal, index) = (journal, DeliveryIndex(audience: audience))
        try journal.catchUp(&index)
        return index
    }

    /// Gives `body` the latest line of every delivery in `state`, in the order they were written. A settled delivery
    /// stays so, and is given as it is read; for the few others the offsets are kept.
    func latest(_ state: DeliveryState, _ body: (DeliveryLine) throws -> Void) throws {
        var journal = journal
        guard !state.isSettled else {
            return try withoutActuallyEscaping(body) { body in
                var reader = SettledReader(state: state, body: body)
                try journal.catchUp(&reader)
                if let fault = reader.fault { throw fault }
            }
        }
        var reader = LatestReader(state: state)
        try journal.catchUp(&reader)
        for offset in reader.offsets.values.sorted() {
            let line = try journal.line(at: offset)
            guard let written = try? JSONDecoder().decode(WrittenLine.self, from: Data(line)),
                let line = DeliveryLine(written)
            else { continue }
            try body(line)
        }
    }
}

extension LedgerFiles {
    /// How many of the audience were deferred at least once, whatever the outcome. Reads the whole ledger.
    func everDeferred() throws -> Int {
        var (journal, reader) = (journal, DeferralReader())
        try journal.catchUp(&reader)
        return reader.ids.count
    }
}

/// Counts up to an offset in the ledger, so that the part before it need not be read.
struct DeliveryTotals: Hashable, Codable {
    /// The ledger's second line, so that another ledger's totals are not mistaken for this one's.
    let time: String
    let count: Int
    /// The number of bytes counted, from the start of the file: the end of a line.
    let end: Int
    let counts: DeliveryCounts
}

/// Counts from the lines alone.
private struct TallyReader: JournalReader {
    private let start: DeliveryTallies
    private(set) var tallies: DeliveryTallies

    init(_ start: DeliveryTallies = DeliveryTallies()) { (self.start, tallies) = (start, start) }

    mutating func startAgain(size: Int) { tallies = start }

    mutating func take(_ line: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        switch LedgerLine(line) {
        case .audience(_, let count): tallies[.owed] += count
        case .gone(let count): tallies.move(count, from: .owed, to: .skipped)
        case .delivery(let change): tallies.move(1, from: change.was, to: change.state)
        case nil: return false
        }
        return true
    }

    /// Every whole line of `bytes`; an unreadable one is skipped, as the journal reports it elsewhere.
    mutating func take(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            var start = 0
            while start < bytes.count, let feed = memchr(base + start, 10, bytes.count - start) {
                let end = UnsafeRawPointer(feed) - base
                _ = take(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), at: start)
                start = end + 1
            }
        }
    }
}

/// The deliveries that were ever deferred.
private struct DeferralReader: JournalReader {
    private(set) var ids: Set<SubscriberID> = []

    mutating func startAgain(size: Int) { ids = [] }

    mutating func take(_ line: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard let line = LedgerLine(line) else { return false }
        if case .delivery(let change) = line, change.state == .deferred { ids.insert(change.id) }
        return true
    }
}

/// Passes on the lines of deliveries settled in one state.
private struct SettledReader: JournalReader {
    let state: DeliveryState
    let body: (DeliveryLine) throws -> Void
    private(set) var fault: (any Error)?

    init(state: DeliveryState, body: @escaping (DeliveryLine) throws -> Void) {
        (self.state, self.body) = (state, body)
    }

    mutating func startAgain(size: Int) {}

    mutating func take(_ line: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard let read = LedgerLine(line) else { return false }
        guard fault == nil, case .delivery(let change) = read, change.state == state,
            let written = try? JSONDecoder().decode(WrittenLine.self, from: Data(line)),
            let delivery = DeliveryLine(written)
        else { return true }
        do { try body(delivery) } catch { fault = error }
        return true
    }
}

/// The offsets of the latest lines of deliveries in one state.
private struct LatestReader: JournalReader {
    let state: DeliveryState
    private(set) var offsets: [SubscriberID: Int] = [:]

    init(state: DeliveryState) { self.state = state }

    mutating func startAgain(size: Int) { offsets = [:] }

    mutating func take(_ line: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard let line = LedgerLine(line) else { return false }
        if case .delivery(let change) = line { offsets[change.id] = change.state == state ? offset : nil }
        return true
    }
}
