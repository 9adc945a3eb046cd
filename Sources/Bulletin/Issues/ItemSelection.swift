import Basics
package import Foundation

/// Selects the items of an issue from the queue, and their order. Items queued after the copy deadline wait for the
/// next issue.
package enum ItemSelection {
    /// The editors' preferences for one issue.
    package struct Preferences: Hashable, Sendable {
        /// These come first, in this order, whatever their part.
        package var order: [ItemID]
        /// These are in this issue even if they have been in another, or their days say otherwise; but no item appears
        /// that has begun or needs mending.
        package var pins: Set<ItemID>

        package init(order: [ItemID] = [], pins: Set<ItemID> = []) { (self.order, self.pins) = (order, pins) }
    }

    /// The items of issue `issue`, in order, and the items left out with the reason in a sentence.
    ///
    /// `items` is the whole queue, in any order. `appearances` gives the closed issues that contain each item; `issue`
    /// itself does not count. Items queued at `closes` or later wait for the next issue. `sends` is later than planned
    /// if the issue was held: no item that has begun by then is selected. Days are counted in `zone`, the schedule's.
    /// `overruled` are items excluded for other known reasons.
    package static func choose(
        items: [Item], appearances: [ItemID: [IssueNumber]], issue: IssueNumber, closes: Date, sends: Date,
        zone: TimeZone, requests: Preferences = Preferences(), overruled: [ItemID: String] = [:]
    ) -> (chosen: [Item], leftOut: [LeftOut]) {
        var chosen: [Item] = []
        var leftOut: [LeftOut] = []
        for item in items {
            let reason =
                overruled[item.id].map { LeftOutReason($0) }
                ?? reasonAgainst(
                    item, appearances: appearances[item.id] ?? [], issue: issue, closes: closes, sends: sends,
                    zone: zone, pinned: requests.pins.contains(item.id))
            if let reason {
                leftOut.append(LeftOut(id: item.id, title: item.title, why: reason))
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

    /// Why `item` is not in that issue, continuing its title in a sentence without a full stop; nil if it is.
    package static func reasonAgainst(
        _ item: Item, appearances: [IssueNumber], issue: IssueNumber, closes: Date, sends: Date, zone: TimeZone,
        pinned: Bool = false
    ) -> LeftOutReason? {
        if item.addedAt >= closes {
            return LeftOutReason("was queued after issue \(issue) closed, on \(closes.inWords(in: zone))")
        }
        let earlier = appearances.filter { $0 != issue }.min()
        if let start = item.startInstant, start <= sends {
            if let earlier, earlier < issue { return .hasBeen(in: earlier) }
            let zoneNote = item.timezone == zone.identifier ? "" : " (\(item.timezone))"
            return LeftOutReason(
                "\(begins(item)) on \(start.inWords(in: item.zone))\(zoneNote), before issue \(issue) is sent")
        }
        // For an imported item a missing way to take part is only a warning, yet without one it does not appear.
        let problems = ItemRules.problems(of: item, now: sends)
            .filter { $0.severity == .error || $0.field == "takingPart" }
            .filter { $0.field != "until" || item.until.map { $0 >= LocalDateTime(sends, in: zone).date } ?? true }
        if let problem = problems.first {
            return .needsMending("\(problem)")
        }
        if pinned { return nil }
        let day = LocalDateTime(sends, in: zone).date
        if let from = item.from, from > day { return LeftOutReason(.notYet, "\(waits) \(from.inWords) only") }
        if let until = item.until, until < day { return LeftOutReason("could appear until \(until.inWords) only") }
        // A moved or cancelled event is announced until its time has come, so that nobody turns up in vain.
        guard item.repeat == .once, item.change == nil, let earlier else { return nil }
        return earlier < issue ? .hasBeen(in: earlier) : LeftOutReason("is in issue \(earlier)")
    }

    /// Why `item` is in its issue, continuing its title in a sentence without a full stop. `before` is the issue before
    /// it, if the item could have been in one, and `earlier` the first issue that contains it.
    package static func reasonFor(
        _ item: Item, before: Slot?, earlier: IssueNumber?, zone: TimeZone, pinned: Bool = false
    ) -> String {
        if pinned { return "was pinned to it" }
        if let network = item.network, item.isAnnounced { return "is announced by network \(network)" }
        switch item.change {
        case .cancelled: return "was called off, and is announced until its time has come"
        case .moved: return "was moved, and is announced until its time has come"
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

    private static let waits = "may appear from"

    /// The coming issue that will contain `item`, or why none of `slots` will, in a sentence without a full stop.
    package static func issue(
        for item: Item, among slots: some Sequence<Slot>, appearances: [IssueNumber], zone: TimeZone,
        requests: [IssueNumber: Preferences] = [:]
    ) -> Prospect {
        var (last, mending, been): (LeftOutReason?, LeftOutReason?, LeftOutReason?)
        for slot in slots where !slot.skipped {
            let pinned = requests[slot.number]?.pins.contains(item.id) ?? false
            let reason = reasonAgainst(
                item, appearances: appearances, issue: slot.number, closes: slot.closes, sends: slot.sends, zone: zone,
                pinned: pinned)
            guard let reason else { return .issue(slot.number) }
            last = reason
            // A fault that can be corrected is a better reason than later issues being too late.
            if reason.kind == .needsMending { mending = mending ?? reason }
            // Better still is that it has been in an issue.
            if reason.kind == .hasBeen { been = been ?? reason }
            // Later issues are sent later still: if it has begun by this one, it has begun by them.
            if let start = item.startInstant, start <= slot.sends { break }
        }
        return .none(why: been ?? mending ?? last ?? LeftOutReason("there is no coming issue"))
    }

    /// Whether an item will be in a coming issue.
    package enum Prospect: Hashable, Sendable {
        case issue(IssueNumber)
        case none(why: LeftOutReason)

        package var number: IssueNumber? {
            if case .issue(let number) = self { number } else { nil }
        }
    }

    /// Whether `item` can no longer appear at `time`: it has begun, or its last day has passed.
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
