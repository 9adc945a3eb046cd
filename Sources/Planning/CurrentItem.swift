package import Bulletin
import Foundation
import Records

extension PublishingContext {
    /// An item of a printed issue as the queue or its network has it now; as the issue has it, where it was withdrawn
    /// since. Nil where the issue does not hold it.
    package func currentItem(_ id: ItemID, in issue: Issue) throws -> Item? {
        try currentItem(id, in: issue, Snapshot(folder))
    }

    /// The same by what a look has read.
    package func currentItem(_ id: ItemID, in issue: Issue, _ snapshot: Snapshot) throws -> Item? {
        guard let printed = issue.items.first(where: { $0.id == id }) else { return nil }
        let queue = try folder.queue.list().items
        if let queued = queue.first(where: { $0.id == id }) { return queued }
        let gather = try GatherCandidates(self, snapshot)
        return gather(for: issue.number, sends: issue.sends, queue: queue).items.first { $0.id == id } ?? printed
    }
}
