import Bulletin
import Foundation
import Testing

@testable import Rendering

@Suite struct MailSizeTests {
    /// Thirty items with every field, whose summaries grow longer from one to the next.
    private func largeIssue(sentences: Int) throws -> Bulletin.Issue {
        let model = try Sample.smallIssue().items[0]
        let letters = Array("abcdefghijklmnopqrstuvwxyz234567")
        return Sample.issue(
            try (0..<30).map { index in
                var item = model
                item.id = try Sample.item("large\(letters[index])", .event, "").id
                item.kind = Item.Kind.allCases[index % 3]
                item.title = "Item \(index) of thirty, with a title of a common length"
                item.summary = (0..<(index * sentences / 30)).map { "Sentence \($0) says a little more." }
                    .joined(separator: " ")
                return item
            })
    }

    @Test func aMailOfThirtyItemsStaysUnderTheSizeThatReadersShow() throws {
        for sentences in [0, 600] {
            let editions = try Sample.renderer().print(largeIssue(sentences: sentences), zone: Sample.london)
            #expect(editions.mailHTML.utf8.count < 100_000)
            let parts = MailSize.Parts(html: editions.mailHTML, text: editions.mailText)
            #expect(MailSize.cost(parts) <= MailSize.most)
            #expect(editions.mailHTML.components(separatedBy: PersonalPart.leave.marker).count == 2)
            #expect(editions.mailText.components(separatedBy: "\n\(PersonalPart.leave.marker)\n").count == 2)
            for index in 0..<30 {
                #expect(editions.mailHTML.contains("Item \(index) of thirty"))
                #expect(editions.mailText.contains("Item \(index) of thirty"))
            }
        }
    }

    @Test func theLongestSummariesAreCutFirstAndLeadToTheirPlaceOnTheWeb() throws {
        let issue = try largeIssue(sentences: 120)
        let editions = try Sample.renderer().print(issue, zone: Sample.london)
        let cut = issue.items.map { item in
            editions.mailHTML.contains("href=\"https://bulletin.example.org/issues/24#\(item.id)\"")
        }
        #expect(cut.first == false && cut.last == true)
        #expect(cut == cut.sorted { !$0 && $1 })
        for (item, isCut) in zip(issue.items, cut) {
            let link = "https://bulletin.example.org/issues/24#\(item.id)"
            #expect(editions.mailText.contains(link) == isCut)
            #expect(editions.webHTML.contains("<article id=\"\(item.id)\">"))
        }
        let last = try #require(issue.items.last)
        #expect(editions.webHTML.contains("<p>\(last.summary)</p>"))
    }

    @Test func itemsWithoutEndAreGivenInBriefRatherThanLost() throws {
        var issue = try largeIssue(sentences: 0)
        for index in issue.items.indices { issue.items[index].support = String(repeating: "help and ", count: 900) }
        let editions = try Sample.renderer().print(issue, zone: Sample.london)
        #expect(MailSize.cost(.init(html: editions.mailHTML, text: editions.mailText)) <= MailSize.most)
        #expect(editions.mailText.contains("Item 29 of thirty"))
    }

    @Test func theSameIssueIsPrintedInTheSameBytes() throws {
        let issue = try largeIssue(sentences: 150)
        let renderer = try Sample.renderer()
        #expect(try renderer.print(issue, zone: Sample.london) == renderer.print(issue, zone: Sample.london))
    }

    @Test func aSummaryIsCutAtTheEndOfASentenceElseOfAWord() {
        let markdown = Markdown("One is here. Two is here. Three is here.")
        #expect(MarkdownText.render(markdown.shortened(to: 30)) == "One is here. Two is here.")
        #expect(MarkdownText.render(markdown.shortened(to: 7)) == "One is …")
        #expect(MarkdownText.render(markdown.shortened(to: 0)) == "")
        let list = Markdown("Some words.\n\n# Heading\n\n- a\n- b\n- cccccccccc\n\nEnd")
        #expect(MarkdownText.render(list.shortened(to: 21)) == "Some words.\n\nHeading\n~~~~~~~\n\n* a\n* b")
        #expect(MarkdownText.render(list.shortened(to: 18)) == "Some words.")
    }
}
