import ArgumentParser
import Basics
import Bulletin
import Foundation
import Intake
import Planning
import Records

struct ItemsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "items", abstract: "List the queued items, and the issue that each will be in.",
        discussion: "Items that have already appeared or are over are listed with --all, and always in JSON.")

    @Flag(help: "Also list items that have already appeared or are over.") var all = false
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() throws {
        let place = try CommandContext(common)
        let report = try ItemReport(place)
        let forecast = report.forecast
        let (queued, damaged) = try place.folder.queue.list()
        for fault in damaged { Terminal.warn(fault.description) }
        let items = queued + forecast.announced
        if listing.json {
            for item in items { try report.row(item).printJSON() }
            return
        }
        guard !items.isEmpty else { return print("Nothing is queued. Add something: fortnight add notice --help") }
        let shown = all ? items : items.filter { !forecast.isDone($0) }
        let done = items.count - shown.count
        defer {
            if done > 0 {
                let verb = done == 1 ? "has already appeared or is" : "have already appeared or are"
                Listing.lines(
                    "\(Listing.count(done, "item")) \(verb) over: fortnight items --all", indent: 0, style: .dim)
            }
        }
        guard !shown.isEmpty else {
            return print("Nothing is queued for the coming issues. Add something: fortnight add notice --help")
        }
        let head = "ID      KIND     ISSUE  BEGINS"
        print(Terminal.styled(Listing.width < 63 ? head : head + "            TITLE", .dim))
        for item in inOrder(shown, forecast) { try show(item, report) }
        print("")
        for row in forecast.coming {
            Listing.lines("issue \(row.number): \(place.status(row))", indent: 0, style: .dim)
        }
    }

    /// By the issue that each will be in, and then as they happen.
    private func inOrder(_ items: [Item], _ forecast: ItemForecast) -> [Item] {
        let places = items.map { item in
            (forecast.prospect(item).number?.value ?? .max, item.startInstant ?? .distantFuture, item.title)
        }
        return items.indices.sorted { places[$0] < places[$1] }.map { items[$0] }
    }

    /// One line of columns, and below it only notes on what is out of the ordinary.
    private func show(_ item: Item, _ report: ItemReport) throws {
        let forecast = report.forecast
        let prospect = forecast.prospect(item)
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
            if why.kind == .needsMending { note("fortnight edit \(item.id)", .dim) }
        case .issue(let number):
            let more = forecast.issues(of: item).filter { $0 != number }.map(\.description).joined(separator: ", ")
            note("it \(try forecast.why(item))" + (more.isEmpty ? "" : "; in issue \(more) as well"), .dim)
            if let why = forecast.whyNotNext(item) { note("not in the next issue: it \(why)", .dim) }
        }
        // The reason above may be one of them.
        let said = try forecast.why(item)
        for problem in report.problems(item) where !said.hasSuffix(problem.description) {
            note("\(problem.severity.rawValue): \(problem)", .yellow)
        }
    }

    private func note(_ words: String, _ style: Terminal.Style) {
        Listing.lines(Terminal.safe(words), indent: 8, style: style)
    }
}

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show an item in full.")

    @Argument(help: "The item's id.") var id: String
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() throws {
        let id = try ItemID.argument(id)
        let place = try CommandContext(common)
        let report = try ItemReport(place)
        let item = try report.forecast.item(id)
        if listing.json { return try item.printJSON() }
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
