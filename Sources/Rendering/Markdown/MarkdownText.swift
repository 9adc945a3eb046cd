import Basics

/// Renders Markdown as plain text that reads well aloud and on an old telephone.
enum MarkdownText {
    /// Lines, not wrapped yet; blocks are separated by an empty line.
    static func render(_ markdown: Markdown) -> String {
        lines(markdown.blocks).joined(separator: "\n")
    }

    private static func lines(_ blocks: [Markdown.Block], tight: Bool = false) -> [String] {
        var result: [String] = []
        for block in blocks {
            if !result.isEmpty, !tight { result.append("") }
            result += lines(block)
        }
        return result
    }

    private static func lines(_ block: Markdown.Block) -> [String] {
        switch block {
        case .paragraph(let inlines): return split(text(inlines))
        case .heading(_, let inlines): return split(WrappedText.underlined(CleanText.line(text(inlines)), with: "~"))
        case .list(let start, let entries):
            let isLoose = entries.contains { $0.count > 1 }
            var result: [String] = []
            for (index, entry) in entries.enumerated() {
                if isLoose, index > 0 { result.append("") }
                let mark = start.map { "\($0 &+ index). " } ?? "* "
                let indent = String(repeating: " ", count: mark.count)
                for (number, line) in lines(entry).enumerated() {
                    result.append(line.isEmpty ? "" : (number == 0 ? mark : indent) + line)
                }
            }
            return result
        case .quote(let blocks): return lines(blocks).map { $0.isEmpty ? ">" : "> " + $0 }
        case .code(let code): return split(code).map { "    " + $0 }
        case .rule: return ["* * *"]
        }
    }

    /// A link is its words, then its address in brackets, or the address alone if the words are the same.
    static func text(_ inlines: [Markdown.Inline]) -> String {
        inlines.map { inline in
            switch inline {
            case .text(let text), .code(let text): return text
            case .emphasis(let inner): return "_\(text(inner))_"
            case .strong(let inner): return "*\(text(inner))*"
            case .softBreak: return " "
            case .lineBreak: return "\n"
            case .link(let address, let inner):
                let words = text(inner)
                let shown = readable(address)
                return words == shown || words == Link.label(address) ? shown : "\(words) (\(shown))"
            }
        }.joined()
    }

    /// Mail addresses and telephone numbers are shown without their scheme.
    private static func readable(_ address: String) -> String {
        address.hasPrefix("http") ? address : Link.label(address)
    }

    private static func split(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }
}
