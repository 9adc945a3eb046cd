import Basics
package import Bulletin
package import Foundation

/// Writes the issues as an Atom feed (RFC 4287). It contains nothing about readers, and its ids never change.
package struct AtomWriter: Sendable {
    /// An issue in the feed.
    package struct Entry: Hashable, Sendable {
        package let number: IssueNumber
        package let sends: Date
        /// When its page last changed.
        package let updated: Date
        package let title: String
        /// Its content, by the titles of its items.
        package let items: [(id: ItemID, title: String)]

        package init(
            number: IssueNumber, sends: Date, updated: Date, title: String, items: [(id: ItemID, title: String)]
        ) {
            (self.number, self.sends, self.updated, self.title, self.items) = (number, sends, updated, title, items)
        }

        package static func == (left: Entry, right: Entry) -> Bool {
            left.number == right.number && left.updated == right.updated && left.title == right.title
        }

        package func hash(into hasher: inout Hasher) { hasher.combine(number) }
    }

    private let masthead: Masthead
    /// When the bulletin began: every id contains the year (RFC 4151).
    private let began: Date

    package init(masthead: Masthead, began: Date) { (self.masthead, self.began) = (masthead, began) }

    /// `entries` in the order given, latest first.
    package func feed(of entries: [Entry]) -> String {
        let site = masthead.site
        let updated = entries.map(\.updated).max() ?? began
        var lines = [
            #"<?xml version="1.0" encoding="utf-8"?>"#,
            #"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="\#(Self.escaped(masthead.language))">"#,
            "<id>\(Self.escaped(id("feed")))</id>",
            "<title>\(Self.escaped(masthead.name))</title>",
            "<updated>\(updated.rfc3339(in: .gmt))</updated>",
            "<author><name>\(Self.escaped(masthead.publisher))</name></author>",
            #"<link rel="self" type="application/atom+xml" href="\#(Self.escaped(site))/feed.atom"/>"#,
            #"<link rel="alternate" type="text/html" href="\#(Self.escaped(site))/issues/"/>"#,
        ]
        for entry in entries { lines += self.lines(of: entry) }
        return (lines + ["</feed>"]).joined(separator: "\n") + "\n"
    }

    private func lines(of entry: Entry) -> [String] {
        let page = masthead.url(of: entry.number)
        let list = entry.items.map {
            "<li><a href=\"\(Self.escaped(page))#\($0.id)\">\(Self.escaped($0.title))</a></li>"
        }
        return [
            "<entry>",
            "<id>\(Self.escaped(id("issue-\(entry.number)")))</id>",
            "<title>\(Self.escaped(entry.title))</title>",
            "<published>\(entry.sends.rfc3339(in: .gmt))</published>",
            "<updated>\(entry.updated.rfc3339(in: .gmt))</updated>",
            #"<link rel="alternate" type="text/html" href="\#(Self.escaped(page))"/>"#,
            "<content type=\"html\">\(Self.escaped("<ul>\(list.joined())</ul>"))</content>",
            "</entry>",
        ]
    }

    /// `tag:example.org,2026:issue-24`
    private func id(_ name: String) -> String {
        "tag:\(masthead.from.domain),\(LocalDateTime(began, in: .gmt).date.year):\(name)"
    }

    /// Text escaped for XML 1.0.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in CleanText.block(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\u{FFFE}", "\u{FFFF}": continue
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
