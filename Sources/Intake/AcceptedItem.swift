package import Basics
package import Bulletin
package import Foundation

/// An item that was accepted, and remarks for its editor.
package struct AcceptedItem: Hashable, Sendable {
    package var item: Item
    /// Warnings: the item is accepted all the same.
    package var notes: [Problem]
}

extension ItemDraft {
    /// The item that this draft describes, judged at `now`. `kind` is what the command adds, and a kind in the draft
    /// must agree with it; nil takes the draft's. `defaultZone` is the schedule's, for a draft that names none.
    /// `source` says where it was imported from, nil for what an editor wrote.
    ///
    /// Throws everything that is wrong, each with its field, its remedy and its line.
    package func item(
        id: ItemID, uid: String, kind: Item.Kind?, now: Date, by: String, defaultZone: TimeZone, source: String? = nil
    ) throws(Problems) -> AcceptedItem {
        var blank = Item(
            id: id, uid: uid, kind: kind ?? .notice, title: "", timezone: defaultZone.identifier, addedAt: now,
            addedBy: by)
        blank.source = source
        return try filled(blank, kind: kind, now: now)
    }

    /// The item that this draft makes of `old`: a field that the draft does not have is taken out. The id, the uid and
    /// who added it stay; the sequence rises when time or place change. Where readers were told of it already
    /// (`wasTold`), another time makes it a moved one, whose first time is named; its first time again makes it as it
    /// was. An item that has begun, or whose last day is past, may be mended as it stands: its faults are warnings
    /// then.
    ///
    /// Throws as ``item(id:uid:kind:now:by:defaultZone:source:)`` does.
    package func item(
        replacing old: Item, wasTold: Bool = false, now: Date, by: String, defaultZone: TimeZone
    ) throws(Problems) -> AcceptedItem {
        var blank = Item(
            id: old.id, uid: old.uid, kind: old.kind, title: "", timezone: defaultZone.identifier,
            addedAt: old.addedAt, addedBy: old.addedBy)
        (blank.sequence, blank.source, blank.change) = (old.sequence, old.source, old.change)
        (blank.editedAt, blank.editedBy) = (now, by)
        var taken = try filled(blank, kind: old.kind, now: now, replacing: old)
        let new = taken.item
        if new.startInstant != old.startInstant || new.endInstant != old.endInstant || new.timezone != old.timezone
            || new.place != old.place || new.online != old.online
        {
            taken.item.sequence += 1
        }
        if wasTold || old.change != nil { taken.item.change = Self.change(of: old, into: new) }
        return taken
    }

    /// The change of an item whose time was edited; a cancelled item stays cancelled.
    private static func change(of old: Item, into new: Item) -> Item.Change? {
        guard let before = old.starts, let after = new.starts, before != after else { return old.change }
        switch old.change {
        case .cancelled: return old.change
        case .moved(let first, let why): return first == after ? nil : .moved(from: first, why: why)
        case nil: return .moved(from: before, why: nil)
        }
    }

    /// The days that pass without anybody's doing.
    private static let passing: Set<String> = ["starts", "until"]

    private func filled(
        _ blank: Item, kind: Item.Kind?, now: Date, replacing old: Item? = nil
    ) throws(Problems) -> AcceptedItem {
        var item = blank
        var problems: [Problem] = []
        if let zone = given["timezone"] { item.timezone = zone.texts[0] }
        let clock = WrittenTime(
            now: now, zone: TimeZone.isKnown(item.timezone) ? item.zone : TimeZone(identifier: blank.timezone) ?? .gmt)
        for field in ItemField.all {
            guard let value = given[field.name] else { continue }
            do {
                if let note = try field.put(value.texts, into: &item, clock: clock, kind: kind) {
                    problems.append(
                        Problem(field: field.name, message: note, severity: .warning, line: value.line))
                }
            } catch {
                problems.append(Problem(field: field.name, message: error.message, line: value.line))
            }
        }
        if kind == nil, given["kind"] == nil {
            problems.append(Problem(field: "kind", message: "is missing; give event, meeting or notice"))
        }
        // A field that could not be read is not reported as missing as well.
        let unread = Set(problems.filter { $0.severity == .error }.map(\.field))
        let before = Set(old.map { ItemRules.problems(of: $0, now: now) } ?? [])
        for problem in ItemRules.problems(of: item, now: now) where !unread.contains(problem.field) {
            let isOld = Self.passing.contains(problem.field) && before.contains(problem)
            problems.append(
                Problem(
                    field: problem.field, message: problem.message, severity: isOld ? .warning : problem.severity,
                    line: line(of: problem.field)))
        }
        guard problems.allSatisfy({ $0.severity == .warning }) else { throw Problems(notes + problems) }
        return AcceptedItem(item: item, notes: notes + problems)
    }

    /// Where `field` stands in the file; for a group, its first part.
    private func line(of field: String) -> Int? {
        given[field]?.line ?? fields.first { $0.hasPrefix(field + ".") }.flatMap { given[$0]?.line }
    }
}

extension ItemField {
    /// Reads `texts` and puts the value into `item`; returns a remark where people should know how it was read.
    fileprivate func put(
        _ texts: [String], into item: inout Item, clock: WrittenTime, kind: Item.Kind?
    ) throws(WrittenTime.Fault) -> String? {
        let text = texts.first ?? ""
        switch form {
        case .kind:
            guard let written = Item.Kind(rawValue: text.lowercased()) else {
                throw WrittenTime.Fault(message: "\(shortened(text)) is not a kind; give event, meeting or notice")
            }
            if let kind, written != kind {
                throw WrittenTime.Fault(
                    message: "\(written.rawValue) does not agree with the command, which is for "
                        + (kind == .event ? "an event" : "a \(kind.rawValue)") + "; change one of them")
            }
            item.kind = written
        case .line(let path), .paragraphs(let path): item[keyPath: path] = text
        case .list(let path): item[keyPath: path] = texts
        case .time(let path):
            let read = try name == "ends" ? clock.end(text, of: item.starts) : clock.time(text)
            item[keyPath: path] = read.time
            return read.note
        case .day(let path): item[keyPath: path] = try clock.day(text)
        case .number(let path, let bounds):
            guard let number = Int(text) else {
                throw WrittenTime.Fault(
                    message: "\(shortened(text)) is not a number; give one from \(bounds.lowerBound) to "
                        + "\(bounds.upperBound)")
            }
            item[keyPath: path] = number
        case .repetition:
            guard let repetition = Item.Repetition(rawValue: text.lowercased()) else {
                throw WrittenTime.Fault(message: "\(shortened(text)) is not known; give once or until-it-has-happened")
            }
            item.repeat = repetition
        }
        return nil
    }
}
