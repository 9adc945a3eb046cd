import Basics
import Bulletin
import Foundation
import Rendering
import Testing

@Suite struct EditionTests {
    @Test func everyEditionOfASmallIssueIsAsRecorded() throws {
        try expect(try Sample.renderer().print(Sample.smallIssue(), zone: Sample.london), matches: "small")
    }

    @Test func everyEditionTellsWhatWasMovedOrCalledOff() throws {
        let editions = try Sample.renderer().print(Sample.changedIssue(), zone: Sample.london)
        try expect(editions, matches: "changed")
        // A cancelled item is not described as if it took place.
        for edition in [editions.mailHTML, editions.mailText, editions.webHTML, editions.webText] {
            #expect(!edition.contains("Join us for an hour"))
            #expect(!edition.contains("meet.example.org"))
            #expect(edition.contains("07700 900222"))
        }
    }

    @Test("the contents name the day of two items of one title once")
    func sameTitles() throws {
        let items = try ["2026-12-10T13:30", "2026-12-17T13:30"].enumerated().map { index, starts in
            var item = try Sample.item(index == 0 ? "abcd23" : "efgh34", .event, "Lunch club")
            item.starts = LocalDateTime(starts)
            return item
        }
        let editions = try Sample.renderer().print(Sample.issue(items), zone: Sample.london)
        #expect(editions.mailText.contains("* Lunch club, Thursday 10 December 2026\n"))
        #expect(editions.webText.contains("* Lunch club, Thursday 17 December 2026\n"))
        for edition in [editions.mailHTML, editions.webHTML, editions.printHTML] {
            #expect(edition.contains("Lunch club, Thursday 10 December 2026</"))
            #expect(!edition.contains("Lunch club, Thursday 10 December 2026</a><br>"))
            #expect(!edition.contains("Lunch club, Thursday 10 December 2026</a><span>"))
        }
    }

    @Test func everyEditionOfAHostileIssueIsAsRecorded() throws {
        try expect(try Sample.renderer().print(Sample.hostileIssue(), zone: Sample.london), matches: "hostile")
    }

    @Test func thePagesAreAsRecorded() throws {
        let pages = Pages(templates: try TemplateSet(folder: Sample.templates), masthead: try Sample.masthead())
        let shelved = Pages.ArchivedIssue(
            number: IssueNumber(24), sends: Sample.date("2026-12-02T10:00:00Z"),
            title: "Health and Social Care eBulletin 24: Wednesday 2 December 2026")
        try Golden.expect(pages.leave(token: "abc\"/../<x>"), matches: "pages/leave.html")
        try Golden.expect(pages.left(), matches: "pages/left.html")
        try Golden.expect(pages.badLink(), matches: "pages/bad-link.html")
        try Golden.expect(pages.notFound(), matches: "pages/not-found.html")
        try Golden.expect(pages.failure(), matches: "pages/failure.html")
        try Golden.expect(pages.refused(.other), matches: "pages/refused-other.html")
        try Golden.expect(pages.refused(.tooLarge), matches: "pages/refused-too-large.html")
        try Golden.expect(pages.refused(.tooSlow), matches: "pages/refused-too-slow.html")
        try Golden.expect(pages.index(of: [shelved], zone: Sample.london), matches: "pages/index.html")
        try Golden.expect(pages.index(of: [], zone: Sample.london), matches: "pages/index-empty.html")
        try Golden.expect(pages.front(of: [shelved], zone: Sample.london), matches: "pages/front.html")
        try Golden.expect(
            pages.subscribe(given: "a\"<b>@", name: "A & B", error: "That is no email address."),
            matches: "pages/subscribe.html")
        try Golden.expect(pages.checkMail(given: "ada@example.org"), matches: "pages/check-mail.html")
        try Golden.expect(pages.confirm(token: "abc"), matches: "pages/confirm.html")
        try Golden.expect(pages.confirmed(), matches: "pages/confirmed.html")
        try Golden.expect(pages.oldLink(), matches: "pages/old-link.html")
        var reader = Subscriber(
            id: SubscriberID(high: 1, low: 2), status: .paused, since: Sample.date("2026-12-02T10:00:00Z"),
            name: "Ada <b>", format: .text)
        reader.pausedUntil = LocalDate("2027-01-31")
        try Golden.expect(pages.choices(of: reader, token: "abc", isSaved: true), matches: "pages/choices.html")
        try Golden.expect(pages.forgotten(), matches: "pages/forgotten.html")
        try Golden.expect(
            pages.privacy(.init(unsubscribed: 365 * 86_400, recordsOrigin: true)), matches: "pages/privacy.html")
        let hit = Pages.Hit(
            number: IssueNumber(24), item: ItemID("abc234"), sends: Sample.date("2026-12-02T10:00:00Z"),
            title: "Tea <b>")
        try Golden.expect(
            pages.search(for: "tea \"<b>", hits: [hit], count: 3, zone: Sample.london), matches: "pages/search.html")
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
