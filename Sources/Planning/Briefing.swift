import Basics
package import Bulletin
package import Foundation
import Records
import Settings

/// A summary for an editor with ten minutes: the next issue and its items, thin or faulty issues, tasks that wait for
/// somebody, and how the last issue went. One place works it out, for people and for programs.
package struct Briefing: Sendable {
    /// Something that a person should do, in the order of urgency.
    package struct Task: Hashable, Sendable {
        package let issue: IssueNumber?
        package let item: ItemID?
        /// The reason, in a sentence without a full stop.
        package let what: String
        /// The command that does it.
        package let command: String

        package init(issue: IssueNumber?, item: ItemID?, what: String, command: String) {
            (self.issue, self.item, self.what, self.command) = (issue, item, what, command)
        }
    }

    package let rows: [IssueForecast.Row]
    /// The next issue that still takes items.
    package let open: IssueForecast.Row?
    /// Closed, held or being sent.
    package let waiting: [IssueForecast.Row]
    package let last: IssueForecast.Row?
    package let tasks: [Task]
    /// Those of ``tasks`` that are about files of issues.
    package let faults: [Task]

    /// Fewer items than this make a thin issue.
    static let fewItems = 3

    package init(_ context: PublishingContext, at now: Date) throws {
        rows = try IssueForecast(context).rows(at: now)
        open = rows.first { $0.state == .open }
        waiting = rows.filter { [.closed, .held, .sending].contains($0.state) }
        last = rows.last { $0.state == .sent }
        faults = rows.flatMap { Self.damage($0, context) }
        tasks =
            try waiting.compactMap { Self.task($0, context, at: now) } + faults + Self.damage(context)
            + Self.tasks(in: open, at: now)
    }

    /// Damaged files of items and networks, which are in no issue.
    private static func damage(_ context: PublishingContext) throws -> [Task] {
        let items = try context.folder.queue.list().damaged.map { ($0, "fortnight items") }
        let networks = try context.folder.networks.list().damaged.map { ($0, "fortnight networks list") }
        return (items + networks).map { fault, command in
            Task(issue: nil, item: nil, what: context.words(of: fault), command: command)
        }
    }

    /// Issues whose files are missing or damaged, but for those that are held for it.
    private static func damage(_ row: IssueForecast.Row, _ context: PublishingContext) -> [Task] {
        guard row.hold?.isForFile != true else { return [] }
        return row.faults.map { fault in
            Task(
                issue: row.number, item: nil, what: "issue \(row.number): \(context.words(of: fault))",
                command: "fortnight verify")
        }
    }

    private static func task(_ row: IssueForecast.Row, _ context: PublishingContext, at now: Date) -> Task? {
        let release = "fortnight issue release \(row.number)"
        switch row.state {
        case .held where row.isStateDamaged: return nil
        case .held:
            return Task(issue: row.number, item: nil, what: "issue \(row.number) is \(words(row))", command: release)
        case .closed where context.needsApproval && !row.isReleased:
            let late = row.sends <= now ? "was due on" : "is due on"
            return Task(
                issue: row.number, item: nil,
                what: "issue \(row.number) waits for approval, and \(late) \(row.sends.inWords(in: context.zone))",
                command: release)
        default: return nil
        }
    }

    private static func words(_ row: IssueForecast.Row) -> String {
        guard let hold = row.hold else { return "held" }
        if case .byPerson = hold { return hold.inWords }
        return "held: \(hold.inWords)"
    }

    private static func tasks(in row: IssueForecast.Row?, at now: Date) -> [Task] {
        guard let row else { return [] }
        var tasks: [Task] = []
        if row.hold != nil {
            tasks.append(
                Task(
                    issue: row.number, item: nil, what: "issue \(row.number) will be \(words(row))",
                    command: "fortnight issue release \(row.number)"))
        }
        if row.items.count < fewItems {
            let few = ["no items yet", "only 1 item", "only 2 items"]
            tasks.append(
                Task(
                    issue: row.number, item: nil, what: "issue \(row.number) has \(few[row.items.count])",
                    command: "fortnight add notice"))
        }
        for left in row.leftOut where left.why.kind == .needsMending {
            tasks.append(
                Task(
                    issue: row.number, item: left.id, what: "\(left.title) \(left.reason)",
                    command: "fortnight edit \(left.id)"))
        }
        for item in row.items where !item.isAnnounced {
            for problem in ItemRules.problems(of: item, now: now) {
                tasks.append(
                    Task(
                        issue: row.number, item: item.id, what: "\(item.title): \(problem)",
                        command: "fortnight edit \(item.id)"))
            }
        }
        return tasks
    }
}
