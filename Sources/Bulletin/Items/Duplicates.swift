import Foundation

/// Finds items that announce the same thing.
package enum Duplicates {
    /// The one of `others` that `item` repeats, or nil: of the same title and time, or of the same time and much the
    /// same title or, if neither has a time, of the same title.
    package static func original(of item: Item, among others: some Sequence<Item>) -> Item? {
        let words = words(of: item.title)
        return others.first { other in
            guard other.id != item.id, item.change == nil || other.change == nil else { return false }
            let theirs = Self.words(of: other.title)
            guard !words.isEmpty, !theirs.isEmpty else { return false }
            switch (item.startInstant, other.startInstant) {
            case (nil, nil): return words == theirs
            case (let ours?, let start?) where ours == start:
                let common = words.intersection(theirs).count
                return common * 4 >= min(words.count, theirs.count) * 3
            default: return false
            }
        }
    }

    /// Letters and digits of a title, word by word, without case or accents; common words are left out.
    private static func words(of title: String) -> Set<String> {
        let folded = title.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
        let words = Set(folded.split { !$0.isLetter && !$0.isNumber }.map(String.init))
        let telling = words.subtracting(["the", "a", "an", "of", "and", "at", "in", "meeting", "event"])
        return telling.isEmpty ? words : telling
    }
}
