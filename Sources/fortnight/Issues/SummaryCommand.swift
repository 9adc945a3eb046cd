import ArgumentParser
import Basics
import Bulletin
import Foundation
import Planning
import Settings

/// The answer of `fortnight` alone.
struct SummaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary", abstract: "Show the next issue, and your tasks. This is also plain fortnight.")

    @Argument(help: .hidden) var words: [String] = []
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    /// A word that is no command's name arrives here.
    func validate() throws {
        guard let word = words.first else { return }
        let names = Fortnight.commandNames
        if names.contains(word) {
            throw ValidationError("Options come after the command: fortnight \(word) --config FILE.")
        }
        let nearest = nearestName(to: word, among: names).map { "did you mean fortnight \($0)?" }
        throw ValidationError(
            "There is no command \(Terminal.safe(word)); \(nearest ?? "fortnight --help lists them.")")
    }

    func run() throws {
        guard Configuration.isThere(path: common.config, environment: ProcessInfo.processInfo.environment) else {
            return try sayHowToBegin()
        }
        let place = try CommandContext(common)
        let briefing = try Briefing(place.context, at: place.now)
        if listing.json { try SummaryRow(briefing, place).printJSON() } else { show(briefing, place) }
    }

    private func sayHowToBegin() throws {
        if listing.json { return try NoBulletin().printJSON() }
        print("There is no bulletin in this folder. To start one:")
        print("  fortnight init my-bulletin     makes a folder with a commented configuration")
        print("  fortnight --help               lists all commands")
        print("If you have one elsewhere, go to its folder, or name its configuration with --config.")
    }

    private func show(_ briefing: Briefing, _ place: CommandContext) {
        print(Terminal.styled(Terminal.safe(place.configuration.bulletin.name), .bold))
        if let row = briefing.open {
            field("Next deadline", "\(row.closes.inWords(in: place.zone)), \(place.left(until: row.closes))")
        }
        for row in briefing.waiting { field("Issue \(row.number)", place.status(row) + "; " + holds(row)) }
        if let row = briefing.open {
            field("Issue \(row.number)", "open; goes out \(row.sends.inWords(in: place.zone)); \(holds(row))")
            for item in row.items { Listing.item(item, indent: 2) }
        } else {
            field("Next issue", "the schedule has no more")
        }
        if !briefing.tasks.isEmpty {
            print("\n" + Terminal.styled("To do", .bold))
            for task in briefing.tasks {
                Listing.lines(Terminal.safe(task.what), indent: 2, style: .yellow)
                print("    \(task.command)")
            }
        }
        print("")
        if let last = briefing.last {
            field(
                "Last issue",
                "\(last.number), sent \((last.sentAt ?? last.sends).inWords(in: place.zone))"
                    + (last.counts.map { "; \(Listing.figures($0))" } ?? ""))
        } else {
            field("Last issue", "none has been sent yet")
        }
    }

    private func holds(_ row: IssueForecast.Row) -> String {
        row.items.isEmpty ? "no items yet" : Listing.count(row.items.count, "item")
    }

    private func field(_ name: String, _ text: String) {
        let lines = TerminalText.wrapped(text, to: Terminal.width - 15)
        for (index, line) in lines.enumerated() {
            print(TerminalText.fitted(index == 0 ? name : "", to: 15) + line)
        }
    }
}

/// The summary in JSON.
private struct SummaryRow: Encodable {
    let bulletin: String
    let issues: [IssueRow]
    let tasks: [Task]
    let last: [Last]

    struct Task: Encodable {
        let issue: Int?
        let item: ItemID?
        let what: String
        let command: String
    }

    struct Last: Encodable {
        let number: Int
        let sentAt: String
        let accepted: Int
        let refused: Int
    }

    init(_ briefing: Briefing, _ place: CommandContext) {
        bulletin = place.configuration.bulletin.name
        issues = (briefing.waiting + [briefing.open].compactMap { $0 }).map { IssueRow($0, zone: place.zone) }
        tasks = briefing.tasks.map {
            Task(issue: $0.issue?.value, item: $0.item, what: $0.what, command: $0.command)
        }
        last = [briefing.last].compactMap { $0 }.map { row in
            Last(
                number: row.number.value, sentAt: (row.sentAt ?? row.sends).rfc3339(in: place.zone),
                accepted: row.counts?.accepted ?? 0, refused: row.counts?.refused ?? 0)
        }
    }
}

/// The summary where there is no bulletin, in JSON.
private struct NoBulletin: Encodable {
    @Nullable var bulletin: String? = nil
}

extension CommandContext {
    /// `in 2 days 3 hours`, or `now`.
    func left(until time: Date) -> String {
        time > now ? "in \(time.timeIntervalSince(now).leftInWords)" : "now"
    }

    /// The state of an issue and when it goes out, to follow its name.
    func status(_ row: IssueForecast.Row) -> String {
        let sends = row.sends.inWords(in: zone)
        switch row.state {
        case .open: return "closes \(left(until: row.closes)), goes out \(sends)"
        case .closed where context.needsApproval && !row.isReleased: return "closed; waits for approval, due \(sends)"
        case .closed where row.isReleased && context.needsApproval: return "closed and released; goes out \(sends)"
        case .closed: return "closed; goes out \(sends)"
        case .held: return "held; due \(sends)"
        case .sending: return "being sent since \(sends)"
        case .sent: return "sent \((row.sentAt ?? row.sends).inWords(in: zone))"
        case .skipped: return "skipped; was due \(sends)"
        }
    }
}
