import ArgumentParser
import Basics
import Bulletin
import Editing
import Foundation
import Intake
import Planning
import Publishing
import Records

struct ItemsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "items", abstract: "List what is queued, and which issue each item will be in.",
        discussion: "What has had its issue, or is over, is shown with --all, and always in JSON.")

    @Flag(help: "Show what has had its issue or is over as well.") var all = false
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() throws {
        let place = try CommandContext(common)
        let report = try ItemReport(place)
        let (queued, damaged) = try place.folder.queue.list()
        for fault in damaged { Terminal.warn(fault.description) }
        let items = queued + report.announced
        if listing.json {
            for item in items { print(try report.line(item)) }
            return
        }
        guard !items.isEmpty else { return print("Nothing is queued. Add something: fortnight add notice --help") }
        let shown = all ? items : items.filter { !report.isDone($0) }
        let done = items.count - shown.count
        defer {
            if done > 0 {
                let verb = done == 1 ? "has had its issue or is" : "have had their issue or are"
                Listing.lines(
                    "\(Listing.count(done, "item")) \(verb) over: fortnight items --all", indent: 0, style: .dim)
            }
        }
        guard !shown.isEmpty else {
            return print("Nothing is queued for the issues to come. Add something: fortnight add notice --help")
        }
        let head = "ID      KIND     ISSUE  BEGINS"
        print(Terminal.styled(Listing.width < 63 ? head : head + "            TITLE", .dim))
        for item in inOrder(shown, report) { try show(item, report) }
        print("")
        for row in report.coming {
            Listing.lines("issue \(row.number): \(place.status(row))", indent: 0, style: .dim)
        }
    }

    /// By the issue that each will be in, and then as they happen.
    private func inOrder(_ items: [Item], _ report: ItemReport) -> [Item] {
        let places = items.map { item in
            (report.prospect(item).number?.value ?? .max, item.startInstant ?? .distantFuture, item.title)
        }
        return items.indices.sorted { places[$0] < places[$1] }.map { items[$0] }
    }

    /// One line of columns, and beneath it only what is out of the ordinary.
    private func show(_ item: Item, _ report: ItemReport) throws {
        let prospect = report.prospect(item)
        let issue = prospect.number.map(\.description) ?? "-"
        let columns =
            "  " + TerminalText.fitted(item.kind.rawValue, to: 7) + "  "
            + String(repeating: " ", count: max(0, 5 - issue.count)) + issue + "  "
            + TerminalText.fitted(Listing.begins(item), to: 16) + "  "
        let id = item.id.description
        Listing.row(
            id + columns, styled: Terminal.styled(id, .bold) + columns, title: item.title, under: 8)
        switch item.change {
        case .cancelled: note("called off", .yellow)
        case .moved(let from, _): note("moved from \(from.inWords)", .yellow)
        case nil: break
        }
        if !item.alsoOn.isEmpty { note("and \(Listing.count(item.alsoOn.count, "more time"))", .dim) }
        switch prospect {
        case .none(let why):
            note(report.whenSeen(item), .yellow)
            if why.hasPrefix(ItemSelection.needsMending) { note("fortnight edit \(item.id)", .dim) }
        case .issue(let number):
            let more = report.issues(of: item).filter { $0 != number }.map(\.description).joined(separator: ", ")
            note("it \(try report.why(item))" + (more.isEmpty ? "" : "; in issue \(more) as well"), .dim)
            if let why = report.whyNotNext(item) { note("not in the next issue: it \(why)", .dim) }
        }
        // What keeps it from its issue is said already.
        let said = try report.why(item)
        for problem in report.problems(item) where !said.hasSuffix(problem.description) {
            note("\(problem.severity.rawValue): \(problem)", .yellow)
        }
    }

    private func note(_ words: String, _ style: Terminal.Style) {
        Listing.lines(Terminal.safe(words), indent: 8, style: style)
    }
}

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show one item, whole.")

    @Argument(help: "The item's id.") var id: String
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() throws {
        let id = try ItemID.argument(id)
        let place = try CommandContext(common)
        let report = try ItemReport(place)
        guard let item = try place.folder.queue.item(id) ?? report.announced(id) else { throw ItemReport.missing(id) }
        if listing.json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return print(String(decoding: try encoder.encode(item), as: UTF8.self))
        }
        print(Terminal.safeLines(ItemWriter.markdown(item)))
        print("\(item.id): it \(report.whenSeen(item)).")
        if item.isAnnounced {
            print("Announced by network \(item.network ?? ""): see fortnight networks show \(item.network ?? "").")
            return
        }
        print(
            "Queued by \(Terminal.safe(item.addedBy)) on \(item.addedAt.inWords(in: place.zone))"
                + (item.editedAt.map { ", changed on \($0.inWords(in: place.zone))" } ?? "") + ".")
        for problem in report.problems(item) { print("\(problem.severity.rawValue): \(problem)") }
    }
}

