import Basics
package import Bulletin
package import Foundation
package import Intake
package import Planning
import Records
import Settings

/// Queues the item that a draft describes, its picture with it.
package struct AddItem: Sendable {
    private let context: PublishingContext
    private let now: Date
    private let person: String

    package init(_ context: PublishingContext, at now: Date, by person: String) {
        (self.context, self.now, self.person) = (context, now, person)
    }

    /// Durable on return. `kind` is what the command adds; without it the draft says so itself. A relative path of a picture
    /// starts at `folder`. `confirm` is shown the item before anything is written, and stops it by throwing.
    ///
    /// Throws ``Problems`` with everything that is wrong; nothing is queued then.
    package func callAsFunction(
        _ draft: ItemDraft, kind: Item.Kind?, picturesIn folder: String = ".", confirm: (Item) throws -> Void = { _ in }
    ) throws -> ItemChange {
        let intake = ItemIntake(context: context, now: now, person: person)
        try confirm(try intake.judged(draft, kind, id: ItemID.unused).item)
        let closed = try ClosedIssues(context)
        let picture = try intake.storedPicture(of: draft, from: folder)
        var warnings: [Problem] = []
        let item = try context.folder.queue.add { id in
            var accepted = try intake.judged(draft, kind, id: id)
            if let picture { accepted.item.picture?.file = picture }
            warnings = accepted.notes
            return accepted.item
        }
        return ItemChange(
            item: item, isChanged: true, warnings: warnings + (try intake.unknownNetwork(item)),
            prospect: try ItemForecast(context, at: now).prospect(item), contradicts: nil,
            reprints: try closed.reprints())
    }
}
