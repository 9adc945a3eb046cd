import Bulletin
import Composition
import Foundation
import Testing

@Suite struct EditionTests {
    @Test func everyEditionOfASmallIssueIsAsRecorded() throws {
        try expect(try Sample.press().print(Sample.smallIssue(), zone: Sample.london), matches: "small")
    }

    @Test func everyEditionTellsWhatWasMovedOrCalledOff() throws {
        let editions = try Sample.press().print(Sample.changedIssue(), zone: Sample.london)
        try expect(editions, matches: "changed")
        // What does not take place is not described as if it did.
        for edition in [editions.mailHTML, editions.mailText, editions.webHTML, editions.webText] {
            #expect(!edition.contains("Join us for an hour"))
            #expect(!edition.contains("meet.example.org"))
            #expect(edition.contains("07700 900222"))
        }
    }

    @Test func everyEditionOfAHostileIssueIsAsRecorded() throws {
        try expect(try Sample.press().print(Sample.hostileIssue(), zone: Sample.london), matches: "hostile")
    }

    @Test func thePagesAreAsRecorded() throws {
        let pages = Pages(templates: try TemplateSet(folder: Sample.templates), masthead: try Sample.masthead())
        let shelved = Pages.Shelved(
            number: IssueNumber(24), sends: Sample.date("2026-12-02T10:00:00Z"),
            title: "Health and Social Care eBulletin 24: Wednesday 2 December 2026")
        try Golden.expect(pages.leave(token: "abc\"/../<x>"), matches: "pages/leave.html")
        try Golden.expect(pages.left(), matches: "pages/left.html")
        try Golden.expect(pages.badLink(), matches: "pages/bad-link.html")
        try Golden.expect(pages.notFound(), matches: "pages/not-found.html")
        try Golden.expect(pages.failure(), matches: "pages/failure.html")
        try Golden.expect(pages.index(of: [shelved], zone: Sample.london), matches: "pages/index.html")
        try Golden.expect(pages.index(of: [], zone: Sample.london), matches: "pages/index-empty.html")
    }

    private func expect(_ editions: Editions, matches folder: String) throws {
        try Golden.expect(editions.subject + "\n", matches: folder + "/subject.txt")
        try Golden.expect(editions.mailHTML, matches: folder + "/mail.html")
        try Golden.expect(editions.mailText, matches: folder + "/mail.txt")
        try Golden.expect(editions.webHTML, matches: folder + "/web.html")
        try Golden.expect(editions.webText, matches: folder + "/web.txt")
        try Golden.expect(editions.printHTML, matches: folder + "/print.html")
    }
}
