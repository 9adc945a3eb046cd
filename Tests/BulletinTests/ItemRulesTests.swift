import Foundation
import Testing

@testable import Basics
@testable import Bulletin

@Suite struct ItemRulesTests {
    /// An item without faults, on 25 November 2026.
    static func sample(_ kind: Item.Kind = .event, id: String = "abc234", title: String = "Lunch club") throws -> Item {
        var item = Item(
            id: try #require(ItemID(id)), uid: "u", kind: kind, title: title, timezone: "Europe/London",
            addedAt: try instant("2026-11-20T09:00:00Z"), addedBy: "sam")
        if kind != .notice { item.starts = LocalDateTime("2026-12-10T13:30") }
        item.takingPart.phone = "0161 496 0456"
        return item
    }

    static func instant(_ text: String) throws -> Date { try #require(Date(rfc3339: text)) }

    private func said(_ kind: Item.Kind = .event, _ change: (inout Item) -> Void) throws -> [String] {
        var item = try Self.sample(kind)
        change(&item)
        return ItemRules.problems(of: item, now: try Self.instant("2026-11-25T09:00:00Z")).map(\.description)
    }

    @Test(arguments: Item.Kind.allCases) func nothingIsSaidOfWhatIsInOrder(_ kind: Item.Kind) throws {
        #expect(try said(kind) { _ in } == [])
        #expect(
            try said(kind) {
                $0.ends = $0.starts.map { LocalDateTime($0.date.adding(days: 1), $0.time) }
                $0.until = LocalDate("2026-11-25")
                $0.from = LocalDate("2026-11-25")
                $0.takingPart.email = "bücher@bücher.example"
                $0.takingPart.url = "http://example.org/ünïcode?q=%20#x"
                $0.picture = Item.Picture(file: "a.png", alternative: "A table")
            } == [])
    }

