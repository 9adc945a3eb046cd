import Foundation

/// Text beyond ASCII in a header field (RFC 2047): a row of encoded words, each of whole characters and at most 75
/// bytes long, in Q or B, whichever is the shorter. Q encodes all but what section 5(3) leaves plain in display names,
/// so one form serves every field.
package enum EncodedWord {
    /// RFC 2047 section 2.
    static let longest = 75
    private static let opening = "=?utf-8?q?".utf8.count + "?=".utf8.count

    /// The words of `text`, to be joined by a space or a fold; white space within the text is inside the words.
    /// `firstRoom` is how many bytes the first word may take, where it follows a field's name on its line.
    package static func words(_ text: String, firstRoom: Int = longest) -> [String] {
        let plain = text.utf8.count { isPlain($0) || $0 == UInt8(ascii: " ") }
        let quoted = plain + 3 * (text.utf8.count - plain)
        let usesQ = quoted <= (text.utf8.count + 2) / 3 * 4
        var words: [String] = []
        var held: [UInt8] = []
        var width = 0
        func close() {
            guard !held.isEmpty else { return }
            words.append(usesQ ? "=?utf-8?q?\(q(held))?=" : "=?utf-8?b?\(b(held))?=")
            held = []
            width = 0
        }
        for piece in pieces(of: text) {
            let pieceWidth = usesQ ? piece.reduce(0) { $0 + qWidth($1) } : piece.count
            let room = min(words.isEmpty ? firstRoom : longest, longest) - opening
            let most = usesQ ? room : room / 4 * 3
            if width + pieceWidth > most { close() }
            held += piece
            width += pieceWidth
        }
        close()
        return words
    }

    /// The characters of `text` as bytes; one too long for any word falls into its scalars.
    private static func pieces(of text: String) -> [[UInt8]] {
        text.flatMap { character -> [[UInt8]] in
            let bytes = Array(String(character).utf8)
            guard bytes.count > 12 else { return [bytes] }
            return character.unicodeScalars.map { Array(String($0).utf8) }
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "!"), UInt8(ascii: "*"), UInt8(ascii: "+"),
            UInt8(ascii: "-"), UInt8(ascii: "/"):
            true
        default: false
        }
    }

    private static func qWidth(_ byte: UInt8) -> Int { isPlain(byte) || byte == UInt8(ascii: " ") ? 1 : 3 }

    private static func q(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        for byte in bytes {
            if isPlain(byte) {
                out.append(byte)
            } else if byte == UInt8(ascii: " ") {
                out.append(UInt8(ascii: "_"))
            } else {
                out += QuotedPrintable.escape(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func b(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
