package import Basics
import Bulletin
import Foundation

/// A row of a file of subscribers: a person, or the reason why the row is rejected.
package enum SubscriberRow: Hashable, Sendable {
    case entry(SubscriberEntry, line: Int)
    /// `fields` are the row's values, for a file of rejects.
    case reject(reason: String, line: Int, fields: [String])
}

/// Reads subscribers from separated values whose first row names the columns, in any order. Unknown columns are passed
/// over with a note; a bad row does not stop the rest.
package struct SubscriberRows {
    /// The file's first row, for a file of rejects.
    package let header: [String]
    /// Columns that were ignored.
    package let notes: [Problem]
    /// The system whose export it is; nil for any other file, our own included.
    package let foreign: ForeignExport?

    private var reader: CSVReader
    private var lines: SubscriberLines?
    private let places: [SubscriberColumn: Int]
    private var marks: [SubscriberColumn.Mark] = []

    /// Reads the header. Throws ``Problems`` where it names nothing to reach people by, a ``CSVFault`` where the file
    /// is not UTF-8, and rethrows from `pull`, which gives the file's bytes in chunks of any size, nil at the end.
    package init(_ pull: @escaping () throws -> [UInt8]?) throws {
        let beginning = try pull() ?? []
        var isFirst = true
        let whole = { () throws -> [UInt8]? in
            guard isFirst else { return try pull() }
            isFirst = false
            return beginning
        }
        reader = CSVReader(whole)
        if SubscriberLines.begins(beginning) {
            lines = SubscriberLines(.json, beginning, pull)
            (header, notes, foreign) = (SubscriberColumn.allCases.map(\.rawValue), [], nil)
            places = Dictionary(uniqueKeysWithValues: SubscriberColumn.allCases.enumerated().map { ($1, $0) })
            return
        }
        if let mailman = ForeignExport(list: SubscriberLines.first(of: beginning)) {
            lines = SubscriberLines(.plain, beginning, pull)
            (header, places, notes, foreign) = (["email"], [:], [], mailman)
            return
        }
        guard let first = try reader.next() else { throw CSVFault(description: "the file is empty") }
        if let fault = first.fault { throw CSVFault(description: "line \(first.line) \(fault)") }
        foreign = ForeignExport(header: first.fields)
        if foreign != nil {
            (header, places, notes) = (first.fields, [:], [])
            return
        }
        header = first.fields
        (places, marks, notes) = try SubscriberColumn.places(in: header, line: first.line)
    }

    /// The next row that is not blank; nil at the end. Rethrows from `pull`.
    package mutating func next() throws -> SubscriberRow? {
        while let row = try nextRow() {
            if row.fields.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) { continue }
            if let fault = row.fault { return .reject(reason: fault, line: row.line, fields: row.fields) }
            if let foreign {
                var faults: [String] = []
                let entry = foreign.entry(row.fields, faults: &faults)
                guard faults.isEmpty else {
                    return .reject(reason: faults.joined(separator: "; "), line: row.line, fields: row.fields)
                }
                return .entry(entry, line: row.line)
            }
            if row.fields.count > header.count {
                let reason =
                    "has \(row.fields.count) values, and the header names \(header.count); put values with commas "
                    + "in quotation marks"
                return .reject(reason: reason, line: row.line, fields: row.fields)
            }
            var reading = RowReading(fields: row.fields, places: places, marks: marks)
            let entry = reading.entry()
            guard reading.faults.isEmpty else {
                return .reject(reason: reading.faults.joined(separator: "; "), line: row.line, fields: row.fields)
            }
            return .entry(entry, line: row.line)
        }
        return nil
    }

    /// A time in RFC 3339, a local time taken as UTC, or the beginning of a day.
    static func date(_ text: String) -> Date? {
        if let instant = Date(rfc3339: text) { return instant }
        if let local = LocalDateTime(text) { return local.instant(in: .gmt) }
        return LocalDate(text).map { Date(timeIntervalSince1970: TimeInterval($0.daysSinceEpoch) * 86_400) }
    }

    private mutating func nextRow() throws -> CSVRow? {
        try lines != nil ? lines?.next() : reader.next()
    }
}

/// Reads the values of one row, and gathers its faults.
private struct RowReading {
    let fields: [String]
    let places: [SubscriberColumn: Int]
    let marks: [SubscriberColumn.Mark]
    var faults: [String] = []

    private func text(_ column: SubscriberColumn) -> String? { places[column].flatMap { text(at: $0) } }

    private func text(at place: Int) -> String? {
        guard place < fields.count else { return nil }
        let field = CSVLine.unguarded(fields[place])
        guard let first = field.utf8.first, let last = field.utf8.last else { return nil }
        // Most values have nothing to trim.
        if first > 0x20, first < 0x80, last > 0x20, last < 0x80 { return field }
        let trimmed = field.trimmingCharacters(in: .whitespacesAndNewlines)
        return trimmed.isEmpty ? nil : trimmed
    }

