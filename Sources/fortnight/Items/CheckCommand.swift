import ArgumentParser
import Basics
import Bulletin
import Foundation
import Journal
import Planning
import Publishing
import Records

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Look for what readers would stumble over.",
        discussion: """
            Checks the next issue, or the items or the issue that are named. Each finding names item, field and remedy. Checks \
            that check.blocking names hold an issue until what they found is mended; reading age, acronyms and the length \
            of sentences are advice. Exits with 1 where something holds the issue or an item cannot appear.
            """)

    @Argument(help: "The items' ids; those of the next issue unless given.") var ids: [String] = []
    @Option(help: "The issue's number.") var issue: Int?
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() throws {
        let wanted = try ids.map(ItemID.argument)
        let place = try CommandContext(common)
        let queue = try place.folder.queue.list().items
        let subject = try subject(wanted, queue, place)
        let report = CheckReport(
            place, try CheckItems(place.context).findings(in: subject.items, among: queue, at: place.now))
        if listing.json {
            report.lines.forEach { print($0) }
        } else {
            print(subject.words)
            for item in subject.items { report.show(item) }
            for left in subject.leftOut {
                print("\(Terminal.styled(left.id.description, .bold))  \(Terminal.safe(left.title))")
                Terminal.printWrapped("not in it: it \(left.reason)", indent: 8)
            }
            print(report.summary(of: subject.items.count))
        }
        guard report.isClean else { throw ExitCode.failure }
    }

    /// What is to be checked, and how to call it.
    private func subject(
        _ wanted: [ItemID], _ queue: [Item], _ place: CommandContext
    ) throws -> (items: [Item], leftOut: [LeftOut], words: String) {
        if !wanted.isEmpty {
            let report = try ItemReport(place)
            let items = try wanted.map { id in
                guard let item = queue.first(where: { $0.id == id }) ?? report.announced(id) else {
                    throw ItemReport.missing(id)
                }
                return item
            }
            return (items, [], "")
        }
        let forecast = try IssueForecast(place.context)
        guard let number = try issue.map(IssueNumber.argument) ?? forecast.lowestUnsent(at: place.now),
            let row = try forecast.row(number, at: place.now)
        else {
            throw CommandFailure("there is no such issue: fortnight issues lists what there is")
        }
        let count = row.items.count == 1 ? "1 item" : "\(row.items.count) items"
        let isOut = [.sending, .sent].contains(row.state)
        let sends = "\(isOut ? "sent" : "due") \(row.sends.inWords(in: place.zone))"
        return (
            row.items, try forecast.leftOut(of: row, at: place.now), "Issue \(number), \(sends), holds \(count)."
        )
    }
}

/// What a check found, as people and programs read it.
struct CheckReport {
    private let place: CommandContext
    private let findings: [CheckFinding]

    init(_ place: CommandContext, _ findings: [CheckFinding]) { (self.place, self.findings) = (place, findings) }

    /// Whether nothing holds an issue.
    var isClean: Bool { CheckItems(place.context).blocking(findings).isEmpty }

    func show(_ item: Item) {
        let found = findings.filter { $0.item == item.id }
        let problems = ItemRules.problems(of: item, now: place.now).filter { $0.severity == .error }
        guard !found.isEmpty || !problems.isEmpty else { return }
        print("\(Terminal.styled(item.id.description, .bold))  \(Terminal.safe(item.title))")
        for problem in problems { Terminal.printWrapped("cannot appear: \(problem)", indent: 8, style: .red) }
        for finding in found { show(finding) }
    }

    /// One finding, under the item's title.
    func show(_ finding: CheckFinding) {
        let isBlocking = !CheckItems(place.context).blocking([finding]).isEmpty
        let head = isBlocking ? "holds the issue" : finding.rule.isAdvice ? "advice" : "warning"
        Terminal.printWrapped(
            "\(head): \(finding.field) (\(finding.rule.rawValue)): \(finding.message)", indent: 8,
            style: isBlocking ? .red : finding.rule.isAdvice ? .dim : .yellow)
    }

    func summary(of count: Int) -> String {
        guard !findings.isEmpty else { return count == 0 ? "" : "Nothing was found." }
        let blocking = CheckItems(place.context).blocking(findings).count
        let advice = findings.count { $0.rule.isAdvice }
        let warnings = findings.count - advice - blocking
        return [
            blocking > 0 ? "\(blocking) hold\(blocking == 1 ? "s" : "") the issue" : nil,
            warnings > 0 ? "\(warnings) warning\(warnings == 1 ? "" : "s")" : nil,
            advice > 0 ? "\(advice) piece\(advice == 1 ? "" : "s") of advice" : nil,
        ].compactMap { $0 }.joined(separator: ", ") + "."
    }

    /// A line of JSON for each finding.
    var lines: [String] {
        findings.map { finding in
            var lines = JSONLine()
            lines.line { line in
                line.field("item", finding.item.description)
                line.field("rule", finding.rule.rawValue)
                line.field("field", finding.field)
                line.field("message", finding.message)
                line.field("severity", finding.rule.isAdvice ? "advice" : "warning")
                line.field(
                    "blocking", json: (CheckItems(place.context).blocking([finding]).isEmpty ? "false" : "true").utf8)
            }
            return lines.text
        }
    }
}
