import Basics
import Bulletin
import Editing
import Foundation
import Planning
import Records

/// Tells people about items: which issue each will be in, what is wrong with it, and why it is left out.
struct ItemReport {
    let forecast: ItemForecast
    private let place: CommandContext

    init(_ place: CommandContext) throws {
        self.place = place
        forecast = try ItemForecast(place.context, at: place.now)
    }

    /// Tells what was done to an item, and when readers will see it.
    func say(_ change: ItemChange, did deed: String) throws {
        let item = change.item
        print(
            "\(deed) \(item.kind.rawValue) \(Terminal.styled(item.id.description, .bold)): \(Terminal.safe(item.title))"
        )
        for line in Self.times(of: item) { print(line) }
        print("It \(whenSeen(item)).")
        try warnOfDuplicate(item)
        let queue = try place.folder.queue.list().items
        let findings = try CheckItems(place.context).findings(in: [item], among: queue, at: place.now)
        let check = CheckReport(place, findings)
        for finding in findings where !finding.rule.isAdvice { check.show(finding) }
    }

    /// Warns where a network announces that meeting anyway: the editor may not know.
    private func warnOfDuplicate(_ item: Item) throws {
        guard item.kind == .meeting, let slug = item.network, let starts = item.starts,
            let network = try place.folder.networks.network(slug), network.announce > 0,
            let meeting = network.meetings(on: starts.date...starts.date).first(where: {
                $0.starts.date == starts.date && !$0.isCancelled
            })
        else { return }
        Terminal.warn(
            "duplicate: network \(slug) announces its meeting of \(meeting.starts.inWords) anyway, and this item replaces "
                + "the announcement. If it adds nothing, remove it: fortnight remove \(item.id)")
    }

    /// Its times in full, as they were understood.
    static func times(of item: Item) -> [String] {
        var lines: [String] = []
        if let starts = item.starts { lines.append("Begins: \(starts.inWords) (\(item.timezone))") }
        if let ends = item.ends {
            lines.append("Ends:   \(ends.date == item.starts?.date ? "at \(ends.time)" : ends.inWords)")
        }
        if let from = item.from { lines.append("May appear from \(from.inWords)") }
        if let until = item.until { lines.append("May appear until \(until.inWords)") }
        return lines
    }

    /// `will be in issue 24, on Wednesday 2 December 2026 at 10:00`
    func whenSeen(_ item: Item) -> String {
        switch forecast.prospect(item) {
        case .issue(let number): return "will be in issue \(number)\(day(of: number))"
        case .none(let why) where why.kind == .notYet: return "waits for a later issue: it \(why.words)"
        case .none(let why): return "will be in no coming issue: it \(why.words)"
        }
    }

    /// `, on Wednesday 2 December 2026 at 10:00`
    func day(of number: IssueNumber) -> String {
        forecast.sends(number).map { ", on \($0.inWords(in: place.zone))" } ?? ""
    }

    func problems(_ item: Item) -> [Problem] { ItemRules.problems(of: item, now: place.now) }

    /// As `items --json` promises it.
    func row(_ item: Item) throws -> ItemRow {
        ItemRow(
            id: item.id, kind: item.kind, title: item.title, starts: item.startInstant?.rfc3339(in: item.zone),
            ends: item.endInstant?.rfc3339(in: item.zone), issue: forecast.prospect(item).number?.value,
            issues: forecast.issues(of: item).map(\.value), why: try forecast.why(item),
            problems: problems(item).map(ProblemRow.init))
    }
}

/// An item in JSON.
struct ItemRow: Encodable {
    let id: ItemID
    let kind: Item.Kind
    let title: String
    @Nullable var starts: String?
    @Nullable var ends: String?
    @Nullable var issue: Int?
    let issues: [Int]
    let why: String
    let problems: [ProblemRow]
}

struct ProblemRow: Encodable {
    let field: String
    let message: String
    let severity: String

    init(_ problem: Problem) {
        (field, message, severity) = (problem.field, problem.message, problem.severity.rawValue)
    }
}
