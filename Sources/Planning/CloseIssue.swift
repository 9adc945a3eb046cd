package import Bulletin
package import Foundation
import Records
import Settings

/// Queue → chosen items: closes an issue at its copy deadline, and chooses again for as long as it is not being sent.
/// Closing ends admission, not mending: what was queued before stays admitted, and is chosen as it stands now.
package struct CloseIssue: Sendable {
    private let context: PublishingContext

    package init(_ context: PublishingContext) { self.context = context }

    /// The issue of that slot as it would be, closed at `closing`, sent at `sends` (its own time unless given); writes
    /// nothing. Items are judged at `sends`. It uses up the time that the schedule has for it, wherever it was moved to.
    package func compose(_ slot: Slot, closing: Date) throws -> Issue {
        let regular = context.configuration.cadence.slot(slot.number)?.sends ?? slot.sends
        return try compose(slot.number, slot: regular, closing: closing, sends: slot.sends)
    }

    private func compose(_ number: IssueNumber, slot: Date, closing: Date, sends: Date) throws -> Issue {
        let folder = context.folder
        let plan = try folder.plans.plan(number)
        // An item queued later waits for another issue; it was not left out of this one.
        let admitted = try folder.queue.list().items.filter { $0.addedAt < closing }
        let gather = try GatherCandidates(context, decisions: folder.decisions.all())
        let candidates = gather(for: number, sends: sends, queue: admitted)
        let choice = ItemSelection.choose(
            items: candidates.items, appearances: try folder.issues.appearances(), issue: number,
            closes: closing, sends: sends, zone: context.zone, requests: plan.requests, overruled: candidates.overruled)
        return Issue(
            number: number, slot: slot, sends: sends, closedAt: closing, introduction: plan.introduction,
            items: choice.chosen, leftOut: choice.leftOut)
    }

    /// Closes it: from now on nothing new is admitted. Durable on return.
    package func close(_ slot: Slot, status: IssueStatus) throws -> Issue {
        let issue = try compose(slot, closing: slot.closes)
        try context.folder.issues.save(issue)
        try context.folder.issues.save(status, of: slot.number)
        return issue
    }

    /// A closed issue as its items stand now, to be sent at `sends`.
    package func again(_ issue: Issue, sends: Date) throws -> Issue {
        try compose(issue.number, slot: issue.slot, closing: issue.closedAt, sends: sends)
    }
}
