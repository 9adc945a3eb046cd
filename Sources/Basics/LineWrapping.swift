/// Breaks text into lines at its spaces. Addresses are never broken; other words only where one alone is longer than
/// ``longestWord``, since some scripts have no spaces.
package struct LineWrapping {
    let columns: Int
    /// The width of the longest piece that a word is left in.
    let longestWord: Int
    /// Stand before the first line, and before those that follow it; one column a character.
    let first: String
    let following: String
    /// The columns that a character takes.
    let width: (Character) -> Int

    package init(
        columns: Int, longestWord: Int, first: String = "", following: String = "",
        width: @escaping (Character) -> Int = { _ in 1 }
    ) {
        (self.columns, self.longestWord, self.first, self.following) = (columns, longestWord, first, following)
        self.width = width
    }

    /// The lines of `text`, which has no line breaks; none where it has no words.
    package func lines(of text: Substring) -> [String] {
        var lines: [String] = []
        var current = first
        var used = first.count
        var isEmpty = true
        for piece in text.split(separator: " ").flatMap(pieces) {
            let wide = piece.reduce(0) { $0 + width($1) }
            if !isEmpty, used + 1 + wide > columns {
                lines.append(current)
                (current, used, isEmpty) = (following, following.count, true)
            }
            current += (isEmpty ? "" : " ") + piece
            used += (isEmpty ? 0 : 1) + wide
            isEmpty = false
        }
        return isEmpty ? lines : lines + [current]
    }

    private func pieces(_ word: Substring) -> [Substring] {
        // Each character takes a byte at least, and at most two columns.
        guard 2 * word.utf8.count > longestWord, !word.contains("://"), !word.contains("@") else { return [word] }
        var pieces: [Substring] = []
        var start = word.startIndex
        var used = 0
        for index in word.indices {
            let wide = width(word[index])
            if used + wide > longestWord {
                pieces.append(word[start..<index])
                (start, used) = (index, 0)
            }
            used += wide
        }
        return pieces + [word[start...]]
    }
}
