import Basics

/// HTML as plain text, well enough to find words in.
enum PlainHTML {
    /// Marks with which mail programs begin a quotation.
    private static let quotes = ["<blockquote", "gmail_quote", "divrplyfwdmsg", "appendonsend", "moz-cite-prefix"]

    static func text(_ html: String) -> String {
        var out = String.UnicodeScalarView()
        var tag: [UInt8]?
        var hidden: String?
        for scalar in html.unicodeScalars {
            if var name = tag {
                if scalar == ">" {
                    tag = nil
                    begin(String(decoding: name, as: UTF8.self).lowercased(), &hidden, &out)
                } else if name.count < 512, scalar.isASCII {
                    name.append(UInt8(scalar.value))
                    tag = name
                }
            } else if scalar == "<" {
                tag = []
            } else if hidden == nil {
                out.append(scalar == "\r" || scalar == "\n" ? " " : scalar)
            }
        }
        return decodedEntities(String(out)).split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.trimmingSpaces()
        }
        .joined(separator: "\n")
    }

    private static func begin(_ tag: String, _ hidden: inout String?, _ out: inout String.UnicodeScalarView) {
        let name = tag.prefix { !$0.isWhitespace && $0 != "/" || $0 == "/" && tag.first == "/" }
        if let current = hidden {
            if name == "/\(current)" { hidden = nil }
            return
        }
        if ["style", "script", "head", "title"].contains(name) { hidden = String(name) }
        if quotes.contains(where: { ("<" + tag).contains($0) }) { out.append(contentsOf: "\n> ".unicodeScalars) }
        if ["br", "p", "/p", "div", "/div", "tr", "li", "h1", "h2", "/h1", "/h2", "hr", "table"].contains(name) {
            out.append("\n")
        }
    }
}
