import Basics
package import Foundation

/// Which of the queued items an issue holds, and in which order (DESIGN section 5, "Closing ends admission").
package enum ItemSelection {
    /// What people decided beforehand for one issue.
    package struct Preferences: Hashable, Sendable {
        /// These come first, in this order, whatever their part.
        package var order: [ItemID]
        /// These are in this issue although they have been in another, or their days say otherwise; nothing makes an
        /// item appear that has begun or needs mending.
        package var pins: Set<ItemID>

        package init(order: [ItemID] = [], pins: Set<ItemID> = []) { (self.order, self.pins) = (order, pins) }
    }

    /// The items of issue `issue`, in order, and those left out with the reason in a sentence.
    ///
    /// `items` is the whole queue, in any order. `appearances` says in which closed issues each item stands; `issue`
    /// itself does not count. What is queued at `closes` or later waits for the next issue. `sends` is later than planned
    /// where the issue was held: nothing that has begun by then is chosen. Days are counted in `zone`, the schedule's.
    /// `overruled` are those that what else is known speaks against, with the reason.
    package static func choose(
        items: [Item], appearances: [ItemID: [IssueNumber]], issue: IssueNumber, closes: Date, sends: Date,
        zone: TimeZone, requests: Preferences = Preferences(), overruled: [ItemID: String] = [:]
    ) -> (chosen: [Item], leftOut: [LeftOut]) {
        var chosen: [Item] = []
        var leftOut: [LeftOut] = []
        for item in items {
            let reason =
                overruled[item.id]
                ?? reasonAgainst(
                    item, appearances: appearances[item.id] ?? [], issue: issue, closes: closes, sends: sends,
                    zone: zone, pinned: requests.pins.contains(item.id))
            if let reason {
                leftOut.append(LeftOut(id: item.id, title: item.title, reason: reason))
            } else {
                chosen.append(item)
            }
        }
        let explicit = Dictionary(requests.order.enumerated().map { ($1, $0) }, uniquingKeysWith: min)
        return (
            chosen.sorted { isBefore($0, $1, explicit: explicit) },
            leftOut.sorted { ($0.title, $0.id) < ($1.title, $1.id) }
        )
    }

    /// Why `item` is not in that issue, in a sentence without a full stop that goes on from its title; nil where it is.
    package static func reasonAgainst(
        _ item: Item, appearances: [IssueNumber], issue: IssueNumber, closes: Date, sends: Date, zone: TimeZone,
        pinned: Bool = false
    ) -> String? {
        if item.addedAt >= closes {
            return "was queued after issue \(issue) closed, on \(closes.inWords(in: zone))"
        }
        let earlier = appearances.filter { $0 != issue }.min()
        if let start = item.startInstant, start <= sends {
            if let earlier, earlier < issue { return "\(hasBeen) \(earlier)" }
            let zoneNote = item.timezone == zone.identifier ? "" : " (\(item.timezone))"
            return "\(begins(item)) on \(start.inWords(in: item.zone))\(zoneNote), before issue \(issue) is sent"
        }
        // A way to take part is only a warning for what was imported, yet without one it does not appear.
        let problems = ItemRules.problems(of: item, now: sends)
            .filter { $0.severity == .error || $0.field == "takingPart" }
            .filter { $0.field != "until" || item.until.map { $0 >= LocalDateTime(sends, in: zone).date } ?? true }
        if let problem = problems.first {
            return "\(needsMending): \(problem)"
        }
        if pinned { return nil }
        let day = LocalDateTime(sends, in: zone).date
        if let from = item.from, from > day { return "\(waits) \(from.inWords) only" }
        if let until = item.until, until < day { return "could appear until \(until.inWords) only" }
        // What was moved or called off is told until its time has come: nobody shall stand before a closed door.
        guard item.repeat == .once, item.change == nil, let earlier else { return nil }
        return earlier < issue ? "\(hasBeen) \(earlier)" : "is in issue \(earlier)"
    }

    /// How the reason begins where the item has had its issue.
    package static let hasBeen = "has been in issue"

    /// Why `item` is in its issue, in a sentence without a full stop that goes on from its title. `before` is the issue
    /// before it, where there is one that it could have been in, and `earlier` the first one that it was or is in.
    package static func reasonFor(
        _ item: Item, before: Slot?, earlier: IssueNumber?, zone: TimeZone, pinned: Bool = false
    ) -> String {
        if pinned { return "was pinned to it" }
        if let network = item.network, item.isAnnounced { return "is announced by network \(network)" }
        switch item.change {
        case .cancelled: return "was called off, and readers are told until its time has come"
        case .moved: return "was moved, and readers are told until its time has come"
        case nil: break
        }
        if let earlier {
            return "repeats until \(item.starts == nil ? "its last day" : "it has happened"), since issue \(earlier)"
        }
        if let before {
            if item.addedAt >= before.closes { return "was queued after issue \(before.number) closed" }
            if let from = item.from, from > LocalDateTime(before.sends, in: zone).date {
                return "\(waits) \(from.inWords)"
            }
        }
        return "was queued in time"
    }

    /// How the reason begins where a person can do away with it.
    package static let needsMending = "needs mending"

    /// How the reason begins where the item's own time is still to come.
    package static let waits = "may appear from"

    /// The coming issue that will hold `item`, or why none of `slots` will, in a sentence without a full stop.
    package static func issue(
        for item: Item, among slots: some Sequence<Slot>, appearances: [IssueNumber], zone: TimeZone,
        requests: [IssueNumber: Preferences] = [:]
    ) -> Prospect {
        var (last, mending, been): (String?, String?, String?)
        for slot in slots where !slot.skipped {
            let pinned = requests[slot.number]?.pins.contains(item.id) ?? false
            let reason = reasonAgainst(
                item, appearances: appearances, issue: slot.number, closes: slot.closes, sends: slot.sends, zone: zone,
                pinned: pinned)
            guard let reason else { return .issue(slot.number) }
            last = reason
            // What can be mended counts more than that later issues come too late for it.
            if reason.hasPrefix(needsMending) { mending = mending ?? reason }
            // And more than that, that it was there.
            if reason.hasPrefix(hasBeen) { been = been ?? reason }
            // Later issues are sent later still: what has begun by this one has begun by them.
            if let start = item.startInstant, start <= slot.sends { break }
        }
        return .none(why: been ?? mending ?? last ?? "there is no coming issue")
    }

    /// Whether an item has an issue to come.
    package enum Prospect: Hashable, Sendable {
        case issue(IssueNumber)
        case none(why: String)

        package var number: IssueNumber? {
            if case .issue(let number) = self { number } else { nil }
        }
    }

    /// Whether nothing can come of `item` any more by `time`: it has begun, or may appear no longer.
    package static func isOver(_ item: Item, at time: Date, in zone: TimeZone) -> Bool {
        item.startInstant.map { $0 <= time } ?? false
            || item.until.map { $0 < LocalDateTime(time, in: zone).date } ?? false
    }

    // MARK: Order

    private static func part(_ kind: Item.Kind) -> Int {
        switch kind {
        case .meeting: 0
        case .event: 1
        case .notice: 2
        }
    }

    private static func isBefore(_ left: Item, _ right: Item, explicit: [ItemID: Int]) -> Bool {
        let places = (explicit[left.id] ?? .max, explicit[right.id] ?? .max)
        if places.0 != places.1 { return places.0 < places.1 }
        let parts = (part(left.kind), part(right.kind))
        if parts.0 != parts.1 { return parts.0 < parts.1 }
        if left.priority != right.priority { return left.priority > right.priority }
        let starts = (left.startInstant ?? .distantFuture, right.startInstant ?? .distantFuture)
        if starts.0 != starts.1 { return starts.0 < starts.1 }
        return (left.title, left.id) < (right.title, right.id)
    }

    // MARK: Words

    private static func begins(_ item: Item) -> String { item.kind == .notice ? "starts" : "begins" }
}
