import Bulletin
import Composition
import Foundation
import Records

/// The calendar entries that the public may have: of what stands in an issue whose sending has begun, as it stands now,
/// and of what networks hold by their rules. It waits for the disk, so it reads on a queue of its own.
actor CalendarDesk {
    struct Calendar: Sendable {
        let text: String
        /// When what it holds last changed; nil where the passing of time changes it as well.
        let changed: Date?
    }

    private let folder: StateFolder
    private let press: CalendarPress
    private let domain: String
    private let executor = QueueExecutor(label: "fortnight.web.calendars")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// What an issue holds never changes once it is public.
    private var known: [IssueNumber: [Item]] = [:]
    /// The whole calendar as it was last printed, and of what.
    private var printed: (entries: [CalendarPress.Entry], text: String)?

    /// `domain` is what the meetings of networks are named under.
    init(folder: StateFolder, press: CalendarPress, domain: String) {
        (self.folder, self.press, self.domain) = (folder, press, domain)
    }

    /// A desk for the same folder, with another press.
    nonisolated func printing(with press: CalendarPress, domain: String) -> CalendarDesk {
        CalendarDesk(folder: folder, press: press, domain: domain)
    }

    /// The days for which the whole calendar keeps what is past.
    private static let daysKept = 365

    /// The entry of one; nil where the public may not have it, or it is no event.
    func entry(_ id: ItemID, at now: Date) throws -> Calendar? {
        let entry = try published()[id] ?? announced(at: now).first { $0.item.id == id }
        guard let entry, let text = press.calendar(of: entry) else { return nil }
        let changed = CalendarPress.changed(entry.item)
        return Calendar(text: text, changed: changed > Date(timeIntervalSince1970: 0) ? changed : nil)
    }

    /// All of them: what is past for no longer than a year, what networks hold for about a year ahead.
    func whole(at now: Date) throws -> Calendar {
        let first = now - TimeInterval(Self.daysKept * 86_400)
        var entries = try published().values.filter { $0.item.startInstant ?? .distantPast > first }
        var names = Set(entries.map(\.item.uid))
        let meetings = entries.filter { $0.item.kind == .meeting && !$0.item.isAnnounced }.map(\.item)
        for entry in try announced(at: now) where names.insert(entry.item.uid).inserted {
            let item = entry.item
            // A meeting that an editor queued takes the place of the announcement.
            let isQueued = meetings.contains { $0.network == item.network && $0.starts?.date == item.starts?.date }
            if !isQueued { entries.append(entry) }
        }
        entries.sort {
            ($0.item.startInstant ?? .distantPast, $0.item.uid) < ($1.item.startInstant ?? .distantPast, $1.item.uid)
        }
        if let printed, printed.entries == entries { return Calendar(text: printed.text, changed: nil) }
        let text = press.feed(of: entries)
        printed = (entries, text)
        return Calendar(text: text, changed: nil)
    }

    // MARK: What there is

    /// What stands in public issues, as it stands now: moved, mended or called off since, its entry says so.
    private func published() throws -> [ItemID: CalendarPress.Entry] {
        var entries: [ItemID: CalendarPress.Entry] = [:]
        for number in try folder.issues.list() {
            for item in try items(of: number) where item.starts != nil {
                entries[item.id] = CalendarPress.Entry(item, issue: number)
            }
        }
        for (id, entry) in entries { entries[id]?.item = try latest(entry.item) }
        return entries
    }

    private func items(of number: IssueNumber) throws -> [Item] {
        if let items = known[number] { return items }
        guard let standing = try folder.issues.standing(number),
            standing.editionsHash != nil || standing.state == .sending || standing.state == .sent,
            let items = try folder.issues.issue(number)?.items
        else { return [] }
        known[number] = items
        return items
    }

    private func latest(_ item: Item) throws -> Item {
        guard item.isAnnounced, let slug = item.network, let starts = item.starts else {
            return try folder.queue.item(item.id) ?? item
        }
        var date = starts
        if case .moved(let first, _) = item.change { date = first }
        guard let network = try folder.networks.network(slug), network.meets(at: date) else { return item }
        var latest = Announcing.item(of: network, network.meeting(date), domain: domain)
        // Its names stay, whatever they would be today.
        (latest.id, latest.uid) = (item.id, item.uid)
        return latest
    }

    private func announced(at now: Date) throws -> [CalendarPress.Entry] {
        Announcing.calendar(of: try folder.networks.list().networks, at: now, domain: domain)
            .map { CalendarPress.Entry($0, issue: nil) }
    }
}
