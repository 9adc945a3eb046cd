package import Bulletin
package import Foundation
package import Journal
import Synchronization

/// The subscriber list in one file, `roll.jsonl`: a log-structured table. Each line is a whole record after a change,
/// the last line of an id counts, and memory holds sixteen bytes a subscriber (``SubscriberIndex``).
package final class FileSubscriberList: SubscriberList {
    private struct State: Sendable {
        var journal: LineJournal
        var index = SubscriberIndex()

        mutating func catchUp() throws {
            try journal.catchUp(&index)
            try index.settle(journal)
        }

        mutating func exclusively<Result>(
            _ body: (inout LineJournal, inout SubscriberIndex) throws -> Result
        ) throws -> Result {
            try journal.exclusively(&index) { journal, index in
                try index.settle(journal)
                return try body(&journal, &index)
            }
        }
    }

    private let state: Mutex<State>

    /// Opens nothing yet; a missing file is an empty list. `permissions` are the file's.
    package init(_ path: String, permissions: UInt32 = 0o600, disk: any Disk) {
        state = Mutex(
            State(journal: LineJournal(path, format: SubscriberLine.format, permissions: permissions, disk: disk)))
    }

    package func counts() throws -> SubscriberCounts {
        try state.withLock { state in
            try state.catchUp()
            return state.index.counts
        }
    }

    package func subscriber(_ id: SubscriberID) throws -> Subscriber? {
        try state.withLock { state in
            try state.catchUp()
            return try state.index.find(id, in: state.journal)?.subscriber
        }
    }

    package func owing() throws -> [Subscriber] {
        try state.withLock { state in
            try state.catchUp()
            return try state.index.owing(in: state.journal)
        }
    }

    package func ids(_ statuses: [SubscriberStatus]) throws -> [SubscriberID] {
        let fingerprints = try state.withLock { state in
            try state.catchUp()
            return state.index.fingerprints(statuses)
        }
        var ids: [SubscriberID] = []
        for start in stride(from: 0, to: fingerprints.count, by: Self.walkStep) {
            ids += try state.withLock { state in
                try state.catchUp()
                return try fingerprints[start..<min(start + Self.walkStep, fingerprints.count)]
                    .flatMap { try state.index.candidates($0).map { try state.journal.record(at: $0.offset) } }
                    .filter { statuses.contains($0.status) }.map(\.id)
            }
        }
        return Set(ids).sorted()
    }

    package func refresh() throws { try state.withLock { try $0.catchUp() } }

    /// The lines that could not be read when the list was last read.
    package var damage: [JournalDamage] {
        get throws {
            try state.withLock { state in
                try state.catchUp()
                return state.journal.damage
            }
        }
    }

    /// Few enough that nobody waits for the list meanwhile.
    private static let walkStep = 256

    package func walk(after id: SubscriberID?, _ body: (Subscriber) throws -> Bool) throws {
        var last = id
        while true {
            let step = try state.withLock { state in
                try state.catchUp()
                return try state.index.step(after: last, most: Self.walkStep, in: state.journal)
            }
            guard let end = step.last else { return }
            for subscriber in step where try !body(subscriber) { return }
            last = end.id
        }
    }

    package func transaction<Outcome: Sendable>(
        _ body: (inout SubscriberTransaction) throws -> Outcome
    ) throws -> Outcome {
        try state.withLock { state in
            try state.exclusively { journal, index in
                var found: [SubscriberID: (subscriber: Subscriber, offset: Int)] = [:]
                func find(_ id: SubscriberID) throws -> Subscriber? {
                    found[id] = try index.find(id, in: journal)
                    return found[id]?.subscriber
                }
                let (outcome, changed) = try withoutActuallyEscaping(find) { find in
                    var transaction = SubscriberTransaction(find: find)
                    return (try body(&transaction), transaction.changed)
                }
                var batch = SubscriberBatch(start: journal.end)
                for subscriber in changed { batch.add(subscriber, over: found[subscriber.id]) }
                if batch.lines.isEmpty {
                    // The record compared with may come from another process and not be synced yet.
                    try journal.sync()
                } else {
                    try journal.append(batch.lines)
                    for entry in batch.entries { index.put(entry.head, at: entry.offset, replacing: entry.old) }
                }
                return outcome
            }
        }
    }

    /// With fewer dead lines than this, rewriting is not worth it.
    private static let fewDead = 5000

    package var needsCompaction: Bool {
        get throws {
            try state.withLock { state in
                try state.catchUp()
                let lines = state.journal.lineCount
                let dead = lines - state.index.count
                return dead >= Self.fewDead && dead * 2 > lines
            }
        }
    }

    package func compact() throws {
        try state.withLock { state in
            try state.exclusively { journal, index in
                try journal.rewrite(&index) { copy, journal, index in
                    try journal.eachLine { line, offset in
                        guard let head = SubscriberLineHead(line), index.isLatest(head.fingerprint, at: offset) else {
                            return
                        }
                        try copy.add(line: line)
                    }
                }
                try index.settle(journal)
            }
        }
    }

    package func movements(in span: ClosedRange<Date>) throws -> SubscriberMovements {
        // A copy, so that nobody waits for the list while all of it is read.
        let state = try state.withLock { state in
            try state.catchUp()
            return state
        }
        return try state.index.movements(in: span, state.journal)
    }

    package func audience(at time: Date) throws -> Audience {
        try state.withLock { state in
            try state.catchUp()
            return try state.index.audience(at: time, state.journal)
        }
    }

    package func subscribers(_ positions: Range<Int>, of audience: Audience) throws -> [Subscriber?] {
        try state.withLock { state in
            try state.catchUp()
            return try positions.map { position in
                let fingerprint = audience.fingerprints[position]
                let found = try state.index.candidates(fingerprint).map { try state.journal.record(at: $0.offset) }
                guard found.count > 1 else { return found.first }
                if let rest = audience.rest(at: position) { return found.first { $0.id.low == rest } }
                return found.first { $0.wasActive(at: audience.time) }
            }
        }
    }
}

/// Records that are about to be appended together, each once.
private struct SubscriberBatch {
    private(set) var entries: [(head: SubscriberLineHead, offset: Int, old: Int?)] = []
    private var json = JSONLine()
    private let start: Int

    init(start: Int) { self.start = start }

    var lines: [UInt8] { json.bytes }

    /// Adds nothing if the line would repeat the current record.
    mutating func add(_ new: Subscriber, over current: (subscriber: Subscriber, offset: Int)?) {
        if let current {
            if current.subscriber == new { return }
            var lines = (JSONLine(), JSONLine())
            SubscriberLine.write(new, to: &lines.0)
            SubscriberLine.write(current.subscriber, to: &lines.1)
            if lines.0.bytes == lines.1.bytes { return }
        }
        let offset = start + json.bytes.count
        SubscriberLine.write(new, to: &json)
        entries.append((SubscriberLineHead(new), offset, current?.offset))
    }
}
