import Foundation

/// A fault in a template: the file, the line if it is known, and the remedy.
package struct TemplateFault: Error, Sendable, CustomStringConvertible {
    package let file: String
    package let line: Int?
    package let message: String

    package var description: String { file + (line.map { ":\($0)" } ?? "") + ": " + message }
}

/// Checks the tags of a template before the library renders it, which silently skips unknown names.
struct TemplateCheck {
    struct Tag: Hashable {
        /// `#`, `^`, `/`, `>`, `<`, `$`, `&`, `{`, `!`, `=`, `%`, or nil for a plain name.
        let mark: Character?
        let name: String
        let line: Int
    }

    /// The file's name in faults.
    let file: String
    /// The names of its medium's other templates.
    let partials: Set<String>

    /// Throws the first fault of `source`.
    func check(_ source: String) throws(TemplateFault) {
        var open: [Tag] = []
        for tag in try tags(source) {
            switch tag.mark {
            case nil, "&", "{", "^", "#":
                try checkName(tag)
                if tag.mark == "#" || tag.mark == "^" { open.append(tag) }
            case "/":
                guard let section = open.popLast() else {
                    throw fault(tag, "{{/\(tag.name)}} closes a section that was not opened")
                }
                guard section.name == tag.name else {
                    throw fault(
                        tag,
                        "found {{/\(tag.name)}}, but {{/\(section.name)}} must close the section of "
                            + "line \(section.line) first")
                }
            case ">":
                guard partials.contains(tag.name) else {
                    throw fault(tag, "there is no template “\(tag.name)” in this folder" + nearest(tag.name, partials))
                }
            case "!", "%": break
            default:
                throw fault(tag, "Fortnight's templates do not support {{\(tag.mark.map(String.init) ?? "") …}}")
            }
        }
        if let section = open.last {
            throw fault(
                section, "{{\(section.mark.map(String.init) ?? "")\(section.name)}} has no {{/\(section.name)}}")
        }
    }

    /// The partials of `source`.
    func included(_ source: String) throws(TemplateFault) -> [Tag] {
        try tags(source).filter { $0.mark == ">" }
    }

    /// Whether `source` shows the value of that name.
    func uses(_ name: String, in source: String) throws(TemplateFault) -> Bool {
        try tags(source).contains { $0.name == name && [nil, "{", "&"].contains($0.mark) }
    }

    private func checkName(_ tag: Tag) throws(TemplateFault) {
        var name = tag.name[...]
        while let bracket = name.firstIndex(of: "("), name.hasSuffix(")") {
            let transform = String(name[..<bracket])
            guard TemplateSchema.transforms.contains(transform) else {
                throw fault(tag, "there is no “\(transform)”" + nearest(transform, TemplateSchema.transforms))
            }
            name = name[name.index(after: bracket)...].dropLast()
        }
        // `first()` and `last()` without a name are about the position in a repetition.
        guard name != ".", !(name.isEmpty && tag.name.hasSuffix("()")) else { return }
        var kinds: Set<TemplateSchema.Kind> = []
        for part in name.split(separator: ".", omittingEmptySubsequences: false) {
            guard let found = TemplateSchema.kinds(of: String(part)) else {
                throw fault(tag, "there is no value “\(name)”" + nearest(String(part), Set(TemplateSchema.allNames)))
            }
            kinds = found
        }
        if tag.mark == "{" || tag.mark == "&", !kinds.contains(.markup) {
            throw fault(tag, "“\(name)” may contain any characters: write {{\(name)}}, which escapes them")
        }
    }

    private func tags(_ source: String) throws(TemplateFault) -> [Tag] {
        var tags: [Tag] = []
        var rest = source[...]
        var line = 1
        while let start = rest.range(of: "{{") {
            line += rest[..<start.lowerBound].count(where: \.isNewline)
            rest = rest[start.upperBound...]
            let isTriple = rest.first == "{"
            guard let end = rest.range(of: isTriple ? "}}}" : "}}") else {
                throw TemplateFault(file: file, line: line, message: "“{{” without “}}”")
            }
            let inner = rest[..<end.lowerBound]
            // An unclosed tag would otherwise swallow the text up to the end of the next one.
            guard inner.first == "!" || !inner.contains(where: \.isNewline) else {
                throw TemplateFault(file: file, line: line, message: "“{{” without “}}”")
            }
            let mark = inner.first.flatMap { "#^/><$&{!=%".contains($0) ? $0 : nil }
            let name = inner.dropFirst(mark == nil ? 0 : 1).filter { !$0.isWhitespace }
            tags.append(Tag(mark: mark, name: String(name), line: line))
            line += inner.count(where: \.isNewline)
            rest = rest[end.upperBound...]
        }
        return tags
    }

    private func fault(_ tag: Tag, _ message: String) -> TemplateFault {
        TemplateFault(file: file, line: tag.line, message: message)
    }

    private func nearest(_ name: String, _ known: Set<String>) -> String {
        let found = known.map { (Self.distance(name, $0), $0) }.min { $0 < $1 }
        guard let found, found.0 <= max(2, name.count / 3) else { return "" }
        return "; the nearest is “\(found.1)”"
    }

    /// The Levenshtein distance: letters to add, drop or change.
    private static func distance(_ from: String, _ to: String) -> Int {
        let target = Array(to)
        var row = Array(0...target.count)
        for (index, letter) in from.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in target.indices {
                let cost = diagonal + (letter == target[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(cost, row[column] + 1, row[column + 1] + 1)
            }
        }
        return row[target.count]
    }
}
