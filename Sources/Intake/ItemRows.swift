package import Basics
import Bulletin
package import Foundation
import ICalendar

/// Reads items from separated values whose first row names the columns as the fields of an item are named, in any
/// order.
package enum ItemRows {
    /// The most bytes of a file.
    package static let mostBytes = 10_000_000
    /// Columns that identify an item.
    private static let keys = ["uid", "id"]
    /// Other names for some fields, from people and calendars.
    private static let synonyms = [
        "name": "title", "subject": "title", "begins": "starts", "date": "starts", "start date": "starts",
        "finish": "ends", "end date": "ends", "venue": "place.name", "location": "place.name", "where": "place.name",
        "accessibility": "place.access", "link": "online.url", "telephone": "takingPart.phone",
        "contact": "takingPart.phone", "mail": "takingPart.email", "description": "summary", "details": "summary",
        "text": "summary", "organizer": "organiser", "tags": "topics", "categories": "topics",
    ]

    /// Every row of `bytes`; a time without a zone is in `bulletin`. Throws all faults of the header and the rows.
    package static func read(
        _ bytes: [UInt8], now: Date, until: LocalDate?, bulletin: TimeZone
    ) throws(Problems) -> ImportedFile {
        guard bytes.count <= mostBytes else {
            throw Problems([
                Problem(field: "", message: "the file has more than \(mostBytes / 1_000_000) MB; is it the right one?")
            ])
        }
        var chunks = [bytes]
        var reader = CSVReader { chunks.popLast() }
        do {
            guard let header = try reader.next() else {
                throw Problems([Problem(field: "", message: "the file is empty")])
            }
            if let fault = header.fault { throw Problems([Problem(field: "", message: fault, line: header.line)]) }
            let columns = try columns(header)
            var reading = Reading(columns: columns, now: now, until: until, bulletin: bulletin)
            while let row = try reader.next() { reading.take(row) }
            guard reading.problems.isEmpty else { throw Problems(reading.problems) }
            return reading.file
        } catch let problems as Problems {
            throw problems
        } catch {
            throw Problems([Problem(field: "", message: "\(error)")])
        }
    }

    private static func columns(_ header: CSVRow) throws(Problems) -> [String] {
        var names: [String] = []
        var problems: [Problem] = []
        for written in header.fields {
            let name = written.trimmingCharacters(in: .whitespaces)
            let field = ItemField.all.first { $0.name.lowercased() == name.lowercased() }?.name
            let key = keys.first { $0 == name.lowercased() }
            if let found = field ?? key {
                if names.contains(found) {
                    problems.append(
                        Problem(
                            field: found, message: "a second column for the same; keep one of them", line: header.line))
                }
                names.append(found)
            } else {
                problems.append(unknown(name, line: header.line))
            }
        }
        if problems.count == header.fields.count {
            problems = [
                Problem(
                    field: "",
                    message:
                        "the file is neither iCalendar nor CSV whose first row names the columns; name them after an "
                        + "item's fields, such as title,starts,takingPart.phone", line: header.line)
            ]
        } else if problems.isEmpty, !names.contains("title") {
            problems = [
                Problem(field: "title", message: "there is no such column; every item needs one", line: header.line)
            ]
        }
        guard problems.isEmpty else { throw Problems(problems) }
        return names
    }

    private static func unknown(_ name: String, line: Int) -> Problem {
        let names = ItemField.all.map(\.name) + keys
        let nearest =
            names.first { $0.lowercased().hasSuffix(".\(name.lowercased())") }
            ?? synonyms[name.lowercased()] ?? nearestName(to: name, among: names)
        return Problem(
            field: CalendarText.line(shortened(name)) ?? "a column without a name",
            message: "is not a field of an item; "
                + (nearest.map { "did you mean \($0)?" } ?? "remove the column, or name it after a field"),
            line: line)
    }

    /// Reads row after row, and gathers the faults.
    private struct Reading {
        let columns: [String]
        let now: Date
        let until: LocalDate?
        let bulletin: TimeZone
        var file = ImportedFile()
        var problems: [Problem] = []
        private var lines: [String: Int] = [:]
        /// Whether there were too many.
        private var isFull = false

        /// The most problems reported: a wrong file has one in every row.
        private static let mostProblems = 20

        init(columns: [String], now: Date, until: LocalDate?, bulletin: TimeZone) {
            (self.columns, self.now, self.until, self.bulletin) = (columns, now, until, bulletin)
        }

        mutating func take(_ row: CSVRow) {
            guard problems.count < Self.mostProblems, !isFull,
                row.fields.contains(where: { $0.contains { !$0.isWhitespace } })
            else { return }
            do throws(Problems) {
                if let fault = row.fault { throw Problems([Problem(field: "", message: fault, line: row.line)]) }
                guard row.fields.count <= columns.count else {
                    throw Problems([
                        Problem(
                            field: "",
                            message:
                                "has \(row.fields.count) values, and the header names \(columns.count); put values "
                                + "with commas in quotation marks", line: row.line)
                    ])
                }
                try keep(item(row))
            } catch {
                problems += error.all
            }
        }

        private mutating func keep(_ item: ImportedItem) throws(Problems) {
            if let line = lines.updateValue(item.line, forKey: item.key) {
                throw Problems([
                    Problem(
                        field: "", message: "is the same item as line \(line); remove one of them", line: item.line)
                ])
            }
            let zone = item.fields["timezone"]?.first.flatMap { TimeZone(identifier: $0) } ?? bulletin
            if let starts = item.fields["starts"]?.first.flatMap({ LocalDateTime($0) }) {
                if starts.instant(in: zone) <= now {
                    file.passedOver[.begun, default: 0] += 1
                    return
                }
                if let until, starts.date > until {
                    file.passedOver[.later, default: 0] += 1
                    return
                }
            }
            guard file.items.count < ImportedFile.mostItems else {
                isFull = true
                throw Problems([
                    Problem(
                        field: "",
                        message:
                            "the file has more than \(ImportedFile.mostItems) items to come; import those up to a day "
                            + "with --until 2027-12-31", line: item.line)
                ])
            }
            file.items.append(item)
        }

        private func item(_ row: CSVRow) throws(Problems) -> ImportedItem {
            var draft = ItemDraft()
            var key: String?
            for (name, text) in zip(columns, row.fields) {
                if keys.contains(name) {
                    key = CalendarText.line(text)
                } else {
                    try draft.set(name, to: text, line: row.line)
                }
            }
            let read = try draft.read(now: now, bulletin: bulletin)
            let kind = draft[field: "kind"].map { _ in read.kind }
            let starts = read.starts?.description ?? ""
            let title = CalendarText.line(read.title.lowercased()) ?? ""
            var item = ImportedItem(key: key ?? "\(starts) \(title)", line: row.line)
            item.kind = kind
            for name in columns where name != "kind" {
                if let field = ItemField.named(name) { item.fields[name] = field.texts(of: read) }
            }
            return item
        }
    }
}
