extension Markdown {
    /// Makes links of bare web addresses in the text, which is how most people write them.
    static func linkingBareAddresses(_ inlines: [Inline]) -> [Inline] {
        joined(inlines).flatMap { inline -> [Inline] in
            switch inline {
            case .text(let text): split(text)
            case .emphasis(let inner): [.emphasis(linkingBareAddresses(inner))]
            case .strong(let inner): [.strong(linkingBareAddresses(inner))]
            case .code, .link, .softBreak, .lineBreak: [inline]
            }
        }
    }

    /// The parser splits text at every character that might be markup; these pieces belong together again.
    private static func joined(_ inlines: [Inline]) -> [Inline] {
        var result: [Inline] = []
        for inline in inlines {
            if case .text(let next) = inline, case .some(.text(let last)) = result.last {
                result[result.count - 1] = .text(last + next)
            } else {
                result.append(inline)
            }
        }
        return result
    }

    private static func split(_ text: String) -> [Inline] {
        guard text.contains("://") else { return [.text(text)] }
        var result: [Inline] = []
        var rest = text[...]
        while let match = rest.firstMatch(of: /\bhttps?:\/\/[^\s<>"]+/) {
            var shown = match.output
            // Punctuation that ends the sentence is not part of the address.
            while let last = shown.last, ".,;:!?)]'’”".contains(last) { shown = shown.dropLast() }
            guard let address = Link.address(String(shown)) else { break }
            if match.range.lowerBound > rest.startIndex {
                result.append(.text(String(rest[..<match.range.lowerBound])))
            }
            result.append(.link(address: address, [.text(String(shown))]))
            rest = rest[shown.endIndex...]
        }
        if !rest.isEmpty { result.append(.text(String(rest))) }
        return result
    }
}
