import Basics
package import Bulletin
package import Foundation
package import Intake
package import Planning
import Records
import Settings

/// Replaces a queued item by its edited draft.
package struct EditItem: Sendable {
    private let context: PublishingContext
    private let now: Date
    private let person: String

    package init(_ context: PublishingContext, at now: Date, by person: String) {
        (self.context, self.now, self.person) = (context, now, person)
    }

    /// The item of that id. Throws ``ItemFault`` where it is not queued.
    package func queued(_ id: ItemID) throws -> Item {
        guard let item = try context.folder.queue.item(id) else {
            throw try ItemFault.notQueued(id, context, at: now)
        }
        return item
    }

    /// Durable on return. `draft` is called again for the item as it stands while nobody else can change it, so that two
    /// editors at once lose nothing of each other's. `confirm` is shown the item before anything is written, and stops it
    /// by throwing.
    ///
    /// Throws ``Problems`` with everything that is wrong, or ``ItemFault``; nothing is changed then.
    package func callAsFunction(
        _ id: ItemID, picturesIn folder: String = ".", confirm: (Item) throws -> Void = { _ in },
        _ draft: (Item) throws -> ItemDraft
    ) throws -> ItemChange {
        let intake = ItemIntake(context: context, now: now, person: person)
        let old = try queued(id)
        let lastTold = try context.folder.issues.lastTold(id)
        func judged(_ draft: ItemDraft, _ item: Item) throws -> AcceptedItem {
            try draft.item(
                replacing: item, wasTold: lastTold != nil, now: now, by: person, defaultZone: context.zone)
        }
        let first = try draft(old)
        let foreseen = try judged(first, old).item
        try confirm(foreseen)
        let closed = try ClosedIssues(context)
        let picture =
            foreseen.picture?.file == old.picture?.file ? nil : try intake.storedPicture(of: first, from: folder)
        var warnings: [Problem] = []
        let changed = try context.folder.queue.change(id) { current in
            var accepted = try judged(try draft(current), current)
            if let picture { accepted.item.picture?.file = picture }
            warnings = accepted.notes
            return accepted.item
        }
        guard let changed else { throw ItemFault.missing(id) }
        if changed.network != old.network { warnings += try intake.unknownNetwork(changed) }
        return ItemChange(
            item: changed, isChanged: changed != old, warnings: warnings,
            prospect: try ItemForecast(context, at: now).prospect(changed),
            // The sequence rises with another time or place.
            contradicts: changed.sequence != old.sequence ? lastTold : nil, reprints: try closed.reprints())
    }
}
