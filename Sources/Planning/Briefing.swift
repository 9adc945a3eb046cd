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

    /// Fewer items than this make a thin issue.
    static let fewItems = 3

    package init(_ context: PublishingContext, at now: Date) throws {
        rows = try IssueForecast(context).rows(at: now)
        open = rows.first { $0.state == .open }
        waiting = rows.filter { [.closed, .held, .sending].contains($0.state) }
        last = rows.last { $0.state == .sent }
        tasks =
            try waiting.compactMap { Self.task($0, context, at: now) } + Self.damage(context)
            + Self.tasks(in: open, at: now)
    }

    /// Damaged files of items and networks, which are in no issue.
    private static func damage(_ context: PublishingContext) throws -> [Task] {
        let items = try context.folder.queue.list().damaged.map { ($0, "fortnight items") }
        let networks = try context.folder.networks.list().damaged.map { ($0, "fortnight networks list") }
        return (items + networks).map { fault, command in
            // Shorter without the path of the state folder.
            let what = fault.description.replacing(context.folder.path + "/", with: "")
            return Task(issue: nil, item: nil, what: what, command: command)
        }
    }

    private static func task(_ row: IssueForecast.Row, _ context: PublishingContext, at now: Date) -> Task? {
        let release = "fortnight issue release \(row.number)"
        switch row.state {
        case .held:
            return Task(
                issue: row.number, item: nil, what: "issue \(row.number) is \(words(row.reason))", command: release)
        case .closed where context.needsApproval && !row.isReleased:
            let late = row.sends <= now ? "was due on" : "is due on"
            return Task(
                issue: row.number, item: nil,
                what: "issue \(row.number) waits for approval, and \(late) \(row.sends.inWords(in: context.zone))",
                command: release)
        default: return nil
        }
    }

    private static func words(_ reason: String?) -> String {
        guard let reason else { return "held" }
        return reason.hasPrefix("held") ? reason : "held: \(reason)"
    }

    private static func tasks(in row: IssueForecast.Row?, at now: Date) -> [Task] {
        guard let row else { return [] }
        var tasks: [Task] = []
        if let reason = row.reason {
            tasks.append(
                Task(
                    issue: row.number, item: nil, what: "issue \(row.number) will be \(words(reason))",
                    command: "fortnight issue release \(row.number)"))
        }
        if row.items.count < fewItems {
            let few = ["no items yet", "only 1 item", "only 2 items"]
            tasks.append(
                Task(
                    issue: row.number, item: nil, what: "issue \(row.number) has \(few[row.items.count])",
                    command: "fortnight add notice"))
        }
        for left in row.leftOut where left.reason.hasPrefix(ItemSelection.needsMending) {
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