struct EditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Change a queued item: by options, from a file, or in an editor.",
        discussion: "Without options and without --file the item opens in $EDITOR.")

    @Argument(help: "The item's id.") var id: String
    @Option(help: "A file with the whole item as it is to be; - reads standard input.") var file: String?
    @Flag(help: "Take dates in words as they are understood, without asking.") var yes = false
    @OptionGroup var options: ItemOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let id = try ItemID.argument(id)
        let place = try CommandContext(common)
        guard let old = try place.folder.queue.item(id) else { throw try ItemReport.absent(id, in: place) }
        let closed = try ClosedIssues(place.context)
        let taking = TakeIn(place, beside: file, asks: !yes)
        let taken: (item: Item, notes: [Problem])
        if file == nil, options.isEmpty {
            let window = FormWindow { "fortnight edit \(id) --file \($0)" }
            let filled = try window.fill(ItemWriter.markdown(old), name: id.description) { draft in
                try taking.replace(id) { current in
                    guard current == old else { throw Self.overtaken(current, place) }
                    return draft
                }
            }
            taken = filled ?? (old, [])
        } else {
            let given = try file.map { try ItemReader.read(InputFile($0).bytes(most: ItemReader.mostBytes)) }
            taken = try taking.replace(id) { current in
                var draft = given ?? ItemDraft(current)
                try options.fill(&draft)
                return draft
            }
        }
        for note in taken.notes { Terminal.warn(note.description) }
        try ItemReport(place).say(taken.item, did: taken.item == old ? "Nothing changed in" : "Changed", json: false)
        try place.tell(closed)
        // The sequence rises with another time or place.
        if taken.item.sequence != old.sequence, let told = try place.folder.issues.lastTold(id) {
            print("Issue \(told) has told its readers otherwise. To tell them at once:")
            print("  fortnight issue correct \(told) --item \(id)")
        }
    }

    private static func overtaken(_ item: Item, _ place: CommandContext) -> CommandFailure {
        let who = Terminal.safe(item.editedBy ?? item.addedBy)
        return CommandFailure(
            "\(item.id) was changed by \(who) while you were at it, on \((item.editedAt ?? place.now).inWords(in: place.zone)): "
                + "nothing was changed; see fortnight show \(item.id)")
    }
}

struct RemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Take an item out of the queue, and out of an issue that is not being sent yet.")

    @Argument(help: "The item's id.") var id: String
    @OptionGroup var common: CommonOptions

    func run() throws {
        let id = try ItemID.argument(id)
        let place = try CommandContext(common)
        let closed = try ClosedIssues(place.context)
        let report = try ItemReport(place)
        guard let item = try place.folder.queue.remove(id) else { throw try ItemReport.absent(id, in: place) }
        print("Removed \(item.kind.rawValue) \(item.id): \(Terminal.safe(item.title))")
        if case .issue(let number) = report.prospect(item) {
            print("It was to be in issue \(number)\(report.day(of: number)), and is in none now.")
        }
        if let start = item.startInstant, start > place.now, let told = try place.folder.issues.lastTold(id) {
            print("Issue \(told) has told its readers of it. If it does not take place, tell them:")
            print("  fortnight issue correct \(told) --item \(id)")
        }
        try place.tell(closed)
    }
}
