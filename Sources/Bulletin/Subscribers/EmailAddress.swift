import CIdn2
import Foundation

/// An email address (RFC 5321 section 4.1.2, RFC 6531 section 3.3): a local part in Unicode NFC and a domain of
/// lower-case A-labels. No value of this type contains a control character, a space outside quotes, or an angle bracket
/// outside quotes, so none can add a line to a header or a command.
package struct EmailAddress: Hashable, Sendable {
    /// As the person wrote it, NFC; a quoted string keeps its quotes.
    package let local: String
    /// Lower-case A-labels, as used on the wire.
    package let domain: String

    /// Why a text is not an address; `description` tells the person, with the remedy.
    package enum Fault: String, Error, Sendable, CustomStringConvertible {
        case noAt = "has no @: write it as name@example.org"
        case emptyLocal = "has nothing before the @"
        case badLocal = "has a character before the @ that is not allowed in an address"
        case longLocal = "has more than 64 bytes before the @"
        case badDomain = "has no valid domain after the @: write it as name@example.org"
        case long = "is longer than 254 bytes"

        package var description: String { rawValue }
    }

    /// Trims white space, converts to NFC, and turns the domain into A-labels (IDNA 2008). Throws if it is not an
    /// address: local part over 64 octets, the whole over 254, a domain without a dot, address literals.
    package init(_ text: some StringProtocol) throws(Fault) {
        // Nearly every address is of the simplest form, and many others are printable ASCII, which needs no trimming
        // and is in NFC. This matters when a list of a million is read.
        var trimmed = String(text)
        if let plain = trimmed.withUTF8({ EmailAddress(plain: $0) }) {
            self = plain
            return
        }
        if !trimmed.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
            trimmed = trimmed.trimmingCharacters(in: .whitespacesAndNewlines).precomposedStringWithCanonicalMapping
        }
        guard let at = trimmed.unicodeScalars.lastIndex(of: "@") else { throw .noAt }
        let local = String(trimmed[..<at])
        guard !local.isEmpty else { throw .emptyLocal }
        guard Self.isLocalPart(local) else { throw .badLocal }
        guard local.utf8.count <= 64 else { throw .longLocal }
        guard let domain = Domain.aLabels(String(trimmed[trimmed.unicodeScalars.index(after: at)...])) else {
            throw .badDomain
        }
        guard local.utf8.count + 1 + domain.utf8.count <= 254 else { throw .long }
        (self.local, self.domain) = (local, domain)
    }

    /// `local@domain`, the domain in A-labels: for the envelope and the headers.
    package var wire: String { "\(local)@\(domain)" }

    /// `local@domain` with the domain in U-labels, for people to read.
    package var display: String { "\(local)@\(Domain.uLabels(domain))" }

    /// Two spellings of one address have the same canonical form: the local part case-folded. Ids are derived from it.
    package var canonical: String {
        "\(needsSMTPUTF8 ? local.lowercased().precomposedStringWithCanonicalMapping : local.lowercased())@\(domain)"
    }

    /// Whether it needs SMTPUTF8 (RFC 6531): the local part is not ASCII.
    package var needsSMTPUTF8: Bool { !local.utf8.allSatisfy { $0 < 0x80 } }

    private static func isLocalPart(_ text: String) -> Bool {
        text.hasPrefix("\"") ? isQuotedString(text) : isDotString(text)
    }

    private static func isDotString(_ text: String) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
            !atom.isEmpty && atom.unicodeScalars.allSatisfy(isAtomCharacter)
        }
    }

    private static func isAtomCharacter(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.isASCII else { return isTextual(scalar) }
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": return true
        default: return "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains(scalar)
        }
    }

    private static func isQuotedString(_ text: String) -> Bool {
        var scalars = text.unicodeScalars.dropFirst()
        guard scalars.popLast() == "\"", !scalars.isEmpty else { return false }
        var escaped = false
        for scalar in scalars {
            guard scalar.isASCII ? (0x20...0x7E).contains(scalar.value) : isTextual(scalar) else { return false }
            if escaped {
                guard scalar.isASCII else { return false }
                escaped = false
            } else if scalar == "\\" {
                escaped = true
            } else if scalar == "\"" {
                return false
            }
        }
        return !escaped
    }

    /// Letters, marks, digits, punctuation and symbols beyond ASCII: nothing that hides, breaks or reverses text.
    private static func isTextual(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            false
        default: scalar != "\u{FFFD}"
        }
    }
}

extension EmailAddress: CustomStringConvertible, Codable {
    package var description: String { wire }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do {
            try self.init(text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) \(error)")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wire)
    }
}

/// Domain names, in the form for the wire and the form for people (RFC 5890 to 5893, through libidn2).
package enum Domain {
    /// Lower-case A-labels of at least two labels, at most 253 bytes (RFC 5321 section 4.5.3.1.2); nil if it is not a
    /// domain. A trailing dot is dropped; an all-numeric top label is not allowed.
    package static func aLabels(_ text: String) -> String? {
        let bare = text.hasSuffix(".") ? String(text.dropLast()) : text
        guard !bare.isEmpty, bare.utf8.count <= 1000, !bare.utf8.contains(0) else { return nil }
        let ascii: String
        let small = bare.lowercased()
        if bare.utf8.allSatisfy({ $0 < 0x80 }), !bare.utf8.contains(UInt8(ascii: "-")) || !small.contains("xn--") {
            ascii = small
        } else {
            guard let converted = convert(bare, idn2_to_ascii_8z) else { return nil }
            ascii = converted.lowercased()
        }
        let labels = ascii.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, ascii.utf8.count <= 253, labels.allSatisfy(isHostLabel),
            let top = labels.last, !top.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return ascii
    }

    /// U-labels for people to read; the text itself if it cannot be converted.
    package static func uLabels(_ domain: String) -> String {
        guard domain.contains("xn--") else { return domain }
        var out: UnsafeMutablePointer<CChar>?
        guard idn2_to_unicode_8z8z(domain, &out, 0) == IDN2_OK.rawValue, let out else { return domain }
        defer { idn2_free(out) }
        return String(cString: out)
    }

    private static func convert(
        _ text: String,
        _ with: (UnsafePointer<CChar>?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, CInt) -> CInt
    ) -> String? {
        var out: UnsafeMutablePointer<CChar>?
        let flags = CInt(IDN2_NFC_INPUT.rawValue | IDN2_NONTRANSITIONAL.rawValue)
        guard with(text, &out, flags) == IDN2_OK.rawValue, let out else { return nil }
        defer { idn2_free(out) }
        return String(cString: out)
    }

    private static func isHostLabel(_ label: some StringProtocol) -> Bool {
        let bytes = label.utf8
        guard (1...63).contains(bytes.count), !label.hasPrefix("-"), !label.hasSuffix("-") else {
            return false
        }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
    }
}
