import Basics
internal import Foundation

extension Issue: Codable {
    private enum Key: String, CodingKey {
        case number, slot, sends, closedAt, introduction, items, leftOut
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        self.init(
            number: try box.decode(IssueNumber.self, forKey: .number), slot: try box.decodeStamp(forKey: .slot),
            sends: try box.decodeStamp(forKey: .sends), closedAt: try box.decodeStamp(forKey: .closedAt),
            introduction: try box.decodeIfPresent(String.self, forKey: .introduction),
            items: try box.decode([Item].self, forKey: .items),
            leftOut: try box.decodeIfPresent([LeftOut].self, forKey: .leftOut) ?? [])
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(number, forKey: .number)
        try box.encode(stamp: slot, forKey: .slot)
        try box.encode(stamp: sends, forKey: .sends)
        try box.encode(stamp: closedAt, forKey: .closedAt)
        try box.encodeIfPresent(introduction, forKey: .introduction)
        try box.encode(items, forKey: .items)
        try box.encode(leftOut, forKey: .leftOut)
    }
}

extension Decision: Codable {
    private enum Key: String, CodingKey {
        case issue, decision, reason, to, item, text, at, by, approves
    }

    private enum Word: String, Codable {
        case hold, release, skip, move, correct, arrange
        case sendNow = "send-now"
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        let kind: Kind =
            switch try box.decode(Word.self, forKey: .decision) {
            case .hold: .hold(reason: try box.decodeIfPresent(String.self, forKey: .reason))
            case .release: .release
            case .skip: .skip(reason: try box.decodeIfPresent(String.self, forKey: .reason))
            case .sendNow: .sendNow
            case .move: .move(to: try box.decode(LocalDateTime.self, forKey: .to))
            case .correct:
                .correct(
                    item: try box.decodeIfPresent(ItemID.self, forKey: .item),
                    text: try box.decode(String.self, forKey: .text))
            case .arrange: .arrange(try box.decode(String.self, forKey: .text))
            }
        self.init(
            issue: try box.decode(IssueNumber.self, forKey: .issue), kind: kind, at: try box.decodeStamp(forKey: .at),
            by: try box.decode(String.self, forKey: .by),
            approves: try box.decodeIfPresent(String.self, forKey: .approves))
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(issue, forKey: .issue)
        switch kind {
        case .hold(let reason):
            try box.encode(Word.hold, forKey: .decision)
            try box.encodeIfPresent(reason, forKey: .reason)
        case .release: try box.encode(Word.release, forKey: .decision)
        case .skip(let reason):
            try box.encode(Word.skip, forKey: .decision)
            try box.encodeIfPresent(reason, forKey: .reason)
        case .sendNow: try box.encode(Word.sendNow, forKey: .decision)
        case .move(let time):
            try box.encode(Word.move, forKey: .decision)
            try box.encode(time, forKey: .to)
        case .correct(let item, let text):
            try box.encode(Word.correct, forKey: .decision)
            try box.encodeIfPresent(item, forKey: .item)
            try box.encode(text, forKey: .text)
        case .arrange(let words):
            try box.encode(Word.arrange, forKey: .decision)
            try box.encode(words, forKey: .text)
        }
        try box.encode(stamp: at, forKey: .at)
        try box.encode(by, forKey: .by)
        try box.encodeIfPresent(approves, forKey: .approves)
    }
}
