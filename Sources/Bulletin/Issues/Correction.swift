import Basics
package import Foundation

/// A correction of an issue that was sent: mailed to the people who were sent the issue, and shown with its web
/// edition.
package struct Correction: Hashable, Sendable {
    /// From 1 within its issue: the `1` of `0024-c1`.
    package let number: Int
    /// The item it is about, as it was when the correction was accepted; nil if it is about the whole issue.
    package let item: Item?
    /// Markdown.
    package let text: String
    /// When and by whom it was decided.
    package let at: Date
    package let by: String

    package init(number: Int, item: Item?, text: String, at: Date, by: String) {
        (self.number, self.item, self.text, self.at, self.by) = (number, item, text, at, by)
    }

    /// The most characters of its text: it is read on a telephone, and more belongs in another issue.
    package static let mostText = 2000

    /// Why `text` cannot be sent as a correction, with the remedy; nil if it can.
    package static func problem(in text: String) -> String? {
        if let unfit = UnfitCharacter.first(in: text, oneLine: false) {
            return "line \(unfit.line) has \(unfit) in it; take it out"
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            return "there is no text; say what was wrong and what is right"
        }
        guard text.count <= mostText else {
            return "it has \(text.count) characters, but at most \(mostText) are allowed; shorten it"
        }
        return nil
    }

    /// The correction for an item's own change, in Markdown; nil if it was neither moved nor cancelled.
    package static func text(for item: Item) -> String? {
        guard let change = item.change, let starts = item.starts else { return nil }
        let what = item.kind == .meeting ? "meeting" : "event"
        let why = change.why.map { ": \(escaped($0))" } ?? ""
        let sentence =
            switch change {
            case .cancelled: "The \(what) on \(starts.toTheMinute) is called off\(why)"
            case .moved(let from, _): "The \(what) on \(from.toTheMinute) is moved to \(starts.toTheMinute)\(why)"
            }
        return sentence.last.map { ".!?".contains($0) } == true ? sentence : sentence + "."
    }

    /// Plain words escaped for Markdown.
    private static func escaped(_ words: String) -> String {
        var text = ""
        for character in words.split(whereSeparator: \.isNewline).joined(separator: " ") {
            if "\\`*_[]<>&#".contains(character) { text.append("\\") }
            text.append(character)
        }
        return text
    }
}

extension LocalDateTime {
    fileprivate var toTheMinute: String {
        LocalDateTime(date, LocalTime(hour: time.hour, minute: time.minute) ?? time).inWords
    }
}

extension Correction: Codable {
    private enum Key: String, CodingKey {
        case number, item, text, at, by
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        self.init(
            number: try box.decode(Int.self, forKey: .number),
            item: try box.decodeIfPresent(Item.self, forKey: .item),
            text: try box.decode(String.self, forKey: .text), at: try box.decodeStamp(forKey: .at),
            by: try box.decode(String.self, forKey: .by))
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(number, forKey: .number)
        try box.encodeIfPresent(item, forKey: .item)
        try box.encode(text, forKey: .text)
        try box.encode(stamp: at, forKey: .at)
        try box.encode(by, forKey: .by)
    }
}
