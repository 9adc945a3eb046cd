import Bulletin
import Journal

/// The offset of each subscriber's latest line: sixteen bytes each, in order of id.
///
/// A fingerprint is the first half of an id, so two ids may share one: reading the records tells them apart.
struct SubscriberIndex: Sendable {
    struct Entry: Sendable {
        let fingerprint: UInt64
        /// 48 bits of offset, 8 of status, above them a bit for subscribers reached by mail and one for those owed a
        /// letter.
        private let word: UInt64

        init(_ head: SubscriberLineHead, at offset: Int) {
            fingerprint = head.fingerprint
            word =
                UInt64(offset) | UInt64(SubscriberIndex.code(head.status)) << 48 | (head.isEmail ? 1 << 56 : 0)
                | (head.owes ? 1 << 57 : 0)
        }

        var offset: Int { Int(word & 0xFFFF_FFFF_FFFF) }
        var statusCode: Int { Int(word >> 48 & 0xFF) }
        var isEmail: Bool { word >> 56 & 1 == 1 }
        var owes: Bool { word >> 57 & 1 == 1 }

        static func < (left: Entry, right: Entry) -> Bool {
            left.fingerprint == right.fingerprint
                ? left.offset < right.offset : left.fingerprint < right.fingerprint
        }
    }

    /// Sorted; most of the index.
    private(set) var settled: [Entry] = []
    /// Sorted; recent entries, until there are enough of them for a merge.
    private(set) var recent: [Entry] = []
    /// Read but not yet merged; in the order of the file.
    private var pending: [Entry] = []
    /// The offsets of the latest lines of subscribers who are owed a letter.
    private(set) var owing: Set<Int> = []
    private var countsByCode = [Int](repeating: 0, count: SubscriberStatus.allCases.count)
    /// The latest time in any line: no status has changed after it.
    private(set) var latest = Stamp.distantPast

    /// A merge moves the whole index, 10 ms for a million; an insertion moves half of this many.
    private static let mostRecent = 8192

    var count: Int { settled.count + recent.count }

    var counts: SubscriberCounts {
        var counts = SubscriberCounts()
        for status in SubscriberStatus.allCases { counts[status] = countsByCode[Self.code(status)] }
        return counts
    }

    static func code(_ status: SubscriberStatus) -> Int {
        switch status {
        case .active: 0
        case .unconfirmed: 1
        case .paused: 2
        case .unsubscribed: 3
        case .bounced: 4
        case .complained: 5
        case .forgotten: 6
        case .moved: 7
        }
    }
}

extension SubscriberIndex: JournalReader {
    /// The length of a short record, to estimate the space to reserve.
    private static let shortLine = 200

    mutating func startAgain(size: Int) {
        self = SubscriberIndex()
        pending.reserveCapacity(size / Self.shortLine)
    }

    mutating func take(_ line: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard let head = SubscriberLineHead(line) else { return false }
        note(head)
        pending.append(Entry(head, at: offset))
        return true
    }

    private mutating func note(_ head: SubscriberLineHead) {
        latest = max(latest, head.statusSince)
        if let since = head.activeSince { latest = max(latest, since) }
    }

    /// Merges the lines read. Call it after each catching up, with the same journal.
    mutating func settle(_ journal: LineJournal) throws {
        if pending.isEmpty { return }
        if count == 0 {
            settled = pending
            pending = []
            settled.withUnsafeMutableBufferPointer { sortByFingerprint($0) }
            try dropOutdated(journal)
            for entry in settled {
                countsByCode[entry.statusCode] += 1
                if entry.owes { owing.insert(entry.offset) }
            }
            return
        }
        for (done, entry) in pending.enumerated() {
            do {
                let others = candidates(entry.fingerprint)
                let id = others.isEmpty ? nil : try journal.id(at: entry.offset)
                let old = try others.first { try journal.id(at: $0.offset) == id }
                put(entry, replacing: old?.offset)
            } catch {
                pending.removeFirst(done)
                throw error
            }
        }
        pending = []
    }

    /// Keeps the last of each id where the sorted entries have several.
    private mutating func dropOutdated(_ journal: LineJournal) throws {
        var kept = 0
        var start = 0
        while start < settled.count {
            var end = start + 1
            while end < settled.count, settled[end].fingerprint == settled[start].fingerprint { end += 1 }
            if end == start + 1 {
                settled[kept] = settled[start]
                kept += 1
            } else {
                var seen: Set<SubscriberID> = []
                let latest = try settled[start..<end].reversed().filter {
                    seen.insert(try journal.id(at: $0.offset)).inserted
                }
                for entry in latest.reversed() {
                    settled[kept] = entry
                    kept += 1
                }
            }
            start = end
        }
        settled.removeLast(settled.count - kept)
    }
}

