import Basics
import Foundation

/// Text that somebody else wrote, in any encoding, declared or not: reading it never fails.
package enum IncomingText {
    /// Bytes of a header's value as one line without spaces at its ends: UTF-8 where they are, Latin-1 elsewhere.
    static func line(_ bytes: [UInt8]) -> String { text(blanked(bytes), charset: "utf-8").trimmingSpaces() }

    /// With a space for every control character.
    static func blanked(_ bytes: [UInt8]) -> [UInt8] { bytes.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 } }

    /// A part's own text with its transfer encoding and charset decoded and line feeds for line ends.
    static func text(_ bytes: some Collection<UInt8>, _ type: IncomingParameters, encoding: String?) -> String {
        text(decode(bytes, as: encoding), charset: type["charset"] ?? "utf-8")
            .replacing("\r\n", with: "\n").replacing("\0", with: "")
    }

    /// Undoes the transfer encoding (RFC 2045 section 6); broken escapes stay as they are. A comment or a parameter
    /// after its name is ignored.
    static func decode(_ bytes: some Collection<UInt8>, as encoding: String?) -> [UInt8] {
        switch encoding?.trimmingSpaces().prefix(while: { $0 != " " && $0 != ";" && $0 != "(" }).lowercased() {
        case "quoted-printable": quotedPrintable(bytes)
        case "base64": base64(bytes)
        default: Array(bytes)
        }
    }

    static func quotedPrintable(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let bytes = Array(bytes)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "=") else {
                out.append(byte)
                index += 1
                continue
            }
            if index + 2 < bytes.count, let high = Hexadecimal.value(of: bytes[index + 1]),
                let low = Hexadecimal.value(of: bytes[index + 2])
            {
                out.append(high << 4 | low)
                index += 3
            } else if index + 1 < bytes.count, bytes[index + 1] == 10 {
                index += 2
            } else if index + 2 < bytes.count, bytes[index + 1] == 13, bytes[index + 2] == 10 {
                index += 3
            } else {
                out.append(byte)
                index += 1
            }
        }
        return out
    }

    /// Lenient, unlike Foundation's: skips bytes outside the alphabet, takes a missing padding, and goes on after a
    /// padding in the middle.
    static func base64(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            let value: UInt32
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(byte) - 65
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(byte) - 71
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(byte) + 4
            case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
            case UInt8(ascii: "="):
                (bits, count) = (0, 0)
                continue
            default: continue
            }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return out
    }

    /// In the charset that is named, if that works; else as UTF-8 where the bytes are, and as Latin-1 where not.
    static func text(_ bytes: [UInt8], charset: String) -> String {
        let name = charset.lowercased().trimmingSpaces()
        if let encoding = encodings[name], let text = String(bytes: bytes, encoding: encoding) { return text }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        if name == "utf-8" || name == "us-ascii" || name.isEmpty || encodings[name] == nil,
            isMostlyUTF8(bytes)
        {
            return String(decoding: bytes, as: UTF8.self)
        }
        return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// Whether broken UTF-8 is better read as such than as Latin-1: a cut or a stray byte, among whole characters.
    private static func isMostlyUTF8(_ bytes: [UInt8]) -> Bool {
        let broken = String(decoding: bytes, as: UTF8.self).unicodeScalars.count { $0 == "\u{FFFD}" }
        return broken * 4 < bytes.count { $0 >= 0x80 }
    }

    private static let encodings: [String: String.Encoding] = [
        "iso-8859-1": .windowsCP1252, "latin1": .windowsCP1252, "windows-1252": .windowsCP1252,
        "cp1252": .windowsCP1252, "iso-8859-15": .windowsCP1252, "iso-8859-2": .isoLatin2,
        "windows-1250": .windowsCP1250, "windows-1251": .windowsCP1251, "windows-1253": .windowsCP1253,
        "windows-1254": .windowsCP1254, "iso-2022-jp": .iso2022JP, "shift_jis": .shiftJIS, "euc-jp": .japaneseEUC,
        "utf-16": .utf16, "utf-16le": .utf16LittleEndian, "utf-16be": .utf16BigEndian,
    ]
}

/// Encoded words in a header's value (RFC 2047).
package enum IncomingWords {
    /// `text` on one line, without spaces at its ends, each encoded word that can be decoded decoded.
    package static func decode(_ text: String) -> String {
        guard text.contains("=?") else { return text }
        var out = ""
        var rest = text[...]
        var followsWord = false
        while let start = rest.firstRange(of: "=?") {
            let between = rest[..<start.lowerBound]
            guard let (decoded, end) = word(rest[start.upperBound...]) else {
                out += rest[..<start.upperBound]
                rest = rest[start.upperBound...]
                followsWord = false
                continue
            }
            // White space between two encoded words belongs to neither (section 6.2).
            if !(followsWord && between.allSatisfy(\.isWhitespace)) { out += between }
            out += decoded
            rest = rest[end...]
            followsWord = true
        }
        return (out + rest).trimmingSpaces()
    }

    /// Reads `charset?B?text?=`.
    private static func word(_ text: Substring) -> (String, Substring.Index)? {
        // No encoded word is longer than 75 characters; mailers that do not know it stay within some thousand.
        let parts = text.prefix(4000).split(separator: "?", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[3].first == "=" else { return nil }
        let bytes: [UInt8]
        switch parts[1] {
        case "B", "b": bytes = IncomingText.base64(Array(parts[2].utf8))
        case "Q", "q":
            bytes = IncomingText.quotedPrintable(parts[2].utf8.map { $0 == UInt8(ascii: "_") ? 32 : $0 })
        default: return nil
        }
        let charset = String(parts[0].prefix { $0 != "*" })
        let decoded = IncomingText.text(bytes, charset: charset)
        return (
            String(decoding: IncomingText.blanked(Array(decoded.utf8)), as: UTF8.self),
            text.index(after: parts[3].startIndex)
        )
    }
}
