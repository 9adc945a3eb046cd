import Bulletin
import Foundation
import Testing

@testable import Rendering

@Suite("Letters to subscribers")
struct LetterRendererTests {
    @Test("match the golden files, within the columns of a narrow window")
    func recorded() throws {
        let renderer = LetterRenderer(
            masthead: try Sample.masthead(), templates: try TemplateSet(folder: Sample.templates))
        let link = renderer.link("confirm", token: "abc")
        for (matter, name) in [
            (LetterRenderer.Matter.confirm(link: link), "confirm"),
            (.confirm(link: link, byMail: true), "confirm-by-mail"), (.choices(link: link), "choices"),
            (.goodbye(link: link), "goodbye"), (.moved(to: "n…@example.net"), "moved"), (.moved(to: nil), "moved-away"),
            (.help(join: "bounces+subscribe@example.org", leave: "bounces+unsubscribe@example.org"), "help"),
        ] {
            let (subject, text) = renderer.print(matter)
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= 76 || $0.contains("://") })
            try Golden.expect("\(subject)\n\n\(text)", matches: "letters/\(name).txt")
        }
    }
}

@Suite("The feed")
struct FeedPressTests {
    @Test("matches the golden file, with hostile words made harmless")
    func recorded() throws {
        let renderer = AtomWriter(masthead: try Sample.masthead(), began: Sample.date("2026-11-20T09:00:00Z"))
        let id = try #require(ItemID("abc234"))
        let entries = [24, 23].map { number in
            AtomWriter.Entry(
                number: IssueNumber(number), sends: Sample.date("2026-12-02T10:00:00Z"),
                updated: Sample.date("2026-12-03T10:00:00Z"), title: "Issue <\(number)> & more \u{1}]]>",
                items: [(id, "Tea & \"cake\" <script>")])
        }
        try Golden.expect(renderer.feed(of: entries), matches: "feed/two.atom")
        try Golden.expect(renderer.feed(of: []), matches: "feed/empty.atom")
    }
}
