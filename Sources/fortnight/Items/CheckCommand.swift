import ArgumentParser
import Basics
import Bulletin
import Foundation
import Planning
import Records

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check items for anything that readers would stumble over.",
        discussion: """
            Checks the next issue, or the items or the issue that you name. Each finding names the item, the field and the \
            remedy. The checks listed in check.blocking hold an issue until every finding is dealt with; reading age, \
            acronyms and long sentences are advice only. Exits with 1 where something holds the issue.
            """)

    @Argument(help: "The items' ids. Default: the items of the next issue.") var ids: [String] = []
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
            for row in report.rows { try row.printJSON() }
        } else {
            print(subject.words)
            for item in subject.items { report.show(item) }
            for left in subject.leftOut {
                print("\(Terminal.styled(left.id.description, .bold))  \(Terminal.safe(left.title))")
                Listing.lines("not in it: it \(Terminal.safe(left.reason))", indent: 8)
            }
            print(report.summary(of: subject.items.count))
        }
        guard report.isClean else { throw ExitCode.failure }
    }

    /// The items to check, and how to call them.
    private func subject(
        _ wanted: [ItemID], _ queue: [Item], _ place: CommandContext
    ) throws -> (items: [Item], leftOut: [LeftOut], words: String) {
        if !wanted.isEmpty {
            let forecast = try ItemForecast(place.context, at: place.now)
            return (try wanted.map { try forecast.item($0) }, [], "")
        }
        let forecast = try IssueForecast(place.context)
        guard let number = try issue.map(IssueNumber.argument) ?? forecast.lowestUnsent(at: place.now),
            let row = try forecast.row(number, at: place.now)
        else {
            throw CommandFailure("there is no such issue: fortnight issues lists them")
        }
        let count = row.items.count == 1 ? "1 item" : "\(row.items.count) items"
        let isOut = [.sending, .sent].contains(row.state)
        let sends = "\(isOut ? "sent" : "due") \(row.sends.inWords(in: place.zone))"
        return (
            row.items, try forecast.leftOut(of: row, at: place.now), "Issue \(number), \(sends), holds \(count)."
        )
    }
}

/// The findings of a check, for people and for programs.
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
        for problem in problems { Listing.lines(Terminal.safe("cannot appear: \(problem)"), indent: 8, style: .red) }
        for finding in found { show(finding) }
    }

    /// One finding, under the item's title.
    func show(_ finding: CheckFinding) {
        let isBlocking = !CheckItems(place.context).blocking([finding]).isEmpty
        let head = isBlocking ? "holds the issue" : finding.rule.isAdvice ? "advice" : "warning"
        Listing.lines(
            Terminal.safe("\(head): \(finding.field) (\(finding.rule.rawValue)): \(finding.message)"), indent: 8,
            style: isBlocking ? .red : finding.rule.isAdvice ? .dim : .yellow)
    }

    func summary(of count: Int) -> String {
        guard !findings.isEmpty else { return count == 0 ? "" : "Nothing found." }
        let blocking = CheckItems(place.context).blocking(findings).count
        let advice = findings.count { $0.rule.isAdvice }
        let warnings = findings.count - advice - blocking
        return [
            blocking > 0 ? "\(blocking) hold\(blocking == 1 ? "s" : "") the issue" : nil,
            warnings > 0 ? "\(warnings) warning\(warnings == 1 ? "" : "s")" : nil,
            advice > 0 ? "\(advice) piece\(advice == 1 ? "" : "s") of advice" : nil,
        ].compactMap { $0 }.joined(separator: ", ") + "."
    }

    /// As `check --json` promises them.
    var rows: [FindingRow] {
        findings.map { finding in
            FindingRow(
                item: finding.item, rule: finding.rule.rawValue, field: finding.field, message: finding.message,
                severity: finding.rule.isAdvice ? "advice" : "warning",
                blocking: !CheckItems(place.context).blocking([finding]).isEmpty)
        }
    }
}

/// A finding in JSON.
struct FindingRow: Encodable {
    let item: ItemID
    let rule: String
    let field: String
    let message: String
    let severity: String
    let blocking: Bool
}
