/// Text in the columns of a terminal, where letters of some scripts take two and marks none (Unicode Standard Annex
/// 11).
package enum TerminalText {
    /// The columns that `text` takes.
    package static func width(_ text: some StringProtocol) -> Int {
        text.reduce(0) { $0 + width($1) }
    }

    /// `text` in at most `columns`, with an ellipsis where something is left out.
    package static func cut(_ text: String, to columns: Int) -> String {
        guard width(text) > columns else { return text }
        var result = ""
        var used = 1
        for character in text {
            used += width(character)
            if used > columns { break }
            result.append(character)
        }
        while result.last == " " { result.removeLast() }
        return result + "…"
    }

    /// `text` in exactly `columns`: cut, or filled with spaces.
    package static func fitted(_ text: String, to columns: Int) -> String {
        let cut = cut(text, to: columns)
        return cut + String(repeating: " ", count: max(0, columns - width(cut)))
    }

    /// `text` in lines of at most `columns`, those after the first with `indent` spaces before them.
    package static func wrapped(_ text: String, to columns: Int, indent: Int = 0) -> [String] {
        LineWrapping(
            columns: columns, longestWord: max(8, columns - indent), following: String(repeating: " ", count: indent),
            width: width
        ).lines(of: text[...])
    }

    private static func width(_ character: Character) -> Int {
        guard let first = character.unicodeScalars.first else { return 0 }
        if character.unicodeScalars.contains(where: { $0 == "\u{FE0F}" || $0.properties.isEmojiPresentation }) {
            return 2
        }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return isWide(first.value) ? 2 : 1
        }
    }

    /// East Asian Wide and Fullwidth.
    private static func isWide(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}

/// The text edition as a terminal shows it: headings bold instead of underlined, lines as wide as the window.
package enum TerminalEdition {
    /// A line by its role; the caller chooses how the terminal shows each.
    package enum Line: Hashable, Sendable {
        case heading(String)
        case subheading(String)
        case text(String)
    }

    /// `text` is an edition in plain text, its headings underlined with `=` and `-`; `columns` at least 20.
    package static func lines(of text: String, columns: Int) -> [Line] {
        let source = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var lines: [Line] = []
        var index = 0
        while index < source.count {
            let rule = index + 1 < source.count ? source[index + 1] : ""
            if !source[index].isEmpty, let mark = underline(rule, of: source[index]) {
                let wrapped = TerminalText.wrapped(source[index], to: columns)
                lines += wrapped.map { mark == "=" ? .heading($0) : .subheading($0) }
                index += 2
                continue
            }
            lines += body(source[index], columns: columns).map(Line.text)
            index += 1
        }
        return lines
    }

    private static func underline(_ line: String, of title: String) -> Character? {
        guard line.count >= 2, line.count >= title.count, let mark = line.first, mark == "=" || mark == "-",
            line.allSatisfy({ $0 == mark })
        else {
            return nil
        }
        return mark
    }

    private static func body(_ line: String, columns: Int) -> [String] {
        guard TerminalText.width(line) > columns else { return [line] }
        let indent = line.prefix { $0 == " " || $0 == ">" || $0 == "*" }.count
        let lead = String(line.prefix(indent))
        let rest = TerminalText.wrapped(String(line.dropFirst(indent)), to: max(20, columns - indent))
        return rest.enumerated().map { ($0 == 0 ? lead : String(repeating: " ", count: indent)) + $1 }
    }
}