// MARK: - Finding and replacing

extension SubscriberIndex {
    /// The entries of a fingerprint: rarely more than one.
    func candidates(_ fingerprint: UInt64) -> [Entry] {
        Array(run(settled, fingerprint)) + run(recent, fingerprint)
    }

    private func run(_ list: [Entry], _ fingerprint: UInt64) -> ArraySlice<Entry> {
        let start = lowerBound(list, fingerprint)
        var end = start
        while end < list.count, list[end].fingerprint == fingerprint { end += 1 }
        return list[start..<end]
    }

    private func lowerBound(_ list: [Entry], _ fingerprint: UInt64) -> Int {
        list.withUnsafeBufferPointer { list in
            var (low, high) = (0, list.count)
            while low < high {
                let middle = (low + high) / 2
                if list[middle].fingerprint < fingerprint { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    /// Whether the line at that offset is a subscriber's latest.
    func isLatest(_ fingerprint: UInt64, at offset: Int) -> Bool {
        place(in: settled, fingerprint, offset) != nil || place(in: recent, fingerprint, offset) != nil
    }

    /// Replaces the entry with that offset, or adds a recent one.
    mutating func put(_ head: SubscriberLineHead, at offset: Int, replacing old: Int?) {
        note(head)
        put(Entry(head, at: offset), replacing: old)
    }

    private mutating func put(_ entry: Entry, replacing old: Int?) {
        countsByCode[entry.statusCode] += 1
        if let old { owing.remove(old) }
        if entry.owes { owing.insert(entry.offset) }
        if let old, let place = place(in: settled, entry.fingerprint, old) {
            countsByCode[settled[place].statusCode] -= 1
            settled[place] = entry
        } else if let old, let place = place(in: recent, entry.fingerprint, old) {
            countsByCode[recent[place].statusCode] -= 1
            recent[place] = entry
        } else {
            recent.insert(entry, at: lowerBound(recent, entry.fingerprint))
            if recent.count > Self.mostRecent { merge() }
        }
    }

    private func place(in list: [Entry], _ fingerprint: UInt64, _ offset: Int) -> Int? {
        let run = run(list, fingerprint)
        return run.firstIndex { $0.offset == offset }
    }

    /// From the end, within the one array, so that a million entries are not held twice.
    private mutating func merge() {
        var left = settled.count - 1
        var right = recent.count - 1
        settled.append(contentsOf: recent)
        var target = settled.count - 1
        while right >= 0 {
            if left >= 0, settled[left].fingerprint > recent[right].fingerprint {
                settled[target] = settled[left]
                left -= 1
            } else {
                settled[target] = recent[right]
                right -= 1
            }
            target -= 1
        }
        recent = []
    }

    /// The entries from that fingerprint on, in order, at least `most` of them if there are that many; those of one
    /// fingerprint are never split.
    func entries(from fingerprint: UInt64, most: Int) -> [Entry] {
        var result: [Entry] = []
        var left = lowerBound(settled, fingerprint)
        var right = lowerBound(recent, fingerprint)
        while left < settled.count || right < recent.count {
            let takesLeft =
                right == recent.count
                || left < settled.count && settled[left].fingerprint <= recent[right].fingerprint
            let next = takesLeft ? settled[left] : recent[right]
            if result.count >= most, result.last?.fingerprint != next.fingerprint { break }
            result.append(next)
            if takesLeft { left += 1 } else { right += 1 }
        }
        return result
    }
}

extension LineJournal {
    /// The record that begins at that offset.
    func record(at offset: Int) throws -> Subscriber {
        guard let subscriber = try withLine(at: offset, { SubscriberLine.read($0) }) else {
            throw SubscriberListFault.damagedRecord(path: path, offset: offset)
        }
        return subscriber
    }

    /// The id of the record at that offset, even if the rest of it is damaged.
    func id(at offset: Int) throws -> SubscriberID {
        guard let head = try withLine(at: offset, { SubscriberLineHead($0) }) else {
            throw SubscriberListFault.damagedRecord(path: path, offset: offset)
        }
        return head.id
    }
}
