import Bulletin
import Foundation
import Rendering

/// Finds items and issues by words in them, whatever their capitals and accents. Held in memory: a decade of issues is a
/// megabyte of text.
struct ArchiveSearch {
    private struct Entry {
        let hit: Pages.Hit
        let folded: String
    }

    private var entries: [IssueNumber: [Entry]] = [:]

    /// Takes in an issue that became public.
    mutating func add(_ issue: Issue, title: String) {
        func hit(_ item: ItemID?, _ title: String) -> Pages.Hit {
            Pages.Hit(number: issue.number, item: item, sends: issue.sends, title: title)
        }
        let whole = Entry(
            hit: hit(nil, title), folded: Self.folded([title, issue.introduction ?? ""].joined(separator: "\n")))
        entries[issue.number] =
            [whole] + issue.items.map { Entry(hit: hit($0.id, $0.title), folded: Self.folded(Self.words(of: $0))) }
    }

    /// Those that hold every word of `query`, or a longer word that begins with it, the latest issue first; at most `most` of them, and how many there are.
    func find(_ query: String, most: Int) -> (hits: [Pages.Hit], count: Int) {
        let words = Self.folded(query).split(separator: " ").prefix(20).map { " \($0)" }
        guard !words.isEmpty else { return ([], 0) }
        var hits: [Pages.Hit] = []
        var count = 0
        for number in entries.keys.sorted(by: >) {
            for entry in entries[number] ?? [] where words.allSatisfy({ entry.folded.contains($0) }) {
                count += 1
                if hits.count < most { hits.append(entry.hit) }
            }
        }
        return (hits, count)
    }

    private static func words(of item: Item) -> String {
        [
            item.title, item.summary, item.organiser ?? "", item.place?.name ?? "", item.place?.address ?? "",
            item.topics.joined(separator: " "), item.network ?? "",
        ].joined(separator: "\n")
    }

    /// Its words in small letters without accents, a space before each.
    private static func folded(_ text: String) -> String {
        let plain = text.folding(options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
        return plain.split { !$0.isLetter && !$0.isNumber }.reduce(into: "") { $0 += " \($1)" }
    }
}
