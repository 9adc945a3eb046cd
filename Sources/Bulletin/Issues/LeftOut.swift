/// Why an item is not in an issue: what programs decide by, and the words for people.
package struct LeftOutReason: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, Codable {
        /// It has been in an earlier issue.
        case hasBeen = "has-been"
        /// A person can do away with it.
        case needsMending = "needs-mending"
        /// The item's own time is still to come.
        case notYet = "not-yet"
        case other
    }

    package let kind: Kind
    /// In a sentence without a full stop that goes on from the item's title.
    package let words: String

    package init(_ kind: Kind, _ words: String) { (self.kind, self.words) = (kind, words) }

    package init(_ words: String) { self.init(.other, words) }

    static func hasBeen(in number: IssueNumber) -> LeftOutReason { .init(.hasBeen, "has been in issue \(number)") }
    static func needsMending(_ problem: String) -> LeftOutReason { .init(.needsMending, "needs mending: \(problem)") }

    /// As a file has it that stores words alone.
    init(recorded words: String) {
        let kinds: [(String, Kind)] = [
            ("has been in issue", .hasBeen), ("needs mending", .needsMending), ("may appear from", .notYet),
        ]
        self.init(kinds.first { words.hasPrefix($0.0) }?.1 ?? .other, words)
    }
}

/// An item that was in the queue and is not in the issue, with the reason.
package struct LeftOut: Hashable, Sendable {
    package let id: ItemID
    package let title: String
    package let why: LeftOutReason

    package init(id: ItemID, title: String, why: LeftOutReason) { (self.id, self.title, self.why) = (id, title, why) }

    package init(id: ItemID, title: String, reason: String) {
        self.init(id: id, title: title, why: LeftOutReason(.other, reason))
    }

    /// In words.
    package var reason: String { why.words }
}

extension LeftOut: Codable {
    private enum Key: String, CodingKey {
        case id, title, reason, kind
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        let words = try box.decode(String.self, forKey: .reason)
        // One of a newer program is read by its words.
        let kind = try box.decodeIfPresent(String.self, forKey: .kind).flatMap(LeftOutReason.Kind.init(rawValue:))
        self.init(
            id: try box.decode(ItemID.self, forKey: .id), title: try box.decode(String.self, forKey: .title),
            why: kind.map { LeftOutReason($0, words) } ?? LeftOutReason(recorded: words))
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(id, forKey: .id)
        try box.encode(title, forKey: .title)
        try box.encode(reason, forKey: .reason)
        if why.kind != .other { try box.encode(why.kind, forKey: .kind) }
    }
}
