import Basics

/// Wraps the text part for narrow windows: old telephones and magnifiers.
enum WrappedText {
    /// RFC 5322 section 2.1.1 allows 78 columns; two are left for the marks of a quoted reply.
    static let columns = 76

    /// Wraps every line of `text` that is longer than ``columns``, with a hanging indent.
    static func wrap(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(wrapLine).joined(separator: "\n")
    }

    /// The line with a line of `mark` beneath it, as long as its longest line.
    static func underlined(_ line: String, with mark: Character) -> String {
        let lines = wrapLine(line[...]).split(separator: "\n")
        let width = lines.map(\.count).max() ?? 0
        return lines.joined(separator: "\n") + "\n" + String(repeating: mark, count: width)
    }

    private static func wrapLine(_ line: Substring) -> String {
        let trimmed = line.trimmingSuffix { $0 == " " }
        guard trimmed.utf8.count > columns, trimmed.count > columns else { return String(trimmed) }
        let indent = trimmed.prefix { $0 == " " || $0 == ">" }
        let hanging = String(indent) + String(repeating: " ", count: markWidth(trimmed.dropFirst(indent.count)))
        let wrapping = LineWrapping(
            columns: columns, longestWord: columns - 8, first: String(indent), following: hanging)
        let lines = wrapping.lines(of: trimmed.dropFirst(indent.count))
        return lines.isEmpty ? String(indent) : lines.joined(separator: "\n")
    }

    /// The width of a list entry's mark: two for `* `, three for `1. `.
    private static func markWidth(_ text: Substring) -> Int {
        guard let space = text.firstIndex(of: " ") else { return 0 }
        let mark = text[..<space]
        if mark == "*" || mark == "-" { return 2 }
        let isNumber = mark.count <= 4 && mark.last == "." && mark.dropLast().allSatisfy(\.isNumber) && mark.count > 1
        return isNumber ? mark.count + 1 : 0
    }
}

extension Substring {
    fileprivate func trimmingSuffix(while matches: (Character) -> Bool) -> Substring {
        var text = self
        while let last = text.last, matches(last) { text = text.dropLast() }
        return text
    }
}
