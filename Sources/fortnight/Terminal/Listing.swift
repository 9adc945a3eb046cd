import Basics
import Bulletin
import Foundation

/// Prints rows for people, as wide as the terminal.
enum Listing {
    /// Columns of a listing: long lines are hard to follow.
    static var width: Int { min(Terminal.width, 110) }

    /// `1 item`, `2 items`
    static func count(_ number: Int, _ unit: String) -> String { "\(number) \(unit)\(number == 1 ? "" : "s")" }

    /// `accepted 120, refused 3, to come 0`; and `unknown 1` where a message may or may not have arrived.
    static func figures(_ counts: DeliveryCounts) -> String {
        "accepted \(counts.accepted), refused \(counts.refused), to come \(counts.owed + counts.handed + counts.deferred)"
            + (counts.unknown > 0 ? ", unknown \(counts.unknown)" : "")
    }

    /// The beginning, in at most sixteen columns: `Thu 10 Dec 13:30`, or `Thu 10 Dec` for a whole day. Empty for a notice.
    static func begins(_ item: Item) -> String {
        guard let starts = item.starts else { return "" }
        let words = starts.date.inWords.split(separator: " ")
        guard words.count == 4 else { return starts.description }
        let clock = item.isAllDay ? "" : " \(starts.time.description.prefix(5))"
        return "\(words[0].prefix(3)) \(words[1]) \(words[2].prefix(3))\(clock)"
    }

    /// One item on a line: id, kind, when it begins, and its title.
    static func item(_ item: Item, indent: Int) {
        let head =
            String(repeating: " ", count: indent) + "\(item.id)  " + TerminalText.fitted(item.kind.rawValue, to: 9)
            + TerminalText.fitted(begins(item), to: 18)
        row(head, title: item.title, under: indent + 8)
    }

    /// Columns, and a title after them; where there is little room, the title has lines of its own.
    static func row(_ columns: String, styled: String? = nil, title: String, under indent: Int) {
        let title = Terminal.safe(title)
        let room = width - TerminalText.width(columns)
        guard room < 20, TerminalText.width(title) > room else {
            return print((styled ?? columns) + TerminalText.cut(title, to: room))
        }
        let columns = styled ?? columns
        print(columns[...(columns.lastIndex { $0 != " " } ?? columns.startIndex)])
        lines(title, indent: indent)
    }

    /// `text` on one line for programs, and wrapped to the terminal for people, with a hanging indent.
    static func flow(_ text: String, indent: Int = 0, hanging: Int = 2) {
        let margin = String(repeating: " ", count: indent)
        guard Terminal.isInteractive else { return print(margin + text) }
        for line in TerminalText.wrapped(text, to: max(20, width - indent), indent: hanging) {
            print(margin + line)
        }
    }

    /// `text` wrapped to the terminal, in that style.
    static func lines(_ text: String, indent: Int, style: Terminal.Style? = nil) {
        let margin = String(repeating: " ", count: indent)
        for line in TerminalText.wrapped(text, to: width - indent, indent: 2) {
            print(margin + (style.map { Terminal.styled(line, $0) } ?? line))
        }
    }
}
