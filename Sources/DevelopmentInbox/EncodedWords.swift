import Foundation

/// Encoded words in headers (RFC 2047), read for people to look at.
enum EncodedWords {
    /// The text with each encoded word decoded that can be; the rest as it stands.
    static func decode(_ text: String) -> String {
        guard text.contains("=?") else { return text }
        var out = ""
        var rest = text[...]
        var lastWasEncoded = false
        while let start = rest.range(of: "=?") {
            let between = rest[..<start.lowerBound]
            guard let (decoded, end) = word(rest[start.upperBound...]) else {
                out += rest[..<start.upperBound]
                rest = rest[start.upperBound...]
                lastWasEncoded = false
                continue
            }
            // White space between two encoded words belongs to neither (section 6.2).
            if !(lastWasEncoded && between.allSatisfy(\.isWhitespace)) { out += between }
            out += decoded
            rest = rest[end...]
            lastWasEncoded = true
        }
        return out + rest
    }

    /// Reads `charset?B?text?=`.
    private static func word(_ text: Substring) -> (String, Substring.Index)? {
        let parts = text.split(separator: "?", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[3].first == "=" else { return nil }
        let bytes: [UInt8]
        switch parts[1].uppercased() {
        case "B":
            guard let data = Data(base64Encoded: String(parts[2])) else { return nil }
            bytes = Array(data)
        case "Q":
            bytes = TransferEncoding.quotedPrintable(parts[2].utf8.map { $0 == UInt8(ascii: "_") ? 32 : $0 })
        default: return nil
        }
        let charset = parts[0].prefix { $0 != "*" }
        return (Charset.text(bytes, charset: String(charset)), text.index(after: parts[3].startIndex))
    }
}

/// The ways bytes are written as ASCII in mail (RFC 2045 section 6).
enum TransferEncoding {
    static func decode(_ bytes: some Collection<UInt8>, as name: String) -> [UInt8] {
        switch name.lowercased() {
        case "quoted-printable": quotedPrintable(bytes)
        case "base64": Data(base64Encoded: Data(bytes), options: .ignoreUnknownCharacters).map { Array($0) } ?? []
        default: Array(bytes)
        }
    }

    /// What is no proper escape stays as it stands.
    static func quotedPrintable(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let bytes = Array(bytes)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            guard bytes[at] == UInt8(ascii: "=") else {
                out.append(bytes[at])
                at += 1
                continue
            }
            if at + 2 < bytes.count, let high = digit(bytes[at + 1]), let low = digit(bytes[at + 2]) {
                out.append(high << 4 | low)
                at += 3
            } else if at + 2 < bytes.count, bytes[at + 1] == 13, bytes[at + 2] == 10 {
                at += 3
            } else if at + 1 < bytes.count, bytes[at + 1] == 10 {
                at += 2
            } else {
                out.append(bytes[at])
                at += 1
            }
        }
        return out
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

enum Charset {
    /// The bytes as text; a charset not known here is read as UTF-8, and what is not UTF-8 is shown as such.
    static func text(_ bytes: [UInt8], charset: String) -> String {
        switch charset.lowercased() {
        case "iso-8859-1", "latin1":
            String(String.UnicodeScalarView(bytes.map { UnicodeScalar($0) }))
        case "windows-1252":
            String(bytes: bytes, encoding: .windowsCP1252) ?? String(decoding: bytes, as: UTF8.self)
        default: String(decoding: bytes, as: UTF8.self)
        }
    }
}
