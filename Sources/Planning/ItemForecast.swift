import Basics
package import Bulletin
package import Foundation
import Records
import Settings

/// Which issue each item will be in, and why, as things stand now: for the answers of commands. It writes nothing.
package struct ItemForecast: Sendable {
    private let context: PublishingContext
    private let now: Date
    private let forecast: IssueForecast
    private let rows: [IssueForecast.Row]
    private let slots: [Slot]
    private let appearances: [ItemID: [IssueNumber]]
    private let overruled: [ItemID: String]

    package init(_ context: PublishingContext, at now: Date) throws {
        (self.context, self.now) = (context, now)
        forecast = try IssueForecast(context)
        rows = try forecast.rows(at: now)
        overruled = rows.first { $0.state == .open }?.overruled ?? [:]
        slots = try forecast.comingSlots(at: now)
        appearances = try context.folder.issues.appearances()
    }

    /// The meetings that networks announce in the coming issues, which nobody has queued.
    package var announced: [Item] {
        var seen: Set<ItemID> = []
        return rows.filter(\.isAhead).flatMap(\.items).filter { $0.isAnnounced && seen.insert($0.id).inserted }
    }

    /// The announced meeting of that id, of a coming issue or a past one.
    package func announced(_ id: ItemID) -> Item? {
        rows.reversed().lazy.flatMap(\.items).first { $0.isAnnounced && $0.id == id }
    }

    /// The item of that id, queued or announced. Throws ``ItemFault`` where there is neither.
    package func item(_ id: ItemID) throws -> Item {
        guard let item = try context.folder.queue.item(id) ?? announced(id) else { throw ItemFault.missing(id) }
        return item
    }

    /// The issue that will hold the item, or why none will.
    package func prospect(_ item: Item) -> ItemSelection.Prospect {
        let waiting = rows.first { row in
            ![.open, .sent, .skipped].contains(row.state) && row.items.contains { $0.id == item.id }
        }
        if let waiting { return .issue(waiting.number) }
        // The rows have order, pins and repeats in them already.
        if let row = rows.first(where: { $0.state == .open && $0.items.contains { $0.id == item.id } }) {
            return .issue(row.number)
        }
        if let reason = overruled[item.id] { return .none(why: LeftOutReason(reason)) }
        return ItemSelection.issue(
            for: item, among: slots, appearances: appearances[item.id] ?? [], zone: context.zone)
    }

    /// Whether no issue will hold it any more, since one has or its time is over.
    package func isDone(_ item: Item) -> Bool {
        guard case .none(let why) = prospect(item) else { return false }
        return why.kind == .hasBeen || ItemSelection.isOver(item, at: now, in: context.zone)
    }

    /// The coming issues that are known to hold it, in order.
    package func issues(of item: Item) -> [IssueNumber] {
        rows.filter { row in row.isAhead && row.items.contains { $0.id == item.id } }.map(\.number)
    }

    /// Why it will be in its issue, or in none, in words that go on from its title.
    package func why(_ item: Item) throws -> String {
        switch prospect(item) {
        case .none(let why): return why.words
        case .issue(let number):
            guard let row = rows.first(where: { $0.number == number }) else {
                return whyNotNext(item) ?? "may be in it"
            }
            return try forecast.reason(for: item, in: row, among: rows)
        }
    }

    /// Why it is not in the next issue that takes items; nil where it is.
    package func whyNotNext(_ item: Item) -> String? {
        let open = rows.first { $0.state == .open }
        guard let next = open, prospect(item).number != next.number else { return nil }
        return next.leftOut.first { $0.id == item.id }?.reason
    }

    /// When that issue is sent; nil where it is too far ahead to be foretold.
    package func sends(_ number: IssueNumber) -> Date? {
        rows.first { $0.number == number }?.sends ?? slots.first { $0.number == number }?.sends
    }

    /// The coming issues that hold something, in order.
    package var coming: [IssueForecast.Row] { rows.filter { $0.isComing && !$0.items.isEmpty } }
}

extension IssueForecast.Row {
    /// Whether it has still to go out to its first reader.
    package var isAhead: Bool { [.open, .closed, .held].contains(state) }
}

/// Why nothing was done about an item, with the remedy.
package struct ItemFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }

    package static func missing(_ id: ItemID) -> ItemFault {
        ItemFault("there is no item \(id) in the queue: see fortnight items")
    }

    /// An announced meeting is changed through its network.
    static func announced(_ item: Item) -> ItemFault {
        let slug = item.network ?? ""
        let day = item.starts.map(\.date.description) ?? "DATE"
        return ItemFault(
            "\(item.id) is announced by network \(slug), and not queued: use fortnight networks move-date \(slug) \(day) NEW, "
                + "cancel-date \(slug) \(day), or edit \(slug)")
    }

    /// There is no such item in the queue: it is announced by its network, or is nowhere.
    package static func notQueued(_ id: ItemID, _ context: PublishingContext, at now: Date) throws -> ItemFault {
        try ItemForecast(context, at: now).announced(id).map(announced) ?? missing(id)
    }
}
