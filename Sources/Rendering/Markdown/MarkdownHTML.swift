/// Renders Markdown as HTML, each element with its style in the medium.
struct MarkdownHTML {
    /// The value of the style attribute by element; empty on the web, which has a style sheet.
    var styles: [String: String] = [:]
    /// The level of the text's highest heading: one below the heading it belongs to.
    let topLevel: Int

    func render(_ markdown: Markdown) -> String {
        var levels = HeadingLevels(top: topLevel)
        return markdown.blocks.map { block($0, &levels) }.joined(separator: "\n")
    }

    private func block(_ block: Markdown.Block, _ levels: inout HeadingLevels) -> String {
        switch block {
        case .paragraph(let inlines): return element("p", html(inlines))
        case .heading(let level, let inlines): return element("h\(levels.shown(level))", html(inlines))
        case .list(let start, let entries):
            let items = entries.map { element("li", entry($0, &levels)) }.joined(separator: "\n")
            guard let start else { return element("ul", "\n\(items)\n") }
            return element("ol", "\n\(items)\n", attributes: start == 1 ? "" : " start=\"\(start)\"")
        case .quote(let blocks):
            return element("blockquote", "\n" + blocks.map { self.block($0, &levels) }.joined(separator: "\n") + "\n")
        case .code(let text): return element("pre", "<code>" + Self.escaped(text) + "</code>")
        case .rule: return "<hr\(style("hr"))>"
        }
    }

    /// A list entry of one paragraph has no paragraph element, and so no extra space.
    private func entry(_ blocks: [Markdown.Block], _ levels: inout HeadingLevels) -> String {
        blocks.enumerated().map { index, each in
            if index == 0, case .paragraph(let inlines) = each { return html(inlines) }
            return block(each, &levels)
        }.joined(separator: "\n")
    }

    private func html(_ inlines: [Markdown.Inline]) -> String {
        inlines.map { inline in
            switch inline {
            case .text(let text): Self.escaped(text)
            case .code(let text): element("code", Self.escaped(text))
            case .emphasis(let inner): element("em", html(inner))
            case .strong(let inner): element("strong", html(inner))
            case .link(let address, let inner):
                element("a", html(inner), attributes: " href=\"\(Self.escaped(address))\"")
            case .softBreak: "\n"
            case .lineBreak: "<br>\n"
            }
        }.joined()
    }

    private func element(_ name: String, _ inner: String, attributes: String = "") -> String {
        "<\(name)\(attributes)\(style(name))>\(inner)</\(name)>"
    }

    private func style(_ element: String) -> String {
        styles[element].map { " style=\"\(Self.escaped($0))\"" } ?? ""
    }

    /// Escaped for text and for quoted attributes.
    static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
            case "'": result.append(contentsOf: "&#39;".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}

/// Keeps heading levels valid for a page: none above `top`, none skipped on the way down.
struct HeadingLevels {
    let top: Int
    /// The typed levels of the headings above the next one, the outermost first.
    private var open: [Int] = []

    init(top: Int) { self.top = top }

    mutating func shown(_ typed: Int) -> Int {
        while let last = open.last, last >= typed { open.removeLast() }
        open.append(typed)
        return min(top + open.count - 1, 6)
    }
}
