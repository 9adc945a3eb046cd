import Basics
package import Bulletin
package import Foundation

/// The differences in an issue since somebody last looked at it. Pure.
package struct ProofChanges: Sendable {
    /// In sentences: items that are new, gone or changed, with the fields.
    package let words: [String]
    /// Lines of the text edition that are gone or new.
    package let lines: [Line]

    package enum Line: Hashable, Sendable {
        case gone(String)
        case new(String)
    }

    package init(from old: (issue: Issue, text: String), to new: (issue: Issue, text: String), zone: TimeZone) {
        words = Self.words(old.issue, new.issue, zone: zone)
        lines = Self.lines(old.text, new.text)
    }

    private static func words(_ old: Issue, _ new: Issue, zone: TimeZone) -> [String] {
        var words: [String] = []
        if old.sends != new.sends {
            words.append("It is sent on \(new.sends.inWords(in: zone)), not on \(old.sends.inWords(in: zone)).")
        }
        switch (old.introduction, new.introduction) {
        case (nil, .some): words.append("It has an introduction now.")
        case (.some, nil): words.append("Its introduction is gone.")
        case (let before, let after): if before != after { words.append("Its introduction is changed.") }
        }
        let before = Dictionary(old.items.map { ($0.id, $0) }) { first, _ in first }
        let after = Dictionary(new.items.map { ($0.id, $0) }) { first, _ in first }
        for item in new.items where before[item.id] == nil { words.append("New: \(item.id), \(item.title).") }
        for item in old.items where after[item.id] == nil {
            let reason = new.leftOut.first { $0.id == item.id }?.reason
            words.append("Gone: \(item.id), \(item.title)\(reason.map { ": it \($0)" } ?? "").")
        }
        for item in new.items {
            guard let earlier = before[item.id], earlier != item else { continue }
            words += changes(earlier, item)
        }
        let kept = old.items.map(\.id).filter { after[$0] != nil }
        if kept != new.items.map(\.id).filter({ before[$0] != nil }) { words.append("The order is changed.") }
        return words
    }

    private static func changes(_ old: Item, _ new: Item) -> [String] {
        var words: [String] = []
        if old.change != new.change {
            switch new.change {
            case .cancelled: words.append("called off")
            case .moved(let from, _): words.append("moved from \(from.inWords)")
            case nil: words.append("restored to its first time")
            }
        }
        for field in ItemField.all {
            let (before, after) = (field.shown(of: old), field.shown(of: new))
            guard before != after else { continue }
            switch (before, after) {
            case (nil, let value?): words.append("\(field.name) is \(value) now")
            case (_?, nil): words.append("\(field.name) is gone")
            case (let earlier?, let value?): words.append("\(field.name) was \(earlier), is \(value)")
            case (nil, nil): break
            }
        }
        return words.isEmpty ? [] : ["Changed: \(new.id), \(new.title): \(words.joined(separator: "; "))."]
    }

    private static func lines(_ old: String, _ new: String) -> [Line] {
        let before = old.split(separator: "\n", omittingEmptySubsequences: false)
        let after = new.split(separator: "\n", omittingEmptySubsequences: false)
        let difference = after.difference(from: before)
        var gone: [Int: Substring] = [:]
        var came: [Int: Substring] = [:]
        for change in difference {
            switch change {
            case .remove(let offset, let line, _): gone[offset] = line
            case .insert(let offset, let line, _): came[offset] = line
            }
        }
        var lines: [Line] = []
        var (left, right) = (0, 0)
        while left < before.count || right < after.count {
            if let line = gone[left] {
                if !line.isEmpty { lines.append(.gone(String(line))) }
                left += 1
            } else if let line = came[right] {
                if !line.isEmpty { lines.append(.new(String(line))) }
                right += 1
            } else {
                left += 1
                right += 1
            }
        }
        return lines
    }
}

extension ItemField {
    /// The value for people, long texts shortened; nil where there is none.
    fileprivate func shown(of item: Item) -> String? {
        switch form {
        case .kind: item.kind.rawValue
        case .line(let path): item[keyPath: path]
        case .paragraphs(let path): item[keyPath: path].map { $0.count > 40 ? "“\($0.prefix(40))…”" + digest($0) : $0 }
        case .time(let path): item[keyPath: path]?.inWords
        case .day(let path): item[keyPath: path]?.inWords
        case .number(let path, _): String(item[keyPath: path])
        case .list(let path): item[keyPath: path].isEmpty ? nil : item[keyPath: path].joined(separator: ", ")
        case .repetition: item.repeat.rawValue
        }
    }

    /// Tells apart long texts that begin alike.
    private func digest(_ text: String) -> String { " (\(text.count) characters)" }
}
