import Basics
package import Foundation

extension Announcing {
    /// Days ahead shown in calendars, a year and a month: a yearly meeting always appears.
    package static let calendarDays = 396
    /// The most meetings of one network in a calendar: one a day for a year and a month.
    private static let mostMeetings = 400

    /// The meetings of `networks` from yesterday on, for about a year: one item for each date of the rule, as it now
    /// stands, with the id and the uid of its announcement.
    package static func calendar(of networks: [Network], at now: Date, domain: String) -> [Item] {
        var taken: Set<ItemID> = []
        var items: [Item] = []
        for network in networks.sorted(by: { $0.slug < $1.slug }) {
            let first = LocalDateTime(now, in: network.zone).date.adding(days: -1)
            for meeting in network.meetings(on: first...first.adding(days: calendarDays)).prefix(mostMeetings) {
                let item = item(of: network, meeting, domain: domain, taken: taken)
                taken.insert(item.id)
                items.append(item)
            }
        }
        return items
    }
}
