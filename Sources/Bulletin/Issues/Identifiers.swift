import Basics

/// The number of an issue, from 1; four digits or more in file names (`0024`).
package struct IssueNumber: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let value: Int

    package init(_ value: Int) { self.value = value }

    package init(from decoder: any Decoder) throws { value = try decoder.singleValueContainer().decode(Int.self) }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(value)
    }

    package var description: String { String(value) }

    /// As in file names: at least four digits.
    package var padded: String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    package static func < (left: IssueNumber, right: IssueNumber) -> Bool { left.value < right.value }
}

/// An issue, or one of its corrections. Names the ledger, the return path and the Message-ID: `0024`, `0024-c1`.
package struct Mailing: Hashable, Sendable, CustomStringConvertible {
    package let issue: IssueNumber
    /// From 1; nil for the issue itself.
    package let correction: Int?

    package init(_ issue: IssueNumber, correction: Int? = nil) {
        self.issue = issue
        self.correction = correction
    }

    /// Reads `0024` or `0024-c1`, nil for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let digits = parts.first, let number = Self.number(digits), number > 0 else { return nil }
        if parts.count == 2 {
            guard let count = Self.number(parts[1].dropFirst()), count > 0 else { return nil }
            self.init(IssueNumber(number), correction: count)
        } else {
            self.init(IssueNumber(number))
        }
        // One name for each mailing: `00024` and `0024-c01` would be second names of its files.
        guard description.utf8.elementsEqual(text.utf8) else { return nil }
    }

    private static func number(_ digits: some StringProtocol) -> Int? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        return Int(digits)
    }

    /// As in sentences: `issue 24`, `correction 1 of issue 24`.
    package var inWords: String { (correction.map { "correction \($0) of " } ?? "") + "issue \(issue)" }

    /// As people type it: `24`, `24-c1`.
    package var argument: String { "\(issue)" + (correction.map { "-c\($0)" } ?? "") }

    package var description: String { issue.padded + (correction.map { "-c\($0)" } ?? "") }
}

/// Six characters of base32 that name an item in commands, files and links.
package struct ItemID: Hashable, Sendable, Comparable, Codable, CustomStringConvertible {
    package let description: String

    package static let length = 6

    /// Stands in a draft that is judged before it has an id of its own.
    package static let unused = ItemID(checked: String(repeating: "a", count: length))

    private init(checked text: String) { description = text }

    /// Nil unless `text` is six characters of base32; upper case is folded.
    package init?(_ text: some StringProtocol) {
        let folded = text.lowercased()
        // The length of both: a letter beyond ASCII may fold into ASCII (U+212A into k).
        guard text.utf8.count == Self.length, folded.utf8.count == Self.length,
            folded.utf8.allSatisfy({ Base32.value($0) != nil })
        else { return nil }
        description = folded
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = ItemID(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not an item's id")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    package static func < (left: ItemID, right: ItemID) -> Bool { left.description < right.description }
}
