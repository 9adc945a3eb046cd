package import Basics
package import Bulletin
import Foundation

/// An item as somebody hands it in, from a file or from options: the texts of its fields, each with its line. Nothing
/// is judged before ``item(id:uid:kind:now:by:defaultZone:source:)``, which says everything that is wrong at once.
package struct ItemDraft: Hashable, Sendable {
    /// The value given for one field: one text, or those of a list.
    struct Given: Hashable, Sendable {
        var texts: [String]
        var line: Int?
    }

    private(set) var given: [String: Given] = [:]
    /// The fields that were ignored, and why.
    package private(set) var notes: [Problem] = []

    package init() {}

    /// A draft with the fields of `item`, to be changed and accepted again.
    package init(_ item: Item) {
        for field in ItemField.all {
            let texts = field.texts(of: item)
            if !texts.isEmpty { given[field.name] = Given(texts: texts, line: nil) }
        }
    }

    /// The names of the fields that were given, in the order of the form.
    package var fields: [String] { ItemField.all.map(\.name).filter { given[$0] != nil } }

    /// The text given for `field`; those of a list joined by commas.
    package subscript(field field: String) -> String? { given[field]?.texts.joined(separator: ", ") }

    /// Gives `field`, a key such as `title` or `place.name`, that text; nothing but white space takes the field out. A
    /// list is separated by commas. A field that Fortnight keeps itself is ignored with a note.
    ///
    /// Throws: One problem, where there is no such field; it names the nearest.
    package mutating func set(_ field: String, to text: String, line: Int? = nil) throws(Problems) {
        let known = try named(field, line: line)
        guard let known else { return }
        if case .list = known.form {
            try set(field, to: text.split(separator: ",").map(String.init), line: line)
        } else {
            let clean = known.cleaned(text)
            given[known.name] = clean.isEmpty ? nil : Given(texts: [clean], line: line)
        }
    }

    /// As ``set(_:to:line:)``, for the texts of a list.
    package mutating func set(_ field: String, to texts: [String], line: Int? = nil) throws(Problems) {
        let known = try named(field, line: line)
        guard let known else { return }
        guard case .list = known.form else {
            throw Problems([Problem(field: field, message: "takes one text, not a list", line: line)])
        }
        let clean = texts.map { known.cleaned($0) }.filter { !$0.isEmpty }
        given[known.name] = clean.isEmpty ? nil : Given(texts: clean, line: line)
    }

    /// Whether a time or a day was written in words, which may have been misunderstood.
    package var hasTimesInWords: Bool {
        ItemField.all.contains { field in
            switch field.form {
            case .time, .day: given[field.name].map { !$0.texts.allSatisfy(WrittenTime.isExact) } ?? false
            default: false
            }
        }
    }

    /// Takes place, link, organiser, ways to take part and support from `item`, where the draft has nothing of that group.
    package mutating func inherit(from item: Item) {
        let stated = Set(given.keys.map { $0.prefix { $0 != "." } })
        for field in ItemField.all {
            let group = field.name.prefix { $0 != "." }
            guard ["place", "online", "organiser", "takingPart", "support"].contains(group), !stated.contains(group)
            else {
                continue
            }
            let texts = field.texts(of: item)
            if !texts.isEmpty { given[field.name] = Given(texts: texts, line: nil) }
        }
    }

    mutating func note(_ problem: Problem) { notes.append(problem) }

    private mutating func named(_ name: String, line: Int?) throws(Problems) -> ItemField? {
        if let field = ItemField.named(name) { return field }
        if ItemField.keptByFortnight.contains(name) {
            note(
                Problem(
                    field: name, message: "is set by Fortnight and was ignored", severity: .warning, line: line))
            return nil
        }
        throw Problems([ItemDraft.unknown(name, line: line)])
    }

    /// The problem with an unknown key.
    static func unknown(_ name: String, line: Int?) -> Problem {
        let shown = UnfitCharacter.first(in: name, oneLine: true) == nil ? shortened(name) : "this key"
        let names = ItemField.all.map(\.name)
        if ItemField.groups.contains(name) {
            let parts = names.filter { $0.hasPrefix(name + ".") }.joined(separator: ", ")
            return Problem(field: name, message: "takes parts, not a text: \(parts)", line: line)
        }
        let remedy = nearestName(to: name, among: names + ItemField.groups).map { "did you mean \($0)?" }
        return Problem(
            field: shown,
            message: "is not a field of an item; "
                + (remedy ?? "the fields are \(topNames.joined(separator: ", "))"), line: line)
    }

    private static let topNames: [String] = {
        var names: [String] = []
        for field in ItemField.all {
            let top = String(field.name.prefix { $0 != "." })
            if names.last != top { names.append(top) }
        }
        return names
    }()
}

extension ItemField {
    /// The value of this field of `item`, as a person would write it; empty where it has none, or one that goes without
    /// saying.
    func texts(of item: Item) -> [String] {
        func one(_ value: (some CustomStringConvertible)?) -> [String] { value.map { [$0.description] } ?? [] }
        switch form {
        case .kind: return [item.kind.rawValue]
        case .line(let path), .paragraphs(let path): return one(item[keyPath: path])
        case .time(let path): return one(item[keyPath: path])
        case .day(let path): return one(item[keyPath: path])
        case .number(let path, _): return item[keyPath: path] == 0 ? [] : one(item[keyPath: path])
        case .list(let path): return item[keyPath: path]
        case .repetition: return item.repeat == .once ? [] : [item.repeat.rawValue]
        }
    }

    /// The text without white space around it, its line ends made line feeds. A text on one line whose lines a file
    /// has folded keeps nothing of the folds.
    func cleaned(_ text: String) -> String {
        let unix = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        return unix.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
