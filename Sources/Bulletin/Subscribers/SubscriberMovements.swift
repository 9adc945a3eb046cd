package import Foundation

/// How many people joined and left in a span of time.
package struct SubscriberMovements: Hashable, Sendable {
    /// Became subscribers, by themselves or by an import; a change of address or the end of a pause does not count.
    package var joined = 0
    /// Unsubscribed, by any route.
    package var left = 0
    /// Their mailbox is gone.
    package var bounced = 0
    /// Reported our mail as spam.
    package var complained = 0

    package init() {}

    /// Counts a person by their current record.
    package mutating func count(_ person: Subscriber, in span: ClosedRange<Date>) {
        if person.hasJoined(in: span) { joined += 1 }
        guard span.contains(person.statusSince) else { return }
        switch person.status {
        case .unsubscribed: left += 1
        case .bounced: bounced += 1
        case .complained: complained += 1
        case .active, .unconfirmed, .paused, .forgotten, .moved: break
        }
    }
}

extension Subscriber {
    fileprivate func hasJoined(in span: ClosedRange<Date>) -> Bool {
        guard let activeSince, span.contains(activeSince), movedFrom == nil else { return false }
        return status != .active || !Self.reasonsToGoOn.contains(reason ?? "")
    }

    /// Reasons for becoming active that are not a new subscription.
    fileprivate static let reasonsToGoOn: Set<String> = ["choice", "pause over"]
}
