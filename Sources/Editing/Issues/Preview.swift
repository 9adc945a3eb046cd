import Basics
package import Bulletin
package import Foundation
import Journal
package import Planning
import Records
import Rendering

/// An issue as readers would get it today: the bytes of the real mail, but for the personal parts.
package struct Preview: Sendable {
    private let context: PublishingContext

    package init(_ context: PublishingContext) { self.context = context }

    /// Nil where there is no such issue.
    package func editions(of number: IssueNumber, at now: Date) throws -> Editions? {
        try proof(of: number, at: now)?.editions
    }

    /// The issue with its editions; nil where there is no such issue.
    package func proof(of number: IssueNumber, at now: Date) throws -> (issue: Issue, editions: Editions)? {
        if let printed = try context.folder.issues.editions(number),
            let issue = try context.folder.issues.issue(number),
            try context.folder.issues.status(number)?.editionsHash != nil
        {
            return (issue, printed)
        }
        guard let row = try IssueForecast(context).row(number, at: now), row.state != .skipped else { return nil }
        let issue = Issue(
            number: number, slot: row.sends, sends: row.sends, closedAt: row.closes, introduction: row.introduction,
            items: row.items, leftOut: row.leftOut)
        return (issue, try context.renderer().print(issue, zone: context.zone))
    }

    /// Remembers the shown issue, for ``ProofChanges``. An account that may not write in the folder leaves no trace.
    package func keep(_ issue: Issue, _ editions: Editions, at now: Date, by person: String) throws {
        do {
            try context.folder.proofs.keep(
                LastProof(issue: issue, text: editions.mailText, by: person, at: now.rfc3339(in: context.zone)))
        } catch let fault as DiskFault where fault.isForbidden {
            return
        }
    }
}
