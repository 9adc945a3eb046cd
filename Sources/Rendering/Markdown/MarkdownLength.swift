extension Markdown {
    /// The bytes of its readable text and of its links' addresses.
    var length: Int { blocks.reduce(0) { $0 + Self.length($1) } }

    /// Its beginning, at most `limit` bytes: whole blocks, then whole sentences, and only if not one sentence fits,
    /// whole words and an ellipsis. The same text and limit give the same beginning.
    func shortened(to limit: Int) -> Markdown {
        guard length > limit else { return self }
        var cut = Self.shortened(blocks, to: limit)
        // A heading with nothing beneath it is dropped.
        while case .some(.heading) = cut.last { cut.removeLast() }
        return Markdown(blocks: cut)
    }

    private static func length(_ block: Block) -> Int {
        switch block {
        case .paragraph(let inlines), .heading(_, let inlines): length(inlines)
        case .list(_, let entries): entries.joined().reduce(0) { $0 + length($1) }
        case .quote(let blocks): blocks.reduce(0) { $0 + length($1) }
        case .code(let text): text.utf8.count
        case .rule: 1
        }
    }

    private static func length(_ inlines: [Inline]) -> Int {
        inlines.reduce(0) { sum, inline in
            switch inline {
            case .text(let text), .code(let text): sum + text.utf8.count
            case .emphasis(let inner), .strong(let inner): sum + length(inner)
            // The address takes up bytes too, shown or not.
            case .link(let address, let inner): sum + length(inner) + address.utf8.count
            case .softBreak, .lineBreak: sum + 1
            }
        }
    }

    private static func shortened(_ blocks: [Block], to limit: Int) -> [Block] {
        var room = limit
        var result: [Block] = []
        for block in blocks {
            let size = length(block)
            if size <= room {
                result.append(block)
                room -= size
                continue
            }
            switch block {
            case .paragraph(let inlines):
                let cut = beginning(of: inlines, room)
                if !cut.isEmpty { result.append(.paragraph(cut)) }
            case .quote(let inner):
                let cut = shortened(inner, to: room)
                if !cut.isEmpty { result.append(.quote(cut)) }
            case .list(let start, let entries):
                var kept: [[Block]] = []
                for entry in entries {
                    room -= entry.reduce(0) { $0 + length($1) }
                    if room < 0 { break }
                    kept.append(entry)
                }
                if !kept.isEmpty { result.append(.list(start: start, entries: kept)) }
            case .heading, .code, .rule: break
            }
            break
        }
        return result
    }

    private static func beginning(of inlines: [Inline], _ room: Int) -> [Inline] {
        var left = room
        var result: [Inline] = []
        for inline in inlines {
            let size = length([inline])
            guard size > left else {
                result.append(inline)
                left -= size
                continue
            }
            if case .text(let text) = inline, let cut = beginning(of: text, left, isFirst: result.isEmpty) {
                result.append(.text(cut))
            } else if !result.isEmpty {
                result.append(.text("…"))
            }
            break
        }
        return result
    }

    /// Up to the last end of a sentence within `room` bytes, otherwise up to the last word.
    private static func beginning(of text: String, _ room: Int, isFirst: Bool) -> String? {
        let limit = text.utf8.index(text.startIndex, offsetBy: max(0, room), limitedBy: text.endIndex) ?? text.endIndex
        var (sentence, word): (String.Index?, String.Index?)
        var index = text.startIndex
        var last: Character?
        while index < limit {
            let character = text[index]
            if character == " " {
                word = index
                if let last, ".!?".contains(last) { sentence = index }
            }
            last = character
            text.formIndex(after: &index)
        }
        if let sentence { return String(text[..<sentence]) }
        guard let word, word > text.startIndex || !isFirst else { return nil }
        return String(text[..<word]) + " …"
    }
}
