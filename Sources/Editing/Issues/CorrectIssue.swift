package import Bulletin
package import Foundation
package import Planning
import Records

/// Decides on a correction of an issue that went out: the daemon mails it at once to everybody who was sent the issue, and
/// shows it with the web edition.
package struct CorrectIssue: Sendable {
    private let context: PublishingContext
    private let issue: Issue
    private let now: Date
    private let person: String

    /// Throws ``UnfitDecision`` where the issue has not gone out.
    package init(_ context: PublishingContext, _ number: IssueNumber, at now: Date, by person: String) throws {
        guard try context.folder.issues.status(number)?.editionsHash != nil,
            let issue = try context.folder.issues.issue(number)
        else {
            guard let row = try IssueForecast(context).row(number, at: now) else { throw UnfitDecision.unknown(number) }
            throw UnfitDecision(
                row.state == .skipped
                    ? "issue \(number) was skipped, and sent to nobody"
                    : "issue \(number) has not gone out yet: change its items with fortnight edit, and it is printed again"
            )
        }
        (self.context, self.issue, self.now, self.person) = (context, issue, now, person)
    }

    /// The item that a correction is about, as it stands now. Throws ``UnfitDecision`` where the issue does not hold it.
    package func item(_ id: ItemID) throws -> Item {
        guard let item = try context.currentItem(id, in: issue) else {
            throw UnfitDecision(
                "item \(id) is not in issue \(issue.number): fortnight issue show \(issue.number) lists its items")
        }
        return item
    }

    /// Durable on return. The number of the correction, from 1 within its issue. Throws ``UnfitDecision`` where the text,
    /// which is Markdown, may not go out.
    package func callAsFunction(_ text: String, about item: Item?) throws -> Int {
        if let problem = Correction.problem(in: text) { throw UnfitDecision("the correction: \(problem)") }
        let count = try context.folder.issues.corrections(of: issue.number).count
        try context.folder.decisions.append(
            Decision(issue: issue.number, kind: .correct(item: item?.id, text: text), at: now, by: person))
        return count + 1
    }
}
