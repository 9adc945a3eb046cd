import Basics
import Bulletin
import Foundation
import Records
import Rendering

/// The public calendar entries: the items of each issue whose sending has begun, in their present form, and the regular
/// meetings of networks. It waits for the disk, so it reads on a queue of its own.
actor CalendarPages {
    struct Calendar: Sendable {
        let text: String
        /// When its entries last changed; nil where the passing of time changes it as well.
        let changed: Date?
    }

    private let folder: StateFolder
    private let renderer: CalendarWriter
    private let domain: String
    private let executor = QueueExecutor(label: "fortnight.web.calendars")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// The items of public issues, which never change again.
    private var known: [IssueNumber: [Item]] = [:]
    /// The whole calendar as it was last printed, and its entries.
    private var printed: (entries: [CalendarWriter.Entry], text: String)?

    /// `domain` ends the UIDs of networks' meetings.
    init(folder: StateFolder, renderer: CalendarWriter, domain: String) {
        (self.folder, self.renderer, self.domain) = (folder, renderer, domain)
    }

    /// Pages of the same folder, printed by another writer.
    nonisolated func printing(with renderer: CalendarWriter, domain: String) -> CalendarPages {
        CalendarPages(folder: folder, renderer: renderer, domain: domain)
    }

    /// The days for which the whole calendar keeps past entries.
    private static let daysKept = 365

    /// The entry of one; nil where the public may not have it, or it is no event.
    func entry(_ id: ItemID, at now: Date) throws -> Calendar? {
        let entry = try published(at: now)[id] ?? announced(at: now).first { $0.item.id == id }
        guard let entry, let text = renderer.calendar(of: entry) else { return nil }
        let changed = CalendarWriter.changed(entry.item)
        return Calendar(text: text, changed: changed > Date(timeIntervalSince1970: 0) ? changed : nil)
    }

    /// All entries: past ones for a year, networks' meetings for about a year ahead.
    func whole(at now: Date) throws -> Calendar {
        let first = now - TimeInterval(Self.daysKept * 86_400)
        var entries = try published(at: now).values.filter { $0.item.startInstant ?? .distantPast > first }
        entries = Self.once(entries + (try announced(at: now)))
        entries.sort {
            ($0.item.startInstant ?? .distantPast, $0.item.uid) < ($1.item.startInstant ?? .distantPast, $1.item.uid)
        }
        if let printed, printed.entries == entries { return Calendar(text: printed.text, changed: nil) }
        let text = renderer.feed(of: entries)
        printed = (entries, text)
        return Calendar(text: text, changed: nil)
    }

    /// Each meeting of a network once: as an editor queued it, else as the last issue that announces it has it, else as
    /// the rule does.
    private static func once(_ entries: [CalendarWriter.Entry]) -> [CalendarWriter.Entry] {
        func key(_ item: Item, _ day: LocalDate?) -> String? {
            item.network.flatMap { network in day.map { "\(network) \($0)" } }
        }
        let queued = Set(
            entries.lazy.map(\.item).filter { $0.kind == .meeting && !$0.isAnnounced }
                .compactMap { key($0, $0.starts?.date) })
        var latest: [String: IssueNumber?] = [:]
        for entry in entries {
            guard let day = key(entry.item, entry.item.announcedDay) else { continue }
            let known = latest[day] ?? nil
            latest[day] = .some([known, entry.issue].compactMap { $0 }.max())
        }
        return entries.filter { entry in
            guard let day = key(entry.item, entry.item.announcedDay) else { return true }
            guard let today = key(entry.item, entry.item.starts?.date), !queued.contains(today) else { return false }
            return latest[day] == .some(entry.issue)
        }
    }

    // MARK: Entries

    /// The items of public issues, as they stand now: an entry says where it was moved, mended or called off since.
    private func published(at now: Date) throws -> [ItemID: CalendarWriter.Entry] {
        var entries: [ItemID: CalendarWriter.Entry] = [:]
        for number in try folder.issues.list() {
            for item in try items(of: number) where item.starts != nil {
                entries[item.id] = CalendarWriter.Entry(item, issue: number)
            }
        }
        for (id, entry) in entries { entries[id]?.item = try latest(entry.item, at: now) }
        return entries
    }

    private func items(of number: IssueNumber) throws -> [Item] {
        if let items = known[number] { return items }
        let reading = try folder.issues.reading(number)
        guard reading.status?.isPublic == true, let items = reading.issue?.items else { return [] }
        known[number] = items
        return items
    }

    private func latest(_ item: Item, at now: Date) throws -> Item {
        guard let day = item.announcedDay, let slug = item.network else {
            return try folder.queue.item(item.id) ?? item
        }
        let network = try folder.networks.network(slug)
        guard let network, let date = network.date(on: day) else {
            return item.calledOff(changedAt: network?.changedAt, at: now)
        }
        var latest = Announcing.item(of: network, network.meeting(date), domain: domain)
        // A meeting that is over stays as it was.
        if latest.hasBegun(by: now), item.hasBegun(by: now) { return item }
        // Its names stay, whatever they would be today.
        (latest.id, latest.uid) = (item.id, item.uid)
        return latest
    }

    private func announced(at now: Date) throws -> [CalendarWriter.Entry] {
        Announcing.calendar(of: try folder.networks.list().networks, at: now, domain: domain)
            .map { CalendarWriter.Entry($0, issue: nil) }
    }
}

extension Item {
    fileprivate func hasBegun(by now: Date) -> Bool { startInstant.map { $0 <= now } ?? false }

    /// Of a meeting that its network, as it now is, does not hold any more.
    fileprivate func calledOff(changedAt: Date?, at now: Date) -> Item {
        guard !hasBegun(by: now), !(change?.isCancelled ?? false) else { return self }
        var item = self
        item.change = .cancelled(why: nil)
        (item.sequence, item.editedAt) = (sequence + 1, changedAt ?? editedAt)
        return item
    }
}
