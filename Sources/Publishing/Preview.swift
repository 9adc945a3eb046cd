package import Bulletin
import Composition
package import Foundation
import Records

/// An issue as readers would get it if nothing changed: the same bytes as the real send but for the personal parts.
package struct Preview: Sendable {
    private let office: Office

    package init(_ office: Office) { self.office = office }

    /// Nil where there is no such issue to come and none on the shelf.
    package func editions(of number: IssueNumber, at now: Date) throws -> Editions? {
        if let printed = try office.folder.issues.editions(number),
            try office.folder.issues.standing(number)?.editionsHash != nil
        {
            return printed
        }
        guard let row = try Outlook(office).row(number, at: now), row.state != .skipped else { return nil }
        let issue = Issue(
            number: number, slot: row.sends, sends: row.sends, closedAt: row.closes,
            introduction: try office.folder.plans.plan(number).introduction, items: row.items, leftOut: row.leftOut)
        return try office.press().print(issue, zone: office.zone)
    }
}
