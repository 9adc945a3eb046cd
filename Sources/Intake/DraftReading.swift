import Basics
import Bulletin
import Foundation

extension ItemDraft {
    /// The item as far as it can be read, not judged by the rules of an item; a time that names no zone stands in
    /// `bulletin`. Throws where a field cannot be read at all.
    func read(now: Date, bulletin: TimeZone) throws(Problems) -> Item {
        let id = ItemID.unused
        var item = Item(
            id: id, uid: "", kind: .event, title: "", timezone: bulletin.identifier, addedAt: now, addedBy: "")
        if let zone = given["timezone"] { item.timezone = zone.texts[0] }
        let clock = WrittenTime(now: now, zone: TimeZone.isKnown(item.timezone) ? item.zone : bulletin)
        var problems: [Problem] = []
        for field in ItemField.all {
            guard let value = given[field.name] else { continue }
            do {
                field.assign(try field.plain(value.texts, clock, starts: item.starts), to: &item)
            } catch {
                problems.append(Problem(field: field.name, message: error.message, line: value.line))
            }
        }
        guard problems.isEmpty else { throw Problems(problems) }
        return item
    }
}

extension ItemField {
    /// Texts as people write them in the form that ``assign(_:to:)`` takes.
    fileprivate func plain(
        _ texts: [String], _ clock: WrittenTime, starts: LocalDateTime?
    ) throws(WrittenTime.Fault) -> [String] {
        let text = texts.first ?? ""
        switch form {
        case .kind:
            guard let kind = Item.Kind(rawValue: text.lowercased()) else {
                throw WrittenTime.Fault(message: "\(shortened(text)) is not a kind; give event, meeting or notice")
            }
            return [kind.rawValue]
        case .line, .paragraphs, .list: return texts
        case .time: return [try (name == "ends" ? clock.end(text, of: starts) : clock.time(text)).time.description]
        case .day: return [try clock.day(text).description]
        case .number(_, let bounds):
            guard Int(text) != nil else {
                throw WrittenTime.Fault(
                    message: "\(shortened(text)) is not a number; give one from \(bounds.lowerBound) to "
                        + "\(bounds.upperBound)")
            }
            return [text]
        case .repetition:
            guard let repetition = Item.Repetition(rawValue: text.lowercased()) else {
                throw WrittenTime.Fault(message: "\(shortened(text)) is not known; give once or until-it-has-happened")
            }
            return [repetition.rawValue]
        }
    }
}
