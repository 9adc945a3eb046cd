package import Bulletin
package import Foundation
package import Intake
package import Planning
import Records

/// Takes the items of a file into the queue. Importing again updates by the item's key: what has changed in the file since
/// is carried over, and nothing else is touched, so that what editors have added stays. What an editor has removed stays
/// removed.
package struct ImportItems {
    /// What becomes of one item of the file.
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
        /// As it is, or would be, in the queue; nil where it is passed over.
        package let item: Item?
    }

    /// Who imports what.
    package struct Origin: Sendable {
        package let source: String
        /// For what does not say it itself.
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

    /// Takes those items in, or, where `rehearses` is set, says what would become of each and writes nothing. Everything
    /// that may be wrong is found before the first is written. `progress` is called for each that was carried out.
    package func take(
        _ handed: [ImportedItem], rehearses: Bool = false, progress: () -> Void = {}
    ) throws -> [Row] {
        let plan = try self.plan(handed)
        return try plan.map { step in
            guard !rehearses else { return step.row }
            defer { progress() }
            return try carryOut(step)
        }
    }

    // MARK: Judging

    private struct Step {
        var row: Row
        let handed: ImportedItem
        /// What was read the last time; nil the first time.
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

    /// The calendar names of the coming meetings that networks announce by themselves, and whose they are.
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
        guard let blank = ItemID("aaaaaa") else { return passed("has no id") }
        return Row(key: handed.key, title: handed.title, deed: .new, item: new(handed, id: blank))
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

    /// `old` with what the file has changed since `record`, and the names of what has changed.
    private func merged(_ handed: ImportedItem, into old: Item, since record: ImportRecord?) -> (Item, [String]) {
        var item = old
        var names = handed.fields.keys.filter { handed.fields[$0] != record?.fields[$0] ?? [] }
        if handed.isCancelled {
            // A calling-off often comes with nothing else in it.
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
        // After the item, so that a crash between the two leaves an item that is found by its uid, and none that seems
        // to have been removed. What a calling-off leaves unsaid is kept as it was.
        let fields = handed.isCancelled ? step.record?.fields ?? handed.fields : handed.fields
        let record = ImportRecord(
            key: handed.key, item: stored.id, sequence: handed.sequence, isCancelled: handed.isCancelled,
            fields: fields, source: origin.source)
        if record != step.record { try context.folder.imports.put(record) }
        return row
    }
}
