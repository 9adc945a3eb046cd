/// Text from people, made fit to stand in an edition.
package enum CleanText {
    /// One line: runs of white space and line ends become one space, and characters that ``isUnwanted(_:)`` names are
    /// dropped.
    package static func line(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var gap = false
        for scalar in text.unicodeScalars {
            if isWhiteSpace(scalar) {
                gap = !result.isEmpty
            } else if !isUnwanted(scalar) {
                if gap { result.append(" ") }
                gap = false
                result.append(scalar)
            }
        }
        return guarded(String(result))
    }

    /// As ``line(_:)``, nil where nothing is left.
    package static func line(_ text: String?) -> String? {
        guard let text else { return nil }
        let clean = line(text)
        return clean.isEmpty ? nil : clean
    }

    /// A postal address or the like in one line, the lines of the original told apart by commas.
    package static func joinedLines(_ text: String?) -> String? {
        guard let text else { return nil }
        let lines = text.split(whereSeparator: \.isNewline).map { line(String($0)) }.filter { !$0.isEmpty }
        return lines.isEmpty
            ? nil : lines.map { $0.hasSuffix(",") ? String($0.dropLast()) : $0 }.joined(separator: ", ")
    }

    /// Text of several lines, which keep their ends as line feeds.
    package static func block(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var afterReturn = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n" where afterReturn: break
            case "\n", "\r", "\u{2028}", "\u{2029}", "\u{85}": result.append("\n")
            case "\t": result.append(scalar)
            default: if !isUnwanted(scalar) { result.append(scalar) }
            }
            afterReturn = scalar == "\r"
        }
        return guarded(String(result))
    }

    private static func isWhiteSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\t", "\n", "\r", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }

    /// Control characters, which would forge a ``PersonalPart`` or end a header, and those that turn the direction of
    /// what follows.
    private static func isUnwanted(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0xFFFD, 0xFEFF: true
        default: false
        }
    }

    /// Swift reads a quotation mark and a combining accent after it as one character, and the template library, which
    /// escapes by character, would pass that by while a browser ends the attribute there. The accent goes.
    private static func guarded(_ text: String) -> String {
        // Most text is plain, and is spared the walk from character to character.
        guard text.unicodeScalars.contains(where: isSpecial), !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        var result = ""
        for character in text {
            if character.unicodeScalars.count > 1, let found = character.unicodeScalars.first(where: isSpecial) {
                result.unicodeScalars.append(found)
            } else {
                result.append(character)
            }
        }
        return result
    }

    private static func isSpecial(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "<", ">", "&", "\"", "'": true
        default: false
        }
    }
}
