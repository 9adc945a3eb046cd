/// What a server wrote about a message, fit to be kept and shown: on one line, of bounded length, with every address cut
/// out of it, for a return is kept longer than a forgotten person may be.
package enum ServerWords {
    /// Characters; the first sentence of what servers say is within it.
    package static let most = 300

    package static func clean(_ text: String) -> String {
        var words: [Substring] = []
        var length = 0
        // Bounded before it is looked at: some servers answer with a page.
        for word in text.prefix(4 * most).split(whereSeparator: isSpace) {
            words.append(word)
            length += word.count + 1
            if length > 2 * most { break }
        }
        let line = words.map { $0.contains("@") ? withoutAddress($0) : String($0) }.joined(separator: " ")
        return line.count > most ? line.prefix(most - 1) + "…" : line
    }

    private static func isSpace(_ character: Character) -> Bool {
        character.isWhitespace
            || character.unicodeScalars.contains { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: true
                default: scalar == "\u{FFFD}"
                }
            }
    }

    /// Without the address in it, and with what stands around that: `<ann@example.org>:` is `<[address]>:`.
    private static func withoutAddress(_ word: Substring) -> String {
        let parting = Set("<>()[]\"',;:")
        var out = ""
        var piece = ""
        for character in word {
            if parting.contains(character) {
                out += piece.contains("@") ? "[address]" : piece
                out.append(character)
                piece = ""
            } else {
                piece.append(character)
            }
        }
        return out + (piece.contains("@") ? "[address]" : piece)
    }
}
