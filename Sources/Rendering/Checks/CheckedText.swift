import Foundation

/// A Markdown text as readers see it: its sentences, its words, and the targets of its links.
struct CheckedText {
    struct Link: Hashable {
        let words: String
        let address: String
    }

    /// Each paragraph, heading and list entry.
    private(set) var passages: [String] = []
    private(set) var links: [Link] = []

    init(_ markdown: Markdown) { read(markdown.blocks) }

    init(passage: String) { passages = [passage] }

    /// Sentences end at a full stop, question mark or exclamation mark before white space, and with their passage.
    var sentences: [String] {
        passages.flatMap { passage -> [String] in
            var sentences: [String] = []
            var current = ""
            var ended = false
            for character in passage {
                if ended, character.isWhitespace {
                    sentences.append(current)
                    (current, ended) = ("", false)
                    continue
                }
                current.append(character)
                if ".?!…".contains(character) { ended = true } else if !"\"'”’)]".contains(character) { ended = false }
            }
            return sentences + [current]
        }.filter { $0.contains(where: \.isLetter) }
    }

    /// Words of letters, including characters that join them, such as hyphens.
    static func words(of text: String) -> [Substring] {
        text.split { !$0.isLetter && !$0.isNumber && $0 != "'" && $0 != "’" && $0 != "-" }
            .filter { $0.contains { $0.isLetter || $0.isNumber } }
    }

    private mutating func read(_ blocks: [Markdown.Block]) {
        for block in blocks {
            switch block {
            case .paragraph(let inlines), .heading(_, let inlines): passages.append(text(of: inlines))
            case .list(_, let entries): for entry in entries { read(entry) }
            case .quote(let inner): read(inner)
            case .code, .rule: continue
            }
        }
    }

    private mutating func text(of inlines: [Markdown.Inline]) -> String {
        var text = ""
        for inline in inlines {
            switch inline {
            case .text(let words): text += words
            case .code: text += " "
            case .emphasis(let inner), .strong(let inner): text += self.text(of: inner)
            case .link(let address, let inner):
                let words = self.text(of: inner)
                links.append(Link(words: words.trimmingCharacters(in: .whitespaces), address: address))
                text += words
            case .softBreak, .lineBreak: text += " "
            }
        }
        return text
    }
}