    @Test func whatIsMissingIsNamedWithItsRemedy() throws {
        #expect(try said { $0.title = "" } == ["title: there is none; give a title that says what it is"])
        #expect(try said { $0.title = " \u{A0}" } == ["title: is blank; write something, or leave it out"])
        #expect(
            try said { $0.starts = nil } == [
                "starts: there is none; give the date and time it begins, as 2027-03-04T13:30"
            ])
        #expect(
            try said(.notice) { $0.ends = LocalDateTime("2026-12-10T13:30") } == [
                "ends: there is no start to go with it; give starts as well"
            ])
        #expect(
            try said { $0.picture = Item.Picture(file: "", credit: "Us") } == [
                "picture.file: there is none; name the file, or remove the picture",
                "picture.alternative: there is none; describe the picture in a sentence for people who cannot see it",
            ])
    }

    @Test func timesMustBeToComeAndInOrder() throws {
        #expect(
            try said { $0.starts = LocalDateTime("2020-01-01T10:00") } == [
                "starts: 2020-01-01T10:00 is in the past; give the date it will happen"
            ])
        #expect(
            try said { $0.ends = $0.starts } == [
                "ends: 2026-12-10T13:30 is not after the start, 2026-12-10T13:30; give a later time"
            ])
        #expect(
            try said { $0.until = LocalDate("2026-11-24") } == [
                "until: 2026-11-24 is in the past; give a later day, or leave it out"
            ])
        #expect(
            try said {
                $0.from = LocalDate("2026-12-05")
                $0.until = LocalDate("2026-12-01")
            } == ["until: 2026-12-01 is before from, 2026-12-05; give a later day, or leave it out"])
        #expect(
            try said { $0.from = LocalDate("2026-12-11") } == [
                "from: 2026-12-11 is after it begins, so it would never appear; give an earlier day"
            ])
    }

    @Test(arguments: [
        ("Europe/Londn", "Europe/London"), ("Asia/Calcuta", "Asia/Calcutta"), ("BST", "Europe/London"),
        ("GMT+1", "Europe/London"), ("London", "Europe/London"),
    ])
    func aZoneIsNamedAsItsRegionHasIt(_ written: String, _ nearest: String) throws {
        let message = "timezone: \(written) is not a time zone; write it as region and city: \(nearest)"
        #expect(try said { $0.timezone = written } == [message])
    }

    @Test(arguments: ["Europe/London", "UTC", "America/Argentina/Buenos_Aires", "Asia/Kathmandu", "Pacific/Apia"])
    func theZonesOfTheDatabaseAreKnown(_ name: String) { #expect(TimeZone.isKnown(name)) }

    @Test func addressesAndLinksMustLeadSomewhere() throws {
        #expect(
            try said { $0.takingPart.email = "events.example.org" } == [
                "takingPart.email: events.example.org has no @: write it as name@example.org"
            ])
        #expect(
            try said { $0.takingPart.url = "mailto:events@example.org" } == [
                "takingPart.url: mailto:events@example.org is an email address; put it in takingPart.email"
            ])
        #expect(
            try said { $0.online = Item.Online(url: "tel:01614960000") } == [
                "online.url: tel:01614960000 is a telephone number; put it in takingPart.phone"
            ])
        for link in [
            "javascript:alert(1)", "ftp://example.org", "https://", "example.org", "https://a b", "//x.org",
            "https://x\"y",
        ] {
            #expect(
                try said { $0.takingPart.url = link } == [
                    "takingPart.url: \(link) is not a link to a page; write it as https://example.org/page"
                ])
        }
    }

    @Test func thereMustBeAWayToTakePart() throws {
        let none = "takingPart: there is no way to take part; give at least one of phone, text, letter, email, url"
        #expect(try said { $0.takingPart = Item.TakingPart() } == [none])
        #expect(try said(.meeting) { $0.takingPart = Item.TakingPart() } == [none])
        #expect(
            try said(.notice) { $0.takingPart = Item.TakingPart() } == [
                "takingPart: there is nobody to ask and no link; give one of phone, text, letter, email, url, or put a "
                    + "link in the summary"
            ])
        for summary in ["See [it](https://example.org).", "<https://example.org>", "[ring us](tel:+441614960000)"] {
            #expect(
                try said(.notice) {
                    $0.takingPart = Item.TakingPart()
                    $0.summary = summary
                } == [])
        }
    }

    @Test func whatWasImportedWithoutAWayToTakePartIsStoredWithAWarning() throws {
        var item = try Self.sample()
        item.takingPart = Item.TakingPart()
        item.source = "calendar.ics"
        let problems = ItemRules.problems(of: item, now: try Self.instant("2026-11-25T09:00:00Z"))
        #expect(problems.map(\.severity) == [.warning])
    }

    @Test func onlyAMeetingHasANetwork() throws {
        #expect(
            try said { $0.network = "gm-co-production" } == [
                "network: only a meeting has one; remove it, or add this as a meeting"
            ])
        #expect(try said(.meeting) { $0.network = "gm-co-production" } == [])
        #expect(
            try said(.meeting) { $0.network = "../GM" } == [
                "network: ../GM is not a network's short name; write it in lower-case letters, digits and hyphens, as "
                    + "gm-co-production"
            ])
    }

    @Test func whatIsTooLongOrHidesSomethingIsRefused() throws {
        #expect(
            try said { $0.title = String(repeating: "x", count: 201) } == [
                "title: has 201 characters, but at most 200 are allowed; shorten it"
            ])
        #expect(try said { $0.title = String(repeating: "👩🏽‍🚀", count: 200) } == [])
        #expect(try said { $0.organiser = "a\nBcc: x" } == ["organiser: has a line break in it; take it out"])
        #expect(
            try said { $0.topics = ["a\u{2066}b"] } == [
                "topics: has a character that turns the direction of reading (U+2066) in it; take it out"
            ])
        #expect(
            try said { $0.topics = Array(repeating: "a", count: 21) } == [
                "topics: there are 21, but at most 20 are allowed; remove some"
            ])
        #expect(
            try said { $0.summary = "a\u{1}leave\u{2}" } == [
                "summary: has a control character (U+0001) in it; take it out"
            ])
        #expect(try said { $0.summary = "one\ttwo\n\nthree \u{2067}עברית\u{2069}" } == [])
        #expect(try said { $0.priority = 101 } == ["priority: 101 is out of bounds; give a number from -100 to 100"])
    }
}
