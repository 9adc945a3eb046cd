package import Foundation

/// How many people came and went in a span of time.
package struct SubscriberMovements: Hashable, Sendable {
    /// Became subscribers, by themselves or by an import; a change of address or the end of a pause is none.
    package var joined = 0
    /// Asked to get no more, on any way.
    package var left = 0
    /// Their mailbox is gone.
    package var bounced = 0
    /// Called our mail a nuisance.
    package var complained = 0

    package init() {}

    /// Counts somebody by their record as it stands now.
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

    /// Why somebody became active who had been a subscriber all the time.
    fileprivate static let reasonsToGoOn: Set<String> = ["choice", "pause over"]
}
