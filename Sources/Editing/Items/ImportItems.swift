package import Bulletin
package import Foundation
package import Intake
package import Planning
import Records

/// Queues the items of a file. Importing again updates by the item's key: changes in the file since are carried over, and
/// nothing else is touched, so that editors' additions stay. An item that an editor removed stays removed.
package struct ImportItems {
    /// The fate of one item of the file.
    package enum Deed: Hashable, Sendable {
        case new
        /// The names of the fields that the file has changed; `change` where it was moved or called off.
        case changed([String])
        case unchanged
        /// Why, in words that go on from its title.
        case passedOver(String)
    }

    package struct Row: Hashable, Sendable {
        package let key: String
        package let title: String
        package let deed: Deed
        /// As it is, or would be, in the queue; nil where it is skipped.
        package let item: Item?
    }

    /// Where the items come from, and whose command it was.
    package struct Origin: Sendable {
        package let source: String
        /// The kind of items that do not name theirs.
        package let kind: Item.Kind
        package let by: String

        package init(source: String, kind: Item.Kind, by: String) {
            (self.source, self.kind, self.by) = (source, kind, by)
        }
    }

    private let context: PublishingContext
    private let origin: Origin
    private let now: Date

    package init(_ context: PublishingContext, origin: Origin, at now: Date) {
        (self.context, self.origin, self.now) = (context, origin, now)
    }

    /// The fate of each item, and the closed issues that are printed again.
    package struct Result: Sendable {
        package let rows: [Row]
        package let reprints: [Reprint]
    }

    /// Queues those items, or, in a dry run, works out the fate of each and writes nothing. All faults are found before the
    /// first item is written. `progress` is called after each.
    package func callAsFunction(
        _ handed: [ImportedItem], isDryRun: Bool = false, progress: () -> Void = {}
    ) throws -> Result {
        let closed = try ClosedIssues(context)
        let rows = try plan(handed).map { step in
            guard !isDryRun else { return step.row }
            defer { progress() }
            return try carryOut(step)
        }
        return Result(rows: rows, reprints: try closed.reprints())
    }

    // MARK: Judging

    private struct Step {
        var row: Row
        let handed: ImportedItem
        /// As it was read the last time; nil the first time.
        let record: ImportRecord?
    }

    private func plan(_ handed: [ImportedItem]) throws -> [Step] {
        let queue = try context.folder.queue.list().items
        let byID = Dictionary(queue.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let byUID = Dictionary(queue.map { ($0.uid, $0) }, uniquingKeysWith: { first, _ in first })
        let (list, damaged) = try context.folder.imports.list()
        if let fault = damaged.first { throw fault }
        let records = Dictionary(list.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let announced = try announcedNames()
        return handed.map { handed in
            let record = records[handed.key]
            let old = record.flatMap { byID[$0.item] } ?? byUID[handed.key]
            let row: Row
            if let old {
                let (item, fields) = merged(handed, into: old, since: record)
                row = Row(
                    key: handed.key, title: item.title, deed: fields.isEmpty ? .unchanged : .changed(fields), item: item
                )
            } else {
                row = fresh(handed, record: record, announcedBy: announced[handed.key])
            }
            return Step(row: row, handed: handed, record: record)
        }
    }

    /// The calendar uids of the coming meetings that networks announce, each with its network.
    private func announcedNames() throws -> [String: String] {
        var names: [String: String] = [:]
        for meeting in try AnnouncedMeetings(context).coming(at: now) { names[meeting.uid] = meeting.network ?? "" }
        return names
    }

    private func fresh(_ handed: ImportedItem, record: ImportRecord?, announcedBy network: String?) -> Row {
        func passed(_ why: String) -> Row {
            Row(key: handed.key, title: handed.title, deed: .passedOver(why), item: nil)
        }
        if record != nil { return passed("was imported before, and an editor removed it") }
        if handed.isCancelled { return passed("is called off, and was never queued") }
        if let network { return passed("is announced by the network \(network) already") }
        return Row(key: handed.key, title: handed.title, deed: .new, item: new(handed, id: .unused))
    }

    private func new(_ handed: ImportedItem, id: ItemID) -> Item {
        var item = Item(
            id: id, uid: handed.key, kind: handed.kind ?? origin.kind, title: "", timezone: context.zone.identifier,
            addedAt: now, addedBy: origin.by)
        (item.sequence, item.source) = (handed.sequence, origin.source)
        handed.fill(&item, handed.fields.keys.sorted())
        if item.timezone.isEmpty { item.timezone = context.zone.identifier }
        return item
    }

    /// `old` with the file's changes since `record`, and the names of the fields that changed.
    private func merged(_ handed: ImportedItem, into old: Item, since record: ImportRecord?) -> (Item, [String]) {
        var item = old
        var names = handed.fields.keys.filter { handed.fields[$0] != record?.fields[$0] ?? [] }
        if handed.isCancelled {
            // A cancellation often comes with nothing else in it.
            names = []
            if !(old.change?.isCancelled ?? false), record?.isCancelled != true { item.change = .cancelled(why: nil) }
        } else if record?.isCancelled ?? false, old.change?.isCancelled ?? false {
            item.change = nil
        }
        handed.fill(&item, names)
        if item.timezone.isEmpty { item.timezone = context.zone.identifier }
        if item.startInstant != old.startInstant, let first = old.starts, !(item.change?.isCancelled ?? false) {
            var told = first
            var why: String?
            if case .moved(let from, let reason) = old.change { (told, why) = (from, reason) }
            item.change = item.starts == told ? nil : .moved(from: told, why: why)
        }
        guard item != old else { return (old, []) }
        let matters =
            item.startInstant != old.startInstant || item.endInstant != old.endInstant || item.place != old.place
            || item.online != old.online || item.change != old.change
        item.sequence = max(matters ? old.sequence + 1 : old.sequence, handed.sequence)
        (item.editedAt, item.editedBy) = (now, origin.by)
        var changed = ItemField.all.map(\.name).filter { name in
            names.contains(name) && ImportedItem.texts(of: item, name) != ImportedItem.texts(of: old, name)
        }
        if item.change != old.change { changed.append("change") }
        return (item, changed.isEmpty ? ["sequence"] : changed)
    }

    // MARK: Writing

    private func carryOut(_ step: Step) throws -> Row {
        let handed = step.handed
        var row = step.row
        guard let planned = step.row.item else { return row }
        let stored: Item?
        switch step.row.deed {
        case .new: stored = try context.folder.queue.add { new(handed, id: $0) }
        case .changed:
            stored = try context.folder.queue.change(planned.id) { merged(handed, into: $0, since: step.record).0 }
        case .unchanged: stored = planned
        case .passedOver: stored = nil
        }
        guard let stored else { return row }
        row = Row(key: row.key, title: row.title, deed: row.deed, item: stored)
        // After the item: a crash between the two leaves an item that is found by its uid, and none that seems to have
        // been removed. Fields that a cancellation does not mention are kept.
        let fields = handed.isCancelled ? step.record?.fields ?? handed.fields : handed.fields
        let record = ImportRecord(
            key: handed.key, item: stored.id, sequence: handed.sequence, isCancelled: handed.isCancelled,
            fields: fields, source: origin.source)
        if record != step.record { try context.folder.imports.put(record) }
        return row
    }
}
