import Basics
import CCmark

/// CommonMark as editors write it, parsed into values that contain nothing unsafe: raw HTML becomes the text as typed,
/// without its comments; a picture becomes its description; and a link leads to an address that ``Link`` allows, or is
/// not a link.
struct Markdown: Hashable, Sendable {
    indirect enum Block: Hashable, Sendable {
        case paragraph([Inline])
        /// 1 to 6, as typed.
        case heading(level: Int, [Inline])
        /// Numbered from `start`, or with bullets if that is nil.
        case list(start: Int?, entries: [[Block]])
        case quote([Block])
        case code(String)
        case rule
    }

    indirect enum Inline: Hashable, Sendable {
        case text(String)
        case code(String)
        case emphasis([Inline])
        case strong([Inline])
        case link(address: String, [Inline])
        case softBreak
        case lineBreak
    }

    var blocks: [Block]

    init(blocks: [Block]) { self.blocks = blocks }

    init(_ source: String) {
        let clean = CleanText.block(source)
        let root = clean.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                cmark_parse_document($0.baseAddress, $0.count, CMARK_OPT_DEFAULT)
            }
        }
        guard case .some(.some(let root)) = root else {
            blocks = clean.isEmpty ? [] : [.paragraph([.text(clean)])]
            return
        }
        defer { cmark_node_free(root) }
        blocks = Tree.blocks(of: root, depth: 0)
    }
}

/// Converts the library's nodes to ours.
private enum Tree {
    /// Quotes and lists nest no deeper than this in practice; the limit protects the stack.
    static let deepest = 24

    typealias Node = OpaquePointer

    static func children(of node: Node) -> [Node] {
        Array(sequence(first: cmark_node_first_child(node)) { $0.flatMap { cmark_node_next($0) } }.prefix { $0 != nil })
            .compactMap { $0 }
    }

    static func blocks(of node: Node, depth: Int) -> [Markdown.Block] {
        guard depth < deepest else {
            let text = literals(under: node)
            return text.isEmpty ? [] : [.paragraph([.text(text)])]
        }
        return children(of: node).compactMap { block($0, depth: depth) }
    }

    static func block(_ node: Node, depth: Int) -> Markdown.Block? {
        switch cmark_node_get_type(node) {
        case CMARK_NODE_PARAGRAPH:
            let inlines = Markdown.linkingBareAddresses(inlines(of: node, depth: 0))
            return inlines.isEmpty ? nil : .paragraph(inlines)
        case CMARK_NODE_HEADING:
            let inlines = Markdown.linkingBareAddresses(inlines(of: node, depth: 0))
            return inlines.isEmpty ? nil : .heading(level: Int(cmark_node_get_heading_level(node)), inlines)
        case CMARK_NODE_LIST:
            let isOrdered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
            let entries = children(of: node).map { blocks(of: $0, depth: depth + 1) }
            return .list(start: isOrdered ? Int(cmark_node_get_list_start(node)) : nil, entries: entries)
        case CMARK_NODE_BLOCK_QUOTE: return .quote(blocks(of: node, depth: depth + 1))
        case CMARK_NODE_CODE_BLOCK: return .code(literal(node))
        case CMARK_NODE_HTML_BLOCK:
            let text = typed(node)
            return text.isEmpty ? nil : .paragraph([.text(text)])
        case CMARK_NODE_THEMATIC_BREAK: return .rule
        default: return nil
        }
    }

    static func inlines(of node: Node, depth: Int) -> [Markdown.Inline] {
        guard depth < deepest else { return [.text(literals(under: node))] }
        return children(of: node).flatMap { inline($0, depth: depth) }
    }

    static func inline(_ node: Node, depth: Int) -> [Markdown.Inline] {
        switch cmark_node_get_type(node) {
        case CMARK_NODE_TEXT: return [.text(literal(node))]
        case CMARK_NODE_CODE: return [.code(literal(node))]
        case CMARK_NODE_SOFTBREAK: return [.softBreak]
        case CMARK_NODE_LINEBREAK: return [.lineBreak]
        case CMARK_NODE_EMPH: return [.emphasis(inlines(of: node, depth: depth + 1))]
        case CMARK_NODE_STRONG: return [.strong(inlines(of: node, depth: depth + 1))]
        case CMARK_NODE_IMAGE: return inlines(of: node, depth: depth + 1)
        case CMARK_NODE_HTML_INLINE:
            let text = typed(node)
            return text.isEmpty ? [] : [.text(text)]
        case CMARK_NODE_LINK:
            let label = inlines(of: node, depth: depth + 1)
            guard let address = cmark_node_get_url(node).flatMap({ Link.address(String(cString: $0)) }) else {
                return label
            }
            return [.link(address: address, label.isEmpty ? [.text(Link.label(address))] : label)]
        default: return []
        }
    }

    /// Cleaned once more: Markdown's character references (`&#1;`) can restore characters that were cleaned out of the
    /// source.
    static func literal(_ node: Node) -> String {
        cmark_node_get_literal(node).map { CleanText.block(String(cString: $0)) } ?? ""
    }

    /// Raw HTML as typed, without its comments, which are the author's notes.
    static func typed(_ node: Node) -> String {
        CleanText.line(literal(node).replacing(/<!--.*?-->/.dotMatchesNewlines(), with: ""))
    }

    static func literals(under node: Node) -> String {
        guard let iterator = cmark_iter_new(node) else { return "" }
        defer { cmark_iter_free(iterator) }
        var words: [String] = []
        while case let event = cmark_iter_next(iterator), event != CMARK_EVENT_DONE {
            if event == CMARK_EVENT_ENTER, let node = cmark_iter_get_node(iterator) { words.append(literal(node)) }
        }
        return CleanText.line(words.joined(separator: " "))
    }
}
