import Basics
package import Bulletin
package import Foundation
package import Journal
internal import Synchronization

/// The messages read from the mailbox and their results, `returns/returns.jsonl`, so that none is processed twice. Of a
/// message it keeps its place in the mailbox, a hash that identifies it, its class, and whose delivery it is about; never
/// a person's words or address.
///
///     {"at":"2026-12-02T10:05:00.000Z","key":"imap 1 7","mark":"5d41402abc4b2a76","class":"hard","id":"q2…","of":"0024",
///      "status":"5.1.1","became":"bounced"}
package final class ReturnStore: Sendable {
    package struct Entry: Hashable, Sendable {
        package let at: Date
        /// The message's name in its mailbox.
        package let key: String
        /// A hash of its content, so that the same report is recognised under another key.
        package let mark: String
        package let `class`: ReturnClass
        package var id: SubscriberID?
        package var mailing: Mailing?
        package var status: EnhancedCode?
        /// The result in a word: a status, `noted`, `answered`, `nothing`.
        package var became: String

        package init(at: Date, key: String, mark: String, class: ReturnClass, became: String) {
            (self.at, self.key, self.mark, self.class, self.became) = (at, key, mark, `class`, became)
        }
    }

    /// How long an entry is kept.
    package static let kept: TimeInterval = 90 * 86_400

    private struct Followed: Sendable {
        var journal: LineJournal
        var entries: Entries
    }

    /// The entries, found by key and by mark.
    private struct Entries: JournalReader, Sendable {
        var list: [Entry] = []
        var byKey: [String: Int] = [:]
        var byMark: [String: Int] = [:]

        mutating func startAgain(size: Int) { self = Entries() }

        mutating func take(_ line: UnsafeRawBufferPointer, at offset: Int) -> Bool {
            guard let entry = BookLine.read(line) else { return false }
            put(entry)
            return true
        }

        mutating func put(_ entry: Entry) {
            byKey[entry.key] = list.count
            if !entry.mark.isEmpty { byMark[entry.mark] = list.count }
            list.append(entry)
        }
    }

    private let followed: Mutex<Followed>

    init(path: String, disk: any Disk) {
        let journal = LineJournal(
            path, format: returnsFormat, permissions: 0o600, disk: disk)
        followed = Mutex(Followed(journal: journal, entries: Entries()))
    }

    /// The entry of that message, by its key or else by its mark.
    package func find(key: String, mark: String) throws -> Entry? {
        try followed.withLock { followed in
            try followed.journal.catchUp(&followed.entries)
            let index = followed.entries.byKey[key] ?? (mark.isEmpty ? nil : followed.entries.byMark[mark])
            return index.map { followed.entries.list[$0] }
        }
    }

    /// The entries from `start` on, oldest first.
    package func entries(since start: Date) throws -> [Entry] {
        try followed.withLock { followed in
            try followed.journal.catchUp(&followed.entries)
            return followed.entries.list.filter { $0.at >= start }
        }
    }

    /// Durable on return.
    package func note(_ entry: Entry) throws {
        var line = JSONLine()
        BookLine.write(entry, to: &line)
        try followed.withLock { followed in
            try followed.journal.exclusively(&followed.entries) { journal, entries in
                try journal.append(line.bytes)
                entries.put(entry)
            }
        }
    }

    /// Removes expired entries from the file, and returns their number.
    @discardableResult
    package func tidy(at now: Date) throws -> Int {
        let start = now.addingTimeInterval(-Self.kept)
        return try followed.withLock { followed in
            try followed.journal.catchUp(&followed.entries)
            let old = followed.entries.list.count { $0.at < start }
            guard old > 0 else { return 0 }
            try followed.journal.exclusively(&followed.entries) { journal, entries in
                try journal.rewrite(&entries) { copy, journal, _ in
                    try journal.eachLine { line, _ in
                        guard let entry = BookLine.read(line), entry.at >= start else { return }
                        try copy.add(line: line)
                    }
                }
            }
            return old
        }
    }

    /// Lines that could not be read, as of the last look.
    package var damage: [JournalDamage] { followed.withLock(\.journal.damage) }
}

enum BookLine {
    static func write(_ entry: ReturnStore.Entry, to lines: inout JSONLine) {
        lines.line { line in
            line.field("at", plain: entry.at.stamp)
            line.field("key", entry.key)
            line.field("mark", plain: entry.mark)
            line.field("class", plain: entry.class.rawValue)
            if let id = entry.id { line.field("id", plain: id.description) }
            if let mailing = entry.mailing { line.field("of", plain: mailing.description) }
            if let status = entry.status { line.field("status", plain: status.description) }
            line.field("became", entry.became)
        }
    }

    static func read(_ line: UnsafeRawBufferPointer) -> ReturnStore.Entry? {
        var texts: [String: String] = [:]
        guard
            JSONValue.fields(
                of: line,
                { key, value in
                    texts[key] = value.text
                    return true
                }), let at = texts["at"].flatMap({ Date(rfc3339: $0) }), let key = texts["key"],
            let named = texts["class"].flatMap(ReturnClass.init(rawValue:))
        else { return nil }
        var entry = ReturnStore.Entry(
            at: at, key: key, mark: texts["mark"] ?? "", class: named, became: texts["became"] ?? "")
        entry.id = texts["id"].flatMap { SubscriberID($0) }
        entry.mailing = texts["of"].flatMap { Mailing($0) }
        entry.status = texts["status"].flatMap { EnhancedCode($0) }
        return entry
    }
}

extension StateFolder {
    /// A process keeps one, whose index is shared.
    package func returnStore() -> ReturnStore { ReturnStore(path: path + "/returns/returns.jsonl", disk: disk) }
}

let returnsFormat = JournalFormat("fortnight-returns", version: 1)
