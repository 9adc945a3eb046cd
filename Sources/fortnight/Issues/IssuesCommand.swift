import ArgumentParser
import Basics
import Bulletin
import Foundation
import Planning
import Records

struct IssuesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issues", abstract: "List past and coming issues, and their state.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() throws {
        let place = try CommandContext(common)
        for row in try IssueForecast(place.context).rows(at: place.now) {
            if listing.json {
                try IssueRow(row, zone: place.zone).printJSON()
            } else {
                try show(row, place)
            }
        }
    }

    private func show(_ row: IssueForecast.Row, _ place: CommandContext) throws {
        let colour: Terminal.Style =
            switch row.state {
            case .held: .red
            case .sending, .closed: .yellow
            case .sent: .green
            case .open, .skipped: .dim
            }
        let number = Terminal.styled("issue \(row.number)", .bold)
        print("\(number)  \(Terminal.styled(row.state.rawValue, colour))  \(Listing.count(row.items.count, "item"))")
        if row.state == .open {
            Listing.flow(
                "closes \(row.closes.inWords(in: place.zone)) (\(place.left(until: row.closes)))", indent: 4, hanging: 7
            )
            Listing.flow("goes out \(row.sends.inWords(in: place.zone))", indent: 4, hanging: 7)
        } else {
            Listing.lines(place.status(row), indent: 4)
        }
        if let reason = row.reason { Listing.lines(Terminal.safe(reason), indent: 4, style: .yellow) }
        if row.state == .closed, place.context.needsApproval, !row.isReleased {
            print("    release it: fortnight issue release \(row.number)")
        }
        if let counts = row.counts { print("    " + Listing.figures(counts)) }
        if row.isComing { for item in row.items { Listing.item(item, indent: 4) } }
    }
}

struct IssueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue", abstract: "Show an issue, arrange it, or decide about it.",
        subcommands: [
            IssueShowCommand.self, IssueHoldCommand.self, IssueReleaseCommand.self, IssueSkipCommand.self,
            IssueSendNowCommand.self, IssueMoveCommand.self, IssueOrderCommand.self, IssuePinCommand.self,
            IssueUnpinCommand.self, IssueIntroCommand.self, IssueCorrectCommand.self,
        ])
}

struct IssueShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the items of an issue, and which were left out and why.")

    @Argument(help: "The issue's number.") var number: Int
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() throws {
        let number = try IssueNumber.argument(number)
        let place = try CommandContext(common)
        let forecast = try IssueForecast(place.context)
        guard let row = try forecast.row(number, at: place.now) else {
            throw CommandFailure("there is no issue \(number): fortnight issues lists them")
        }
        let corrections = try place.folder.issues.corrections(of: number)
        if listing.json { return try IssueDetailRow(row, corrections, zone: place.zone).printJSON() }
        try show(row, place)
        for (correction, status) in corrections { show(correction, status, of: number, place) }
        let history = forecast.history(of: number)
        if !history.isEmpty { print("\nDecisions:") }
        for decision in history { print("  " + Terminal.safe(decision.inWords(zone: place.zone))) }
    }

    private func show(_ row: IssueForecast.Row, _ place: CommandContext) throws {
        print(Terminal.styled("Issue \(row.number)", .bold))
        Listing.lines(place.status(row), indent: 0)
        if let reason = row.reason { Listing.lines(Terminal.safe(reason), indent: 2, style: .yellow) }
        print("Copy deadline: \(row.closes.inWords(in: place.zone))")
        if let counts = row.counts { print("Deliveries: \(Listing.figures(counts))") }
        if let introduction = row.introduction {
            print("\nIntroduction:")
            for line in introduction.split(separator: "\n") { Listing.lines(Terminal.safe(String(line)), indent: 2) }
        }
        print(row.items.isEmpty ? "\nItems: none." : "\nItems:")
        for item in row.items { Listing.item(item, indent: 2) }
        let leftOut = try IssueForecast(place.context).leftOut(of: row, at: place.now)
        guard !leftOut.isEmpty else { return }
        print("\nLeft out:")
        for left in leftOut {
            Listing.lines("\(left.id)  \(Terminal.safe(left.title)): it \(Terminal.safe(left.reason))", indent: 2)
        }
    }

    private func show(_ correction: Correction, _ status: IssueStatus, of number: IssueNumber, _ place: CommandContext)
    {
        let about = correction.item.map { ", about \(Terminal.safe($0.title))" } ?? ""
        print("\nCorrection \(correction.number)\(about), \(status.state.rawValue)", terminator: "")
        print(status.reason.map { ": \(Terminal.safe($0))" } ?? "")
        print("  by \(Terminal.safe(correction.by)) on \(correction.at.inWords(in: place.zone))")
        for line in correction.text.split(separator: "\n") { print("  \(Terminal.safe(String(line)))") }
        if let counts = status.counts { print("  \(Listing.figures(counts))") }
    }
}
