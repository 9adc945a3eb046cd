import Basics
package import Bulletin

/// Writes an item as the Markdown with front matter that ``ItemReader`` reads: for a window of an editor's own
/// choosing.
package enum ItemWriter {
    /// The item as a file; reading it again gives the same item.
    package static func markdown(_ item: Item) -> String { markdown(summary: item.summary) { $0.texts(of: item) } }

    /// The draft as a file, as far as it goes.
    package static func markdown(_ draft: ItemDraft) -> String {
        markdown(summary: draft[field: "summary"] ?? "") { draft.given[$0.name]?.texts ?? [] }
    }

    private static func markdown(summary: String, _ texts: (ItemField) -> [String]) -> String {
        var text = "---\n"
        var group: String?
        for field in ItemField.all where field.name != "summary" {
            let values = texts(field)
            guard !values.isEmpty else { continue }
            let parts = field.name.split(separator: ".")
            let isPart = parts.count == 2
            if isPart, group != String(parts[0]) { text += "\(parts[0]):\n" }
            group = isPart ? String(parts[0]) : nil
            let indent = isPart ? "  " : ""
            text += "\(indent)\(parts[parts.count - 1]): \(scalar(values, of: field, indent: indent))\n"
        }
        return text + "---\n" + summary + (summary.hasSuffix("\n") || summary.isEmpty ? "" : "\n")
    }

    /// An empty form for an item of that kind, every field with its description; a field left blank is not given.
    package static func form(_ kind: Item.Kind) -> String {
        var text = "---\nkind: \(kind.rawValue)\n"
        var group: String?
        for field in ItemField.all {
            if field.name == "kind" || field.name == "summary" || (field.name == "network" && kind != .meeting) {
                continue
            }
            let parts = field.name.split(separator: ".")
            let isPart = parts.count == 2
            if isPart, group != String(parts[0]) { text += "\(parts[0]):\n" }
            group = isPart ? String(parts[0]) : nil
            let entry = (isPart ? "  " : "") + "\(parts[parts.count - 1]):"
            text += entry + String(repeating: " ", count: max(1, 18 - entry.count)) + "# \(field.doc)\n"
        }
        return text + "---\n"
    }

    private static func scalar(_ values: [String], of field: ItemField, indent: String) -> String {
        if case .list = field.form {
            return "[" + values.map { isPlain($0, within: true) ? $0 : quoted($0) }.joined(separator: ", ") + "]"
        }
        let value = values[0]
        if value.contains("\n"), isBlock(value) {
            let lines = value.split(separator: "\n", omittingEmptySubsequences: false)
            return "|-\n" + lines.map { $0.isEmpty ? "" : "\(indent)  \($0)" }.joined(separator: "\n")
        }
        return isPlain(value, within: false) ? value : quoted(value)
    }

    /// Whether YAML reads it as it is, without quotes.
    private static func isPlain(_ text: String, within list: Bool) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return false }
        guard first == "+" || first == "(" || first.properties.isAlphabetic || first.properties.numericType != nil
        else { return false }
        guard last != ":", !last.properties.isWhitespace, !text.contains(": "), !text.contains(" #") else {
            return false
        }
        return !text.unicodeScalars.contains { scalar in
            scalar.value < 0x20 || scalar.value == 0x7F || (0x80...0xA0).contains(scalar.value)
                || scalar == "\u{2028}" || scalar == "\u{2029}" || scalar == "\u{FEFF}"
                || (list && ",[]{}".unicodeScalars.contains(scalar))
        }
    }

    /// Whether a block of lines keeps it: no tab, no line that begins or ends with a space, no break that YAML folds.
    private static func isBlock(_ text: String) -> Bool {
        text.split(separator: "\n", omittingEmptySubsequences: false).allSatisfy { line in
            line.first != " " && line.last != " " && !line.hasPrefix("---")
                && !line.unicodeScalars.contains {
                    $0.value < 0x20 || (0x7F...0xA0).contains($0.value) || $0 == "\u{2028}" || $0 == "\u{2029}"
                }
        } && text.first != "\n"
    }

    /// In double quotes, with escapes for the characters that YAML would fold or drop.
    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case "\u{85}", "\u{A0}", "\u{FEFF}", "\u{2028}", "\u{2029}":
                out += "\\u" + Hexadecimal.text(of: scalar)
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
