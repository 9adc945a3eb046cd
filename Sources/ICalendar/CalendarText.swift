import Basics

/// The value type TEXT (RFC 5545 section 3.3.11), to and fro.
package enum CalendarText {
    /// Escaped for a property's value.
    package static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in CleanText.block(text).unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\t": result += " "
            case "\\", ";", ",": result += "\\\(scalar)"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A parameter's value in quotation marks, which it may not hold itself (RFC 5545 section 3.2).
    package static func quoted(_ text: String) -> String {
        "\"" + CleanText.line(text).replacing("\"", with: "'") + "\""
    }

    /// Without its escapes.
    package static func unescaped(_ value: String) -> String { parts(value, separator: nil).joined() }

    /// A list of TEXT, separated by commas.
    package static func list(_ value: String) -> [String] { parts(value, separator: ",") }

    private static func parts(_ value: String, separator: Character?) -> [String] {
        var parts = [""]
        var isMarked = false
        for character in value {
            if isMarked {
                parts[parts.count - 1].append(character == "n" || character == "N" ? "\n" : character)
                isMarked = false
            } else if character == "\\" {
                isMarked = true
            } else if character == separator {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }

    /// On one line, with spaces for the characters that are refused in submitted text; nil where nothing is left.
    package static func line(_ text: String) -> String? {
        let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            UnfitCharacter.first(in: String(scalar), oneLine: true) == nil ? scalar : " "
        }
        let words = String(String.UnicodeScalarView(scalars)).split(whereSeparator: \.isWhitespace)
        return words.isEmpty ? nil : words.joined(separator: " ")
    }
}
