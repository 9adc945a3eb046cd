import Bulletin
internal import Foundation
internal import Journal

extension StateFolder {
    /// Rewrites the subscriber list with its sound lines. A subscriber whose latest line is damaged, if its id can
    /// still be read, gets the status that the line gives for leaving, or is paused: nobody whose latest request is
    /// unknown gets mail.
    func repairSubscriberList(at now: Date) throws -> String {
        let kept = try keepOriginal(subscriberListPath, at: now)
        var journal = LineJournal(subscriberListPath, format: SubscriberLine.format, permissions: 0o600, disk: disk)
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
                person.become(fragment.leaving ?? .paused, at: now, reason: "their latest record was damaged")
                SubscriberLine.write(SubscriberLine.stored(person), to: &doubtful)
                paused += 1
            }
            let lines = doubtful.bytes
            try journal.rewrite(&reader) { copy, journal, _ in
                try journal.eachLine { line, _ in if SubscriberLine.read(line) != nil { try copy.add(line: line) } }
                if !lines.isEmpty { try copy.add(lines[...]) }
            }
        }
        var words = "\(subscriberListPath) was rewritten; the original is \(kept): delete it once you have looked at it"
        if paused > 0 {
            words += "; \(paused) whose latest record was damaged get no mail until someone has checked with them"
        }
        if unknown > 0 { words += "; \(unknown) damaged lines do not show whose records they are" }
        return words
    }

    /// Rewrites a ledger: without lines that cannot be read or that settle a delivery again, and with each change
    /// beginning at the state where the last one ended.
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
        return "\(files.path) was rewritten; the original is \(kept)"
    }

    /// The same line, with another previous state.
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

/// The place of the latest sound line of each subscriber.
struct SoundLines: JournalReader {
    private(set) var latest: [SubscriberID: Int] = [:]

    mutating func startAgain(size: Int) { latest = [:] }

    mutating func take(_ line: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard let person = SubscriberLine.read(line) else { return false }
        latest[person.id] = offset
        return true
    }
}

/// The readable part of a damaged line of the subscriber list.
private struct Fragment {
    let id: SubscriberID
    /// The status, if it is one of having left; otherwise nil.
    let leaving: SubscriberStatus?

    /// Nil if it does not show whose record it is.
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
