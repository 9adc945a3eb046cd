import ArgumentParser
import Basics
import Bulletin
import Editing
import Foundation
import ICalendar
import Intake
import Journal
import Publishing

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Queue the events of a calendar, or the items of a CSV file.",
        discussion: """
            Takes iCalendar, as Google, Outlook and Nextcloud export it, and CSV whose first row names the columns as the \
            fields of an item are named (title, starts, place.name, takingPart.phone, …; a column uid or id names each \
            row for ever). Importing again carries over what has changed in the file since, keeps what editors have added, \
            and repeats nothing; what an editor removed stays removed. What has begun, and what is marked as private, is \
            passed over. An item without a way to take part is queued, and chosen for no issue until it has one.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case ics, csv }

    @Argument(help: "The file; - reads standard input.") var file: String
    @Option(help: "event, meeting or notice: for what does not say it itself.") var kind = Item.Kind.event
    @Option(
        help: ArgumentHelp("Take what begins up to that day, and a series without end up to it.", valueName: "date"))
    var until: String?
    @Option(help: "ics or csv; told by the file itself unless given.") var format: Format?
    @Flag(help: "Say what would become of each item, and write nothing.") var dryRun = false
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() throws {
        let last = try until.map { text in
            guard let day = LocalDate(text) else {
                throw ValidationError("\(Terminal.safe(text)) is not a day; write it as 2027-12-31.")
            }
            return day
        }
        let place = try CommandContext(common)
        let input = InputFile(file)
        let bytes = try input.bytes(most: CalendarReader.mostBytes)
        let handed = try read(bytes, named: input.name, at: place, until: last)
        let origin = ImportItems.Origin(source: source, kind: kind, by: CommandContext.person)
        let closed = try ClosedIssues(place.context)
        var progress = Progress("of \(handed.items.count.grouped) items")
        let rows = try ImportItems(place.context, origin: origin, at: place.now)
            .take(handed.items, rehearses: dryRun) { progress.step() }
        progress.end()
        let report = try ItemReport(place)
        if listing.json {
            for row in rows { print(line(row, report)) }
            for (reason, count) in counts(handed) { print(Self.line(reason, count)) }
            return try place.tell(closed, json: true)
        }
        for row in rows { show(row, report) }
        print(summary(rows, handed))
        try place.tell(closed)
    }

    private func read(
        _ bytes: [UInt8], named name: String, at place: CommandContext, until: LocalDate?
    ) throws -> ImportedFile {
        do {
            return switch format ?? (CalendarReader.recognises(bytes) ? .ics : .csv) {
            case .ics: try CalendarReader.read(bytes, now: place.now, until: until, bulletin: place.zone)
            case .csv: try ItemRows.read(bytes, now: place.now, until: until, bulletin: place.zone)
            }
        } catch let problems as Problems {
            throw CommandFailure(
                problems.all.map { "\(name): \($0)" }.joined(separator: "\n") + "\nNothing was imported.")
        } catch let fault as CalendarFault {
            throw CommandFailure("\(name): \(fault)\nNothing was imported.")
        }
    }

    /// The file's own name, by which editors know it again.
    private var source: String {
        let name = file == "-" ? "standard input" : URL(filePath: file).lastPathComponent
        return UnfitCharacter.first(in: name, oneLine: true) == nil ? String(name.prefix(200)) : "a file"
    }

    private func counts(_ handed: ImportedFile) -> [(ImportedFile.Reason, Int)] {
        ImportedFile.Reason.allCases.compactMap { reason in handed.passedOver[reason].map { (reason, $0) } }
    }

    // MARK: Words

    private func show(_ row: ImportItems.Row, _ report: ItemReport) {
        let (word, style, more): (String, Terminal.Style, String) =
            switch row.deed {
            case .new: ("New", .green, "")
            case .changed(let fields): ("Changed", .yellow, " (\(fields.joined(separator: ", ")))")
            case .unchanged: ("Unchanged", .dim, "")
            case .passedOver: ("Passed over", .dim, "")
            }
        let isPlanned = dryRun && row.deed == .new
        let id = row.item.map { isPlanned ? "      " : $0.id.description } ?? "      "
        let head = Terminal.styled(word.padding(toLength: 12, withPad: " ", startingAt: 0), style)
        print("\(head)\(Terminal.styled(id, .bold))  \(Terminal.safe(row.title))\(more)")
        let indent = String(repeating: " ", count: 20)
        guard let item = row.item else {
            if case .passedOver(let why) = row.deed { print(indent + "It \(why).") }
            return
        }
        if let starts = item.starts { print(indent + "begins \(item.isAllDay ? starts.date.inWords : starts.inWords)") }
        let seen = report.whenSeen(item)
        Listing.lines(Terminal.safe(seen), indent: indent.count)
        // What keeps it out of every issue was said just now.
        for problem in report.problems(item) where !seen.contains(problem.description) {
            print(
                indent + Terminal.styled("\(problem.severity.rawValue): \(Terminal.safe(problem.description))", .yellow)
            )
        }
    }

    private func summary(_ rows: [ImportItems.Row], _ handed: ImportedFile) -> String {
        var new = 0
        var changed = 0
        var unchanged = 0
        var passed = handed.passedOver.values.reduce(0, +)
        for row in rows {
            switch row.deed {
            case .new: new += 1
            case .changed: changed += 1
            case .unchanged: unchanged += 1
            case .passedOver: passed += 1
            }
        }
        var words = "\(new) new, \(changed) changed, \(unchanged) unchanged, \(passed) passed over"
        let why = counts(handed).map { "\($1) \($0.rawValue)" }
        if !why.isEmpty { words += " (\(why.joined(separator: ", ")))" }
        return words + "." + (dryRun ? " Nothing was written." : "")
    }

    // MARK: JSON

    private func line(_ row: ImportItems.Row, _ report: ItemReport) -> String {
        var lines = JSONLine()
        lines.line { line in
            var fields: [String] = []
            var reason: String?
            switch row.deed {
            case .new: line.field("status", "new")
            case .changed(let names):
                line.field("status", "changed")
                fields = names
            case .unchanged: line.field("status", "unchanged")
            case .passedOver(let why):
                line.field("status", "passed-over")
                reason = why
            }
            let isStored = row.item != nil && !(dryRun && row.deed == .new)
            line.nullable("id", isStored ? row.item?.id.description : nil)
            line.field("uid", row.item?.uid ?? row.key)
            line.field("title", row.title)
            line.nullable("starts", row.item.flatMap { item in item.startInstant?.rfc3339(in: item.zone) })
            if let number = row.item.flatMap({ report.prospect($0).number }) {
                line.field("issue", number.value)
            } else {
                line.field("issue", json: "null".utf8)
            }
            line.field("fields", fields)
            line.nullable("reason", reason)
            line.array("problems", row.item.map { report.problems($0) } ?? []) { entry, problem in
                entry.field("field", problem.field)
                entry.field("message", problem.message)
                entry.field("severity", problem.severity.rawValue)
            }
        }
        return lines.text
    }

    private static func line(_ reason: ImportedFile.Reason, _ count: Int) -> String {
        var lines = JSONLine()
        lines.line { line in
            line.field("status", "passed-over")
            line.field("reason", reason.rawValue)
            line.field("count", count)
        }
        return lines.text
    }
}

extension Item.Kind: ExpressibleByArgument {}
