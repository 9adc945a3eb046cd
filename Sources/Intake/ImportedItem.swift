import Basics
package import Bulletin

/// One item as an imported file has it.
package struct ImportedItem: Hashable, Sendable {
    /// Its key in that file: importing again finds the item by it.
    package let key: String
    /// Its line in the file, from 1.
    package let line: Int
    /// Nil where the file does not say.
    package var kind: Item.Kind?
    /// As the file counts its changes (RFC 5545 section 3.8.7.4).
    package var sequence = 0
    /// It does not take place.
    package var isCancelled = false
    /// The texts of each field that the file may give, by the field's name, as ``ItemField/texts(of:)`` has them; empty
    /// where it gives none.
    package var fields: [String: [String]] = [:]

    package init(key: String, line: Int) { (self.key, self.line) = (key, line) }

    package var title: String { fields["title"]?.first ?? key }

    /// Sets those fields of `item` as this has them.
    package func fill(_ item: inout Item, _ names: some Sequence<String>) {
        for name in names { ItemField.named(name)?.assign(fields[name] ?? [], to: &item) }
    }
}

/// A file that is imported: its items, and how many others it has, by the reason why they are left out.
package struct ImportedFile: Hashable, Sendable {
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        case begun = "begun already"
        case later = "after the last day asked for"
        case secret = "marked as private"
    }

    package var items: [ImportedItem] = []
    package var passedOver: [Reason: Int] = [:]

    /// The most items in one import: more are likely the wrong file.
    package static let mostItems = 1000
}

extension ItemField {
    /// Sets the field to a value from ``texts(of:)``, unchecked; an empty value removes it.
    func assign(_ texts: [String], to item: inout Item) {
        let text = texts.first
        switch form {
        case .kind: if let kind = text.flatMap({ Item.Kind(rawValue: $0) }) { item.kind = kind }
        case .line(let path), .paragraphs(let path): item[keyPath: path] = text
        case .time(let path): item[keyPath: path] = text.flatMap { LocalDateTime($0) }
        case .day(let path): item[keyPath: path] = text.flatMap { LocalDate($0) }
        case .number(let path, _): item[keyPath: path] = text.flatMap { Int($0) } ?? 0
        case .list(let path): item[keyPath: path] = texts
        case .repetition: item.repeat = text.flatMap { Item.Repetition(rawValue: $0) } ?? .once
        }
    }
}

extension ImportedItem {
    /// The texts of that field of `item`, as ``fields`` would have them.
    package static func texts(of item: Item, _ name: String) -> [String] {
        ItemField.named(name)?.texts(of: item) ?? []
    }
}
