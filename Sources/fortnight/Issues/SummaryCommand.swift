import ArgumentParser
import Basics
import Bulletin
import Foundation
import Journal
import Planning
import Publishing
import Settings

/// What `fortnight` alone says.
struct SummaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary", abstract: "Say where things stand: what is next, and what wants doing.")

    @Argument(help: .hidden) var words: [String] = []
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    /// What is not the name of a command comes here.
    func validate() throws {
        guard let word = words.first else { return }
        let names = Fortnight.commandNames
        if names.contains(word) {
            throw ValidationError("Options come after the command: fortnight \(word) --config FILE.")
        }
        let nearest = nearestName(to: word, among: names).map { "did you mean fortnight \($0)?" }
        throw ValidationError(
            "There is no command \(Terminal.safe(word)); \(nearest ?? "fortnight --help lists what there is.")")
    }

    func run() throws {
        guard Configuration.isThere(path: common.config, environment: ProcessInfo.processInfo.environment) else {
            return sayHowToBegin()
        }
        let place = try CommandContext(common)
        let briefing = try Briefing(place.context, at: place.now)
        listing.json ? print(json(briefing, place)) : show(briefing, place)
    }

    private func sayHowToBegin() {
        if listing.json { return print(#"{"bulletin":null}"#) }
        print("There is no bulletin here yet. To begin one:")
        print("  fortnight init my-bulletin     makes a folder with a commented configuration")
        print("  fortnight --help               lists what there is")
        print("If there is one elsewhere, go to its folder, or name its configuration with --config.")
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
            field("Next issue", "the schedule has none")
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
            field("Last issue", "none was sent yet")
        }
    }

    private func holds(_ row: IssueForecast.Row) -> String {
        row.items.isEmpty ? "holds nothing yet" : "holds \(Listing.count(row.items.count, "item"))"
    }

    private func field(_ name: String, _ text: String) {
        let lines = TerminalText.wrapped(text, to: Terminal.width - 15)
        for (index, line) in lines.enumerated() {
            print(TerminalText.fitted(index == 0 ? name : "", to: 15) + line)
        }
    }

    private func json(_ briefing: Briefing, _ place: CommandContext) -> String {
        var lines = JSONLine()
        lines.line { line in
            line.field("bulletin", place.configuration.bulletin.name)
            line.array("issues", briefing.waiting + (briefing.open.map { [$0] } ?? [])) { entry, row in
                entry.field("number", row.number.value)
                entry.field("state", row.state.rawValue)
                entry.field("reason", row.reason)
                entry.field("closes", row.closes.rfc3339(in: place.zone))
                entry.field("sends", row.sends.rfc3339(in: place.zone))
                entry.field("items", row.items.map(\.id.description))
            }
            line.array("tasks", briefing.tasks) { entry, task in
                if let issue = task.issue { entry.field("issue", issue.value) }
                entry.field("item", task.item?.description)
                entry.field("what", task.what)
                entry.field("command", task.command)
            }
            line.array("last", briefing.last.map { [$0] } ?? []) { entry, row in
                entry.field("number", row.number.value)
                entry.field("sentAt", (row.sentAt ?? row.sends).rfc3339(in: place.zone))
                entry.field("accepted", row.counts?.accepted ?? 0)
                entry.field("refused", row.counts?.refused ?? 0)
            }
        }
        return lines.text
    }
}

extension CommandContext {
    /// `in 2 days 3 hours`, or `now`.
    func left(until time: Date) -> String {
        time > now ? "in \(time.timeIntervalSince(now).leftInWords)" : "now"
    }

    /// How an issue stands and when it goes out, going on from its name.
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
