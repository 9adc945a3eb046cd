import Bulletin
import MIME

/// A report on deliveries (RFC 3464; RFC 6533 for addresses beyond ASCII), as servers write it and not only as it
/// should be: field names in any case, groups that run together, comments, addresses in angle brackets.
struct DeliveryReport: Sendable {
    /// The outcome for a recipient (RFC 3464 section 2.3.3).
    enum Action: String, Sendable {
        case failed, delayed, delivered, relayed, expanded
    }

    struct Recipient: Sendable {
        /// As we wrote to it, where the report says so, else as the server at the end knew it.
        let address: String?
        let action: Action?
        let status: EnhancedCode?
        let diagnostic: String
    }

    /// We send to one; an address that leads to many people may bring many groups.
    static let mostRecipients = 100

    let recipients: [Recipient]

    init(_ groups: [IncomingHeader]) {
        recipients = groups.compactMap(Self.recipient).prefix(Self.mostRecipients).map { $0 }
    }

    /// The group that matters most: a failure that lies with the address, another failure, a delay, anything.
    var decisive: Recipient? {
        let failed = recipients.filter { $0.action == .failed }
        return failed.first { Failure(reported: $0.status, diagnostic: $0.diagnostic).class == .hard } ?? failed.first
            ?? recipients.first { $0.action == .delayed } ?? recipients.first
    }

    private static func recipient(_ group: IncomingHeader) -> Recipient? {
        guard group.has("final-recipient") || group.has("original-recipient") || group.has("action") else { return nil }
        let status = group["status"].flatMap(Self.status)
        let original = group["original-recipient"].flatMap(Self.address)
        let diagnostic = group.all("diagnostic-code").map(Self.words).joined(separator: " ")
        return Recipient(
            address: original ?? group["final-recipient"].flatMap(Self.address),
            action: action(group["action"], status), status: status,
            diagnostic: diagnostic.isEmpty ? words(group["x-supplementary-info"] ?? "") : diagnostic)
    }

    private static func action(_ text: String?, _ status: EnhancedCode?) -> Action? {
        guard let text else {
            return status.map { $0.klass == 5 ? .failed : $0.klass == 4 ? .delayed : .delivered }
        }
        return Action(rawValue: text.lowercased().prefix { $0.isLetter }.description)
    }

    /// `5.1.1 (bad destination mailbox address)`.
    private static func status(_ text: String) -> EnhancedCode? {
        EnhancedCode(text.trimmingSpaces().prefix { $0.isASCII && $0.isNumber || $0 == "." })
    }

    /// The text after `smtp;`, or all of it where no type is named.
    private static func words(_ text: String) -> String {
        guard let semicolon = text.firstIndex(of: ";"),
            text[..<semicolon].allSatisfy({ $0.isLetter || $0.isNumber || "- ".contains($0) }),
            semicolon < text.index(text.startIndex, offsetBy: min(24, text.count))
        else { return text }
        return text[text.index(after: semicolon)...].trimmingSpaces()
    }

    /// `rfc822; ann@example.org`, `utf-8; \x{…}`: the address after the type, bare.
    private static func address(_ text: String) -> String? {
        var rest = text[...]
        if let semicolon = text.firstIndex(of: ";") {
            guard !text[..<semicolon].lowercased().trimmingSpaces().hasPrefix("x-") else { return nil }
            rest = text[text.index(after: semicolon)...]
        }
        return WrittenAddress.first(in: unescaped(rest.trimmingSpaces()))
    }

    /// RFC 6533 section 3: `\x{5B57}` stands for a character beyond ASCII.
    private static func unescaped(_ text: String) -> String {
        guard text.contains("\\x{") else { return text }
        var out = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "\\x{") {
            out += rest[..<start.lowerBound]
            rest = rest[start.upperBound...]
            guard let end = rest.firstIndex(of: "}"), let value = UInt32(rest[..<end], radix: 16),
                let scalar = Unicode.Scalar(value)
            else { continue }
            out.unicodeScalars.append(scalar)
            rest = rest[rest.index(after: end)...]
        }
        return out + rest
    }
}

/// Addresses in text that other people wrote.
enum WrittenAddress {
    /// The first address in `text`, bare; nil where there is none. At most the first kilobytes are looked at.
    static func first(in text: some StringProtocol) -> String? { all(in: text, most: 1).first }

    /// Every address in `text`, in order.
    static func all(in text: some StringProtocol, most: Int) -> [String] {
        var found: [String] = []
        for word in text.prefix(8192).split(whereSeparator: { $0.isWhitespace || "<>()[]\"',;:|".contains($0) }) {
            guard word.contains("@"), found.count < most else { continue }
            let bare = word.drop { ".-=*".contains($0) }
            if let address = try? EmailAddress(bare.trimmingEnd(of: ".?!*")) {
                found.append(address.wire)
            }
        }
        return found
    }

    /// The name and the address of the first mailbox in a From or To (RFC 5322 section 3.4).
    static func mailbox(_ value: String) -> (name: String?, address: EmailAddress)? {
        let text = value.prefix(2000)
        if let open = text.lastIndex(of: "<"), let close = text[open...].firstIndex(of: ">"),
            let address = try? EmailAddress(text[text.index(after: open)..<close])
        {
            let name = IncomingWords.decode(text[..<open].trimmingSpaces())
            let bare = name.trimmingCharacters(of: "\"").trimmingSpaces()
            return (bare.isEmpty ? nil : bare, address)
        }
        return first(in: text).flatMap { try? EmailAddress($0) }.map { (nil, $0) }
    }
}

extension StringProtocol {
    fileprivate func trimmingEnd(of characters: String) -> SubSequence {
        var rest = self[...]
        while let last = rest.last, characters.contains(last) { rest = rest.dropLast() }
        return rest
    }

    fileprivate func trimmingCharacters(of characters: String) -> String {
        String(drop { characters.contains($0) }.trimmingEnd(of: characters))
    }
}
