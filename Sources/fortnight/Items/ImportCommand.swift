import ArgumentParser
import Basics
import Bulletin
import Editing
import Foundation
import ICalendar
import Intake
import Planning

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Queue the events of a calendar, or the items of a CSV file.",
        discussion: """
            Reads iCalendar, as Google, Outlook and Nextcloud export it, and CSV whose first row names the columns after \
            the fields of an item (title, starts, place.name, takingPart.phone, …; a column uid or id identifies each row). \
            Import the same file again to update: changes in the file are carried over, editors' additions are kept, and \
            removed items stay removed. Entries that have begun or are private are skipped. An item without a way to take \
            part is queued, but appears in no issue until it has one.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case ics, csv }

    @Argument(help: "The file; - reads standard input.") var file: String
    @Option(help: "event, meeting or notice, for entries that do not say it themselves.") var kind = Item.Kind.event
    @Option(
        help: ArgumentHelp(
            "Import only entries that begin up to this day, also of an endless series.", valueName: "date"))
    var until: String?
    @Option(help: "ics or csv. Default: recognised from the file.") var format: Format?
    @Flag(help: "Show the outcome for each item, and write nothing.") var dryRun = false
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
        var progress = Progress("of \(handed.items.count.grouped) items")
        let result = try ImportItems(place.context, origin: origin, at: place.now)(handed.items, isDryRun: dryRun) {
            progress.step()
        }
        progress.end()
        let report = try ItemReport(place)
        if listing.json {
            for row in result.rows { try self.row(row, report).printJSON() }
            for (reason, count) in counts(handed) {
                try SkippedRow(reason: reason.rawValue, count: count).printJSON()
            }
        } else {
            for row in result.rows { show(row, report) }
            print(summary(result.rows, handed))
        }
        place.tell(result.reprints, json: listing.json)
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

    /// The file's own name, by which editors recognise it.
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
            case .passedOver: ("Skipped", .dim, "")
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
        // The line above may have named one of them.
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
        var words = "\(new) new, \(changed) changed, \(unchanged) unchanged, \(passed) skipped"
        let why = counts(handed).map { "\($1) \($0.rawValue)" }
        if !why.isEmpty { words += " (\(why.joined(separator: ", ")))" }
        return words + "." + (dryRun ? " Nothing was written." : "")
    }

    // MARK: JSON

    private func row(_ row: ImportItems.Row, _ report: ItemReport) -> ImportRow {
        var (status, fields, reason): (String, [String], String?) = ("new", [], nil)
        switch row.deed {
        case .new: break
        case .changed(let names): (status, fields) = ("changed", names)
        case .unchanged: status = "unchanged"
        case .passedOver(let why): (status, reason) = ("passed-over", why)
        }
        let isStored = row.item != nil && !(dryRun && row.deed == .new)
        return ImportRow(
            status: status, id: isStored ? row.item?.id : nil, uid: row.item?.uid ?? row.key, title: row.title,
            starts: row.item.flatMap { item in item.startInstant?.rfc3339(in: item.zone) },
            issue: row.item.flatMap { report.forecast.prospect($0).number?.value }, fields: fields, reason: reason,
            problems: row.item.map { report.problems($0).map(ProblemRow.init) } ?? [])
    }
}

/// The fate of one item of an imported file, in JSON.
private struct ImportRow: Encodable {
    let status: String
    @Nullable var id: ItemID?
    let uid: String
    let title: String
    @Nullable var starts: String?
    @Nullable var issue: Int?
    let fields: [String]
    @Nullable var reason: String?
    let problems: [ProblemRow]
}

/// How many entries were skipped before they became items, in JSON.
private struct SkippedRow: Encodable {
    let status = "passed-over"
    let reason: String
    let count: Int

    private enum CodingKeys: CodingKey { case status, reason, count }
}

extension Item.Kind: ExpressibleByArgument {}
