import Basics
package import Bulletin
package import Foundation
package import Planning
import Records

/// Removes an item from the queue; readers are not told.
package struct RemoveItem: Sendable {
    private let context: PublishingContext
    private let now: Date

    package init(_ context: PublishingContext, at now: Date) { (self.context, self.now) = (context, now) }

    /// Durable on return. Throws ``ItemFault`` where it is not queued.
    package func callAsFunction(_ id: ItemID) throws -> ItemChange {
        let closed = try ClosedIssues(context)
        let forecast = try ItemForecast(context, at: now)
        guard let item = try context.folder.queue.remove(id) else {
            throw try ItemFault.notQueued(id, context, at: now)
        }
        let isAhead = item.startInstant.map { $0 > now } ?? false
        return ItemChange(
            item: item, isChanged: true, warnings: [], prospect: forecast.prospect(item),
            contradicts: isAhead ? try context.folder.issues.lastTold(id) : nil, reprints: try closed.reprints())
    }
}

/// Cancels a queued event or meeting, which readers are told; or lets it take place after all.
package struct CancelItem: Sendable {
    private let context: PublishingContext
    private let now: Date
    private let person: String

    package init(_ context: PublishingContext, at now: Date, by person: String) {
        (self.context, self.now, self.person) = (context, now, person)
    }

    /// Durable on return. Throws ``ItemFault``, and changes nothing, where it cannot be cancelled.
    package func callAsFunction(_ id: ItemID, why: String?) throws -> ItemChange {
        try change(id, to: .cancelled(why: why)) { item in
            guard !(item.change?.isCancelled ?? false) else { throw ItemFault("\(id) is called off already") }
        }
    }

    /// As ``callAsFunction(_:why:)``, the other way round.
    package func undo(_ id: ItemID) throws -> ItemChange {
        try change(id, to: nil) { item in
            guard item.change?.isCancelled ?? false else { throw ItemFault("\(id) is not called off") }
        }
    }

    private func change(
        _ id: ItemID, to change: Item.Change?, unless objection: (Item) throws -> Void
    ) throws -> ItemChange {
        let closed = try ClosedIssues(context)
        let changed = try context.folder.queue.change(id) { item in
            guard item.kind != .notice else {
                throw ItemFault("\(id) is a notice, which does not take place: remove it with fortnight remove \(id)")
            }
            try objection(item)
            if let end = item.endInstant ?? item.startInstant, end <= now {
                let deed = item.endInstant == nil ? "began" : "ended"
                throw ItemFault("\(id) \(deed) on \(end.inWords(in: item.zone)): it can no longer be called off")
            }
            var item = item
            item.change = change
            item.sequence += 1
            (item.editedAt, item.editedBy) = (now, person)
            return item
        }
        guard let changed else { throw try ItemFault.notQueued(id, context, at: now) }
        return ItemChange(
            item: changed, isChanged: true, warnings: [],
            prospect: try ItemForecast(context, at: now).prospect(changed),
            contradicts: try context.folder.issues.lastTold(id), reprints: try closed.reprints())
    }
}