    mutating func entry() -> SubscriberEntry {
        var entry = SubscriberEntry(medium: .email)
        // Other programs number their rows.
        if text(.id).map({ $0.utf8.count < 20 && $0.allSatisfy(\.isASCIIDigit) }) != true || text(.address) == nil {
            entry.id = parsed(.id, "is not an id; leave the column out") { SubscriberID($0) }
        }
        if let written = text(.address) {
            do {
                entry.address = try EmailAddress(written)
            } catch {
                faults.append("\(shortened(written)) \(error)")
            }
        }
        entry.phone = parsed(.phone, "is not a telephone number; write it as 0161 496 0000 or +44 161 496 0000") {
            PhoneNumber($0)
        }
        entry.post = wording(.post, most: 500, oneLine: false)
        entry.name = wording(.name, most: 200, oneLine: true)
        entry.status = status()
        entry.since = parsed(.since, "is not a time; write it as in RFC 3339") { SubscriberRows.date($0) }
        entry.reason = wording(.reason, most: 200, oneLine: true)
        entry.pausedUntil = parsed(.pausedUntil, "is not a date; write it as 2027-01-31") { LocalDate($0) }
        entry.format = choice(.format, ["html": .both, "plain": .text])
        let medium: Subscriber.Medium? = choice(.medium, ["mail": .email, "e-mail": .email, "letter": .post])
        entry.basis = choice(.basis, [:])
        entry.how = choice(.how, ["telephone": .phone, "letter": .paper, "email": .mail])
        entry.when = parsed(.when, "is not a date; write it as 2026-03-04, or with the time as in RFC 3339") {
            SubscriberRows.date($0)
        }
        entry.wording = wording(.wording, most: 2000, oneLine: false)
        entry.by = wording(.by, most: 200, oneLine: true)
        entry.medium = medium ?? (entry.address != nil ? .email : entry.post != nil ? .post : .phone)
        heed(marks, &entry)
        checkReach(entry)
        return entry
    }

    /// Other programs' words are accepted where they are clear.
    private mutating func status() -> SubscriberStatus? {
        guard let written = text(.status) else { return nil }
        return StatusMark.status(word: written) ?? choice(.status, [:])
    }

    /// A column that says that they left counts before all others, and a request before a bounce.
    private mutating func heed(_ marks: [SubscriberColumn.Mark], _ entry: inout SubscriberEntry) {
        for mark in marks {
            guard let written = text(at: mark.place) else { continue }
            guard let (status, since) = mark.mark.reading(written, heading: SubscriberColumn.folded(mark.heading))
            else {
                faults.append(
                    "\(mark.heading): \(shortened(written)) may mean that they left; write yes, no or the date, or remove the "
                        + "column if it says something else")
                continue
            }
            guard let status, Self.weight(status) > Self.weight(entry.status) else { continue }
            if entry.status != nil, since == nil { entry.since = nil }
            (entry.status, entry.since) = (status, since ?? entry.since)
        }
    }

    private static func weight(_ status: SubscriberStatus?) -> Int {
        switch status {
        case nil, .active, .paused: 0
        case .unconfirmed: 1
        case .bounced: 2
        case .unsubscribed, .moved: 3
        case .complained, .forgotten: 4
        }
    }

    private mutating func checkReach(_ entry: SubscriberEntry) {
        guard faults.isEmpty else { return }
        // A person who was forgotten, or left long ago, is an id and a status.
        if entry.status?.isSuppression == true, entry.id != nil { return }
        let isReached =
            switch entry.medium {
            case .email: entry.address != nil
            case .post: entry.post != nil
            case .phone: entry.phone != nil
            }
        guard !isReached else { return }
        let nothing = entry.address == nil && entry.phone == nil && entry.post == nil
        faults.append(
            nothing
                ? "has no email address, telephone number or postal address; give one"
                : "wants the bulletin by \(entry.medium.rawValue) and has no "
                    + "\(entry.medium == .email ? "address" : entry.medium.rawValue); give it, or change the medium")
    }

    private mutating func parsed<Value>(
        _ column: SubscriberColumn, _ remedy: String, _ read: (String) -> Value?
    ) -> Value? {
        guard let written = text(column) else { return nil }
        if let value = read(written) { return value }
        faults.append("\(column.rawValue): \(shortened(written)) \(remedy)")
        return nil
    }

    private mutating func choice<Value: RawRepresentable & CaseIterable>(
        _ column: SubscriberColumn, _ synonyms: [String: Value]
    ) -> Value? where Value.RawValue == String {
        guard let written = text(column) else { return nil }
        let small = written.lowercased()
        if let value = Value(rawValue: small) ?? synonyms[small] { return value }
        let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
        faults.append("\(column.rawValue): \(shortened(written)) is not one of \(names)")
        return nil
    }

    private mutating func wording(_ column: SubscriberColumn, most: Int, oneLine: Bool) -> String? {
        guard var written = text(column) else { return nil }
        if !oneLine, written.utf8.contains(0x0D) {
            written = written.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        }
        if let unfit = UnfitCharacter.first(in: written, oneLine: oneLine) {
            faults.append("\(column.rawValue): has \(unfit) in it; take it out")
            return nil
        }
        if written.utf8.count > most, written.count > most || written.utf8.count > 4 * most {
            faults.append("\(column.rawValue): has more than \(most) characters; shorten it")
            return nil
        }
        return written
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
