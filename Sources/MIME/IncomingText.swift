import Foundation

/// Text that somebody else wrote, in whatever encoding they say or do not say: something always comes out.
package enum IncomingText {
    /// Bytes of a header's value as one line: UTF-8 where they are, Latin-1 elsewhere; a control character is a space.
    static func line(_ bytes: [UInt8]) -> String {
        var clean = bytes
        for index in clean.indices where clean[index] < 0x20 || clean[index] == 0x7F { clean[index] = 0x20 }
        return text(clean, charset: "utf-8").trimmingSpaces()
    }

    /// A part's own text: transfer encoding and charset taken off, line ends as line feeds. HTML is made plain.
    static func text(_ bytes: some Collection<UInt8>, _ type: IncomingParameters, encoding: String?) -> String {
        let raw = decode(bytes, as: encoding)
        let text = text(raw, charset: type["charset"] ?? "utf-8").replacing("\r\n", with: "\n").replacing(
            "\0", with: "")
        return type.value == "text/html" ? PlainHTML.text(text) : text
    }

    /// Takes off the transfer encoding (RFC 2045 section 6); what is broken of it is passed over.
    package static func decode(_ bytes: some Collection<UInt8>, as encoding: String?) -> [UInt8] {
        switch encoding?.lowercased().trimmingSpaces() {
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
            if index + 2 < bytes.count, let high = hexadecimal(bytes[index + 1]),
                let low = hexadecimal(bytes[index + 2])
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

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// Whatever is not of the alphabet is passed over, and a padding in the middle begins anew.
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
    /// With each encoded word decoded that can be; the rest as it stands.
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
        return out + rest
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
        return (
            IncomingText.line(Array(IncomingText.text(bytes, charset: charset).utf8)),
            text.index(after: parts[3].startIndex)
        )
    }
}

/// HTML made plain, well enough to find words in.
enum PlainHTML {
    /// Where mail programs begin to quote what is answered.
    private static let quotes = ["<blockquote", "gmail_quote", "divrplyfwdmsg", "appendonsend", "moz-cite-prefix"]

    static func text(_ html: String) -> String {
        var out = String.UnicodeScalarView()
        var tag: [UInt8]?
        var hidden: String?
        for scalar in html.unicodeScalars {
            if var name = tag {
                if scalar == ">" {
                    tag = nil
                    begin(String(decoding: name, as: UTF8.self).lowercased(), &hidden, &out)
                } else if name.count < 512, scalar.isASCII {
                    name.append(UInt8(scalar.value))
                    tag = name
                }
            } else if scalar == "<" {
                tag = []
            } else if hidden == nil {
                out.append(scalar == "\r" || scalar == "\n" ? " " : scalar)
            }
        }
        var text = String(out)
        for (entity, character) in [
            ("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&"),
        ] { text = text.replacing(entity, with: character) }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.trimmingSpaces() }
            .joined(separator: "\n")
    }

    private static func begin(_ tag: String, _ hidden: inout String?, _ out: inout String.UnicodeScalarView) {
        let name = tag.prefix { !$0.isWhitespace && $0 != "/" || $0 == "/" && tag.first == "/" }
        if let current = hidden {
            if name == "/\(current)" { hidden = nil }
            return
        }
        if ["style", "script", "head", "title"].contains(name) { hidden = String(name) }
        if quotes.contains(where: { ("<" + tag).contains($0) }) { out.append(contentsOf: "\n> ".unicodeScalars) }
        if ["br", "p", "/p", "div", "/div", "tr", "li", "h1", "h2", "/h1", "/h2", "hr", "table"].contains(name) {
            out.append("\n")
        }
    }
}
