package import Bulletin
package import Foundation
import Records
import Settings

/// The coming meetings of all networks as calendars have them: one entry a date, by the rule, its exceptions included.
package struct AnnouncedMeetings: Sendable {
    private let context: PublishingContext

    package init(_ context: PublishingContext) { self.context = context }

    /// Those of about a year from `now` on.
    package func coming(at now: Date) throws -> [Item] {
        Announcing.calendar(
            of: try context.folder.networks.list().networks, at: now,
            domain: context.configuration.bulletin.from.address.domain)
    }
}
