import MIME

/// The rules that every header field shares: the characters it may contain, and where its lines fold.
enum HeaderText {
    /// RFC 5322 section 2.1.1: lines should be no longer, without their CRLF.
    static let longestLine = 78
    /// RFC 5322 section 2.1.1 allows 998; the rest is for the field's name.
    static let longestWord = 900

    /// No control character (CR, LF and NUL among them) and no character that reverses text: these are refused when a
    /// name or a title is entered, and refused here once more.
    static func isClean(_ text: String) -> Bool {
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return true }
        return text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0xFFFD: false
            default: true
            }
        }
    }

    /// Whether ASCII text would be read as an encoded word.
    static func looksEncoded(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return zip(bytes, bytes.dropFirst()).contains { $0 == UInt8(ascii: "=") && $1 == UInt8(ascii: "?") }
    }

    /// Begins a new line of the same field.
    static func fold(_ bytes: inout [UInt8]) { bytes += [0x0D, 0x0A, 0x20] }

    /// Writes encoded words, each after the first on a line of its own. Returns the column it ends at.
    static func writeWords(_ text: String, to bytes: inout [UInt8], column: Int) -> Int {
        var column = column
        for (index, word) in EncodedWord.words(text, firstRoom: longestLine - column).enumerated() {
            if index > 0 {
                fold(&bytes)
                column = 1
            }
            bytes += word.utf8
            column += word.utf8.count
        }
        return column
    }

    /// Whether text can be written as it is: ASCII, single spaces inside only, and no word too long to fold.
    static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && !looksEncoded(text)
            && text.split(separator: " ", omittingEmptySubsequences: false)
                .allSatisfy { !$0.isEmpty && $0.utf8.count < longestLine - 2 }
    }
}
