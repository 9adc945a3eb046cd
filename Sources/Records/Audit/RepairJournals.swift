import Bulletin
internal import Foundation
internal import Journal

extension StateFolder {
    /// Writes the roll anew with its sound lines. Whoever a damaged line was about, where that can still be read and they
    /// have no later line, gets what the line says of their leaving, or is paused: nobody is written to whose last wish
    /// is not known.
    func repairRoll(at now: Date) throws -> String {
        let kept = try keepOriginal(rollPath, at: now)
        var journal = LineJournal(rollPath, format: SubscriberLine.format, permissions: 0o600, disk: disk)
        var reader = SoundLines()
        var (paused, unknown) = (0, 0)
        try journal.exclusively(&reader) { journal, reader in
            var doubtful = JSONLine()
            for damage in journal.damage {
                guard let fragment = try Fragment(journal.line(at: damage.offset)) else {
                    unknown += 1
                    continue
                }
                let offset = reader.latest[fragment.id]
                if let offset, offset > damage.offset { continue }
                var person =
                    try offset.flatMap { try SubscriberLine.read(journal.line(at: $0)) }
                    ?? Subscriber(id: fragment.id, status: .paused, since: now)
                person.become(fragment.leaving ?? .paused, at: now, reason: "their last change was damaged")
                SubscriberLine.write(SubscriberLine.stored(person), to: &doubtful)
                paused += 1
            }
            let lines = doubtful.bytes
            try journal.rewrite(&reader) { copy, journal, _ in
                try journal.eachLine { line, _ in if SubscriberLine.read(line) != nil { try copy.add(line: line) } }
                if !lines.isEmpty { try copy.add(lines[...]) }
            }
        }
        var words = "\(rollPath) is written anew; the original is \(kept), which you remove when you have looked at it"
        if paused > 0 { words += "; \(paused) whose last change was damaged get nothing until somebody asks them" }
        if unknown > 0 { words += "; of \(unknown) damaged lines nobody can tell whom they are about" }
        return words
    }

    /// Writes a ledger anew: without lines that cannot be read or settle somebody again, and with each change beginning
    /// where the last one ended.
    func repairLedger(_ mailing: Mailing, at now: Date) throws -> String {
        let files = ledgerFiles(mailing)
        let kept = try keepOriginal(files.path, at: now)
        var (journal, reader) = (files.journal, LedgerReader())
        try journal.exclusively(&reader) { journal, reader in
            try journal.rewrite(&reader) { copy, journal, _ in
                var states: [SubscriberID: DeliveryState] = [:]
                var isOpened = false
                try journal.eachLine { line, _ in
                    switch LedgerLine(line) {
                    case nil: return
                    case .audience where isOpened: return
                    case .audience: isOpened = true
                    case .gone: break
                    case .delivery(let change):
                        let was = states[change.id] ?? .owed
                        if was.isSettled { return }
                        states[change.id] = change.state
                        if was != change.was { return try copy.add(Self.line(line, was: was)[...]) }
                    }
                    try copy.add(line: line)
                }
            }
        }
        if try disk.status(at: files.totals.path) != nil { try files.totals.remove() }
        return "\(files.path) is written anew; the original is \(kept)"
    }

    /// The same line, with another state before it.
    private static func line(_ line: UnsafeRawBufferPointer, was: DeliveryState) throws -> [UInt8] {
        let written = try JSONDecoder().decode(WrittenLine.self, from: Data(line))
        guard let delivery = DeliveryLine(written) else { return [] }
        var writer = LedgerLineWriter()
        writer.begin(at: delivery.at)
        let reply = delivery.reply
        switch delivery.state {
        case .owed: return []
        case .handed: writer.handed(delivery.id, was: was)
        case .accepted: writer.settled(delivery.id, .accepted(reply), was: was)
        case .deferred: writer.settled(delivery.id, .deferred(reply), was: was)
        case .refused: writer.settled(delivery.id, .refused(reply), was: was)
        case .unknown: writer.settled(delivery.id, .unknown(reply.text), was: was)
        case .skipped: writer.settled(delivery.id, .skipped(reply.text), was: was)
        }
        return writer.bytes
    }
}

/// Where the last sound line of everybody stands.
struct SoundLines: JournalReader {
    private(set) var latest: [SubscriberID: Int] = [:]

    mutating func startAgain(size: Int) { latest = [:] }

    mutating func take(_ line: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard let person = SubscriberLine.read(line) else { return false }
        latest[person.id] = offset
        return true
    }
}

/// What can be read of a damaged line of the roll.
private struct Fragment {
    let id: SubscriberID
    /// What it says of the person's having left; nil where it says nothing of the kind.
    let leaving: SubscriberStatus?

    /// Nil where it does not say whom it is about.
    init?(_ line: [UInt8]) {
        let text = String(decoding: line, as: UTF8.self)
        guard let id = Self.value(of: "id", in: text).flatMap({ SubscriberID($0) }) else { return nil }
        self.id = id
        leaving = Self.value(of: "status", in: text).flatMap(SubscriberStatus.init(rawValue:)).flatMap {
            $0.isSuppression ? $0 : nil
        }
    }

    private static func value(of key: String, in text: String) -> String? {
        guard let start = text.range(of: "\"\(key)\":\"")?.upperBound, let end = text[start...].firstIndex(of: "\"")
        else {
            return nil
        }
        return String(text[start..<end])
    }
}
