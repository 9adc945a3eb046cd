/// Cleans a server's text for storage and display: on one line, of limited length, with every address removed, because
/// a return is kept longer than a forgotten person's address may be.
package enum ServerWords {
    /// In characters; enough for the first sentence of servers' replies.
    package static let most = 300

    package static func clean(_ text: String) -> String {
        var words: [Substring] = []
        var length = 0
        // Cut before it is processed: some servers reply with a page.
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

    /// Without the address and its surroundings: `<ann@example.org>:` becomes `<[address]>:`.
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
