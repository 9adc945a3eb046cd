import Basics
import Bulletin
import Foundation

extension SettingFormat<String> {
    /// Text for people and for headers: on one line unless `lines`, without control characters or those that turn
    /// text round, in NFC, the white space around it trimmed.
    static func text(_ kind: String, most: Int, lines: Bool = false) -> SettingFormat {
        SettingFormat(kind) { text throws(InvalidValue) in
            let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines).precomposedStringWithCanonicalMapping
            guard !trimmed.isEmpty else { throw InvalidValue("is empty: write \(kind)") }
            guard trimmed.unicodeScalars.count <= most else {
                throw InvalidValue(trimmed, "is longer than \(most) characters: shorten it")
            }
            for scalar in trimmed.unicodeScalars where !(lines && scalar == "\n") {
                if scalar == "\n" { throw InvalidValue(trimmed, "has a line break: write it on one line") }
                guard isVisible(scalar) else {
                    throw InvalidValue(
                        trimmed, "holds the hidden character U+\(Hexadecimal.text(of: scalar)): remove it")
                }
            }
            return trimmed
        }
    }

    /// A language tag in the shape of BCP 47 (RFC 5646 section 2.1): language, then subtags.
    static let language = SettingFormat("a language tag such as en-GB") { text throws(InvalidValue) in
        let subtags = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        let letters = subtags.first.map { $0.allSatisfy { isLetter($0) } && (2...3).contains($0.count) } ?? false
        let rest = subtags.dropFirst().allSatisfy { subtag in
            (1...8).contains(subtag.count) && subtag.allSatisfy { isDigit($0) || isLetter($0) }
        }
        guard letters, rest, text.utf8.count <= 35 else {
            throw InvalidValue(text, "is not a language tag: write one such as en-GB")
        }
        return text
    }

    /// A path; `~` and variables stand for themselves.
    static let path = SettingFormat("a path") { text throws(InvalidValue) in
        guard !text.isEmpty else { throw InvalidValue("is empty: write a path") }
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw InvalidValue(text, "holds a control character: write a path")
        }
        return text
    }

    /// The name of a DKIM selector: dot-separated labels (RFC 6376 section 3.1).
    static let selector = SettingFormat("a selector, such as fortnight") { text throws(InvalidValue) in
        guard Domain.aLabels(text + ".example.org") == text.lowercased() + ".example.org" else {
            throw InvalidValue(text, "is no selector: write letters, digits and hyphens, such as fortnight")
        }
        return text.lowercased()
    }

    static let domain = SettingFormat("a domain, such as example.org") { text throws(InvalidValue) in
        guard let domain = Domain.aLabels(text) else {
            throw InvalidValue(text, "is not a domain: write one such as example.org")
        }
        return domain
    }
}

extension SettingFormat<EmailAddress> {
    static let address = SettingFormat("an address, such as editor@example.org") { text throws(InvalidValue) in
        do throws(EmailAddress.Fault) {
            return try EmailAddress(text)
        } catch {
            throw InvalidValue(text, error.description)
        }
    }
}

extension SettingFormat<NamedAddress> {
    /// `Name <address>`, the name quoted or not, or the address alone.
    static let namedAddress = SettingFormat("a name and an address, such as Our eBulletin <bulletin@example.org>") {
        text throws(InvalidValue) in
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard trimmed.unicodeScalars.last == ">", let open = trimmed.unicodeScalars.lastIndex(of: "<") else {
            return NamedAddress(name: nil, address: try SettingFormat<EmailAddress>.address.read(trimmed))
        }
        let inner = trimmed.unicodeScalars[trimmed.unicodeScalars.index(after: open)...].dropLast()
        let address = try SettingFormat<EmailAddress>.address.read(String(inner))
        var name = trimmed[..<open].trimmingCharacters(in: .whitespaces)
        if name.utf8.count >= 2, name.utf8.first == UInt8(ascii: "\""), name.utf8.last == UInt8(ascii: "\"") {
            name = String(name.dropFirst().dropLast().replacing(/\\(.)/) { $0.output.1 })
        }
        guard !name.isEmpty else { return NamedAddress(name: nil, address: address) }
        name = try SettingFormat<String>.text("a name", most: 150).read(name)
        guard !name.unicodeScalars.contains(where: { $0 == "<" || $0 == ">" }) else {
            throw InvalidValue(text, "has more than one address: write one name and one address")
        }
        return NamedAddress(name: name, address: address)
    }
}

private func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
}

/// Whether it is visible, or only joins visible characters: no control, no line separator, no override of
/// the direction of text.
private func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    case .format: scalar == "\u{200C}" || scalar == "\u{200D}" || (0xE0020...0xE007F).contains(scalar.value)
    default: true
    }
}
