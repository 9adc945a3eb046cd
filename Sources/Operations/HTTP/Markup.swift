/// Builds HTML and SVG: text is escaped, tags are written as they are.
struct Markup: Sendable {
    private(set) var text = ""

    /// Adds the text unescaped: for our own tags only.
    mutating func raw(_ tags: String) { text += tags }

    mutating func escaped(_ words: String) { text += Self.escape(words) }

    /// `<name attributes>words</name>`
    mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ words: String) {
        open(name, attributes)
        escaped(words)
        raw("</\(name)>")
    }

    /// As above, with nested elements.
    mutating func element(
        _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ body: (inout Markup) -> Void
    ) {
        open(name, attributes)
        body(&self)
        raw("</\(name)>\n")
    }

    /// `<name attributes/>`, for SVG.
    mutating func shape(_ name: String, _ attributes: KeyValuePairs<String, String>) {
        open(name, attributes)
        raw("</\(name)>")
    }

    private mutating func open(_ name: String, _ attributes: KeyValuePairs<String, String>) {
        text += "<\(name)"
        for (key, value) in attributes { text += " \(key)=\"\(Self.escape(value))\"" }
        text += ">"
    }

    static func escape(_ words: String) -> String {
        var text = ""
        for scalar in words.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            default: text.unicodeScalars.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
            }
        }
        return text
    }
}
