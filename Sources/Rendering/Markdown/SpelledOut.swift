extension Markdown {
    /// For paper: each link becomes its words, then its address in brackets.
    var spelledOut: Markdown { Markdown(blocks: blocks.map(Self.spelledOut)) }

    private static func spelledOut(_ block: Block) -> Block {
        switch block {
        case .paragraph(let inlines): .paragraph(inlines.flatMap(spelledOut))
        case .heading(let level, let inlines): .heading(level: level, inlines.flatMap(spelledOut))
        case .list(let start, let entries): .list(start: start, entries: entries.map { $0.map(spelledOut) })
        case .quote(let blocks): .quote(blocks.map(spelledOut))
        case .code, .rule: block
        }
    }

    private static func spelledOut(_ inline: Inline) -> [Inline] {
        switch inline {
        case .emphasis(let inner): return [.emphasis(inner.flatMap(spelledOut))]
        case .strong(let inner): return [.strong(inner.flatMap(spelledOut))]
        case .link(let address, let inner):
            let label = Link.label(address)
            let words = MarkdownText.text(inner)
            return words == address || words == label
                ? [.text(label)] : inner.flatMap(spelledOut) + [.text(" (\(label))")]
        case .text, .code, .softBreak, .lineBreak: return [inline]
        }
    }
}
