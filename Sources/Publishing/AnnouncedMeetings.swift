package import Bulletin
package import Foundation
import Records
import Settings

/// The coming meetings of all networks as calendars have them: one entry a date, by the rule, its exceptions included.
package struct AnnouncedMeetings: Sendable {
    private let office: Office

    package init(_ office: Office) { self.office = office }

    /// Those of about a year from `now` on.
    package func coming(at now: Date) throws -> [Item] {
        Announcing.calendar(
            of: try office.folder.networks.list().networks, at: now,
            domain: office.configuration.bulletin.from.address.domain)
    }
}
