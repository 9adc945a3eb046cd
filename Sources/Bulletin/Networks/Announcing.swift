package import Basics
package import Foundation

/// Turns the meetings of networks' rules into items: announced without being queued, in the last `announce` issues
/// before each.
package enum Announcing {
    /// The candidates for an issue: the queue, and the networks' announcements.
    package struct Candidates: Hashable, Sendable {
        package var items: [Item]
        /// Queued items that contradict a network's own dates, with the reason as in ``ItemSelection``.
        package var overruled: [ItemID: String]
    }

    /// The candidates of an issue that is sent at `sends`, if the issues after it are sent at `later`, in order.
    ///
    /// A meeting is announced if this issue is among the last `announce` before it, counted before its first date and
    /// its new one; a moved or cancelled meeting is announced as such. The next meeting of a network has the whole
    /// entry, which lists the others. A queued meeting of the same network and day replaces the announcement. `domain`
    /// is used to name calendar entries.
    package static func candidates(
        queue: [Item], networks: [Network], sends: Date, later: [Date], domain: String
    ) -> Candidates {
        var candidates = Candidates(items: queue, overruled: [:])
        for network in networks.sorted(by: { $0.slug < $1.slug }) where network.announce > 0 {
            let horizon = later.prefix(network.announce).last ?? sends
            let meetings = network.meetings(told: sends, until: horizon)
            let free = meetings.filter { !candidates.settle($0, of: network) }
            candidates.announce(free, of: network, domain: domain)
        }
        return candidates
    }

    /// The id and the calendar uid of the meeting that `network` has by its rule on `day`, at any hour.
    package static func names(
        of network: Network, on day: LocalDate, domain: String, taken: Set<ItemID> = []
    ) -> (id: ItemID, uid: String) {
        let stamp = day.description.filter { $0 != "-" }
        var salt = 0
        while true {
            if let id = ItemID(hash: "\(network.slug) \(stamp) \(salt)"), !taken.contains(id) {
                return (id, "\(network.slug)-\(stamp)@\(domain)")
            }
            salt += 1
        }
    }

    /// The announcement of one meeting.
    package static func item(
        of network: Network, _ meeting: Network.Meeting, domain: String, taken: Set<ItemID> = []
    ) -> Item {
        let names = names(of: network, on: meeting.date.date, domain: domain, taken: taken)
        var item = Item(
            id: names.id, uid: names.uid, kind: .meeting, title: network.name, timezone: network.timezone,
            summary: network.summary ?? "", addedAt: Date(timeIntervalSince1970: 0), addedBy: network.slug)
        (item.starts, item.ends, item.network) = (meeting.starts, meeting.ends, network.slug)
        (item.place, item.online, item.organiser) = (network.place, network.online, network.organiser)
        (item.takingPart, item.support) = (network.takingPart, network.support)
        (item.change, item.sequence, item.editedAt) = (meeting.change, meeting.sequence, meeting.changedAt)
        item.source = source(of: network)
        // As often as `announce` says, whatever issues it has been in.
        item.repeat = .untilItHasHappened
        return item
    }

    private static func source(of network: Network) -> String { "networks/\(network.slug)" }
}

extension Item {
    /// Whether it was made from a network's rule, and is not in the queue.
    package var isAnnounced: Bool { source?.hasPrefix("networks/") ?? false }

    /// The day of the rule whose meeting this announces; nil if it announces none.
    package var announcedDay: LocalDate? {
        guard isAnnounced else { return nil }
        if case .moved(let first, _) = change { return first.date }
        return starts?.date
    }

    /// Takes the network's details where the item has none of its own.
    package mutating func inherit(from network: Network) {
        if place == nil { place = network.place }
        if online == nil { online = network.online }
        if organiser == nil { organiser = network.organiser }
        if takingPart.isEmpty { takingPart = network.takingPart }
        if support == nil { support = network.support }
    }
}

extension Network {
    /// Meetings that begin after `sends` and have a date before `horizon`.
    fileprivate func meetings(told sends: Date, until horizon: Date) -> [Meeting] {
        guard horizon > sends else { return [] }
        let first = LocalDateTime(sends, in: zone).date
        let last = LocalDateTime(horizon, in: zone).date
        return meetings(on: first...last).filter { meeting in
            let dates = [meeting.starts, meeting.date].map { $0.instant(in: zone) }
            return dates[0] > sends && dates.contains { $0 > sends && $0 <= horizon }
        }
    }
}

extension Announcing.Candidates {
    /// Whether the queue has that meeting already; contradictions of a queued one are noted.
    fileprivate mutating func settle(_ meeting: Network.Meeting, of network: Network) -> Bool {
        var isQueued = false
        for index in items.indices {
            let item = items[index]
            guard item.kind == .meeting, item.network == network.slug, !item.isAnnounced, let starts = item.starts
            else {
                continue
            }
            if item.change?.isCancelled ?? false {
                if starts.date == meeting.starts.date { isQueued = true }
                continue
            }
            switch meeting.change {
            case .cancelled where starts.date == meeting.date.date:
                overruled[item.id] = "is called off by its network: see fortnight networks show \(network.slug)"
            case .moved where starts.date == meeting.date.date && meeting.starts.date != meeting.date.date:
                overruled[item.id] =
                    "has the old date of a meeting that its network moved to \(meeting.starts.inWords)"
            default:
                guard starts.date == meeting.starts.date else { continue }
                items[index].inherit(from: network)
                if item.change == nil { items[index].change = meeting.change }
                isQueued = true
            }
        }
        return isQueued
    }

    /// One entry for each changed meeting, and one for all the others together.
    fileprivate mutating func announce(_ meetings: [Network.Meeting], of network: Network, domain: String) {
        var taken = Set(items.map(\.id))
        func add(_ item: Item) {
            taken.insert(item.id)
            items.append(item)
        }
        let plain = meetings.filter { $0.change == nil }
        if let next = plain.first {
            var item = Announcing.item(of: network, next, domain: domain, taken: taken)
            item.alsoOn = plain.dropFirst().map(\.starts)
            add(item)
        }
        for meeting in meetings where meeting.change != nil {
            add(Announcing.item(of: network, meeting, domain: domain, taken: taken))
        }
    }
}

extension ItemID {
    /// Six characters derived from `text` (FNV-1a, folded to 30 bits), the same on every machine.
    fileprivate init?(hash text: String) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash ^= hash >> 30
        let bytes = (0..<4).map { UInt8(truncatingIfNeeded: hash >> (8 * UInt64($0))) }
        self.init(Base32.encode(bytes).prefix(Self.length))
    }
}
