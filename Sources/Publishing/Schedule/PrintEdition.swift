package import Bulletin
import Foundation
package import Planning
import Records
import Rendering
import Settings

/// Issue → editions on disk. Printed when it closes, and again whenever what it holds has changed, until the first
/// message is handed to the relay.
package struct PrintEdition: Sendable {
    private let context: PublishingContext

    package init(_ context: PublishingContext) { self.context = context }

    /// Writes the issue and its editions; the same issue gives the same bytes.
    @discardableResult
    package func print(_ issue: Issue) throws -> Editions {
        let editions = try context.renderer().print(issue, zone: context.zone)
        let store = context.folder.issues
        // The issue last: after a crash in between it differs from what it should be, and is printed again.
        try store.save(editions, of: issue.number)
        try store.save(issue)
        _ = try store.keepPictures(
            issue.items.compactMap(\.picture?.file), from: context.folder.pictures, of: issue.number)
        return editions
    }
}
