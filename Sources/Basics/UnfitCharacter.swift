/// A character that is refused in submitted text: it hides, breaks or reverses what people read, or adds a line where
/// there may be only one.
package struct UnfitCharacter: Hashable, Sendable, CustomStringConvertible {
    package let scalar: Unicode.Scalar
    /// The line it stands in, from 1.
    package let line: Int

    /// The first one in `text`: a control character but line feed and tab, U+FFFD; on one line also a line break, a
    /// tab, or a character that turns the direction of reading.
    package static func first(in text: some StringProtocol, oneLine: Bool) -> UnfitCharacter? {
        var line = 1
        for scalar in text.unicodeScalars {
            if isUnfit(scalar, oneLine: oneLine) { return UnfitCharacter(scalar: scalar, line: line) }
            if scalar == "\n" { line += 1 }
        }
        return nil
    }

    private static func isUnfit(_ scalar: Unicode.Scalar, oneLine: Bool) -> Bool {
        switch scalar.value {
        case 0x0A, 0x09: oneLine
        case 0x00...0x1F, 0x7F...0x9F, 0xFFFD: true
        case 0x2028, 0x2029, 0x200E, 0x200F, 0x061C, 0x202A...0x202E, 0x2066...0x2069: oneLine
        default: false
        }
    }

    /// A description for messages: `a control character (U+0007)`.
    package var description: String {
        let code = "U+\(Hexadecimal.text(of: scalar))"
        switch scalar.value {
        case 0x0A, 0x0D, 0x2028, 0x2029: return "a line break"
        case 0x09: return "a tab"
        case 0xFFFD: return "a character that was lost in a conversion (\(code))"
        case 0x00...0x1F, 0x7F...0x9F: return "a control character (\(code))"
        default: return "a character that turns the direction of reading (\(code))"
        }
    }
}
