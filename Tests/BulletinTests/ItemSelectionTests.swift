import Foundation
import Testing

@testable import Basics
@testable import Bulletin

@Suite struct ItemSelectionTests {
    private let zone = TimeZone(identifier: "Europe/London") ?? .gmt

    private func sample(_ kind: Item.Kind = .event, id: String = "abc234", title: String = "Lunch club") throws -> Item
    {
        try ItemRulesTests.sample(kind, id: id, title: title)
    }

    private func instant(_ text: String) throws -> Date { try ItemRulesTests.instant(text) }

    /// Issue 2 closes on 25 November 2026 at 10:00 and is sent a week later.
    private func choose(
        _ items: [Item], appearances: [ItemID: [IssueNumber]] = [:], sends: String = "2026-12-02T10:00:00Z",
        requests: ItemSelection.Preferences = ItemSelection.Preferences()
    ) throws -> (chosen: [Item], leftOut: [LeftOut]) {
        ItemSelection.choose(
            items: items, appearances: appearances, issue: IssueNumber(2), closes: try instant("2026-11-25T10:00:00Z"),
            sends: try instant(sends), zone: zone, requests: requests)
    }

    private func reason(
        _ kind: Item.Kind = .event, appearances: [Int] = [], sends: String = "2026-12-02T10:00:00Z",
        pinned: Bool = false, _ change: (inout Item) -> Void = { _ in }
    ) throws -> String? {
        var item = try sample(kind)
        change(&item)
        let result = try choose(
            [item], appearances: [item.id: appearances.map { IssueNumber($0) }], sends: sends,
            requests: ItemSelection.Preferences(pins: pinned ? [item.id] : []))
        #expect(result.chosen.count + result.leftOut.count == 1)
        return result.leftOut.first?.reason
    }

    @Test func whatIsQueuedBeforeTheDeadlineAndToComeIsChosen() throws {
        #expect(try reason() == nil)
        #expect(try reason { $0.addedAt = Date(rfc3339: "2026-11-25T09:59:59Z") ?? .distantPast } == nil)
        #expect(
            try reason { $0.addedAt = Date(rfc3339: "2026-11-25T10:00:00Z") ?? .distantPast }
                == "was queued after issue 2 closed, on Wednesday 25 November 2026 at 10:00")
    }

    @Test func whatHasBegunWhenTheIssueIsSentIsLeftOut() throws {
        #expect(
            try reason { $0.starts = LocalDateTime("2026-12-01T10:00") }
                == "begins on Tuesday 1 December 2026 at 10:00, before issue 2 is sent")
        #expect(
            try reason { $0.starts = LocalDateTime("2026-12-02T10:00") }
                == "begins on Wednesday 2 December 2026 at 10:00, before issue 2 is sent")
        #expect(try reason { $0.starts = LocalDateTime("2026-12-02T10:01") } == nil)
        // In its own zone, and judged by when the issue is really sent.
        #expect(
            try reason {
                $0.starts = LocalDateTime("2026-12-02T10:30")
                $0.timezone = "Europe/Paris"
            } == "begins on Wednesday 2 December 2026 at 10:30 (Europe/Paris), before issue 2 is sent")
        #expect(try reason(sends: "2026-12-10T13:30:00Z") != nil)
    }

    @Test func theDayOfSendingMustBeWithinItsDays() throws {
        #expect(
            try reason(.notice) { $0.from = LocalDate("2026-12-03") }
                == "may appear from Thursday 3 December 2026 only")
        #expect(
            try reason(.notice) { $0.until = LocalDate("2026-12-01") }
                == "could appear until Tuesday 1 December 2026 only")
        #expect(
            try reason(.notice) {
                $0.from = LocalDate("2026-12-02")
                $0.until = LocalDate("2026-12-02")
            } == nil)
    }

    @Test func anItemAppearsOnceUnlessItRepeats() throws {
        #expect(try reason(appearances: [1]) == "has been in issue 1")
        #expect(try reason(appearances: [3]) == "is in issue 3")
        #expect(try reason(appearances: [2]) == nil)
        #expect(try reason(appearances: [1]) { $0.repeat = .untilItHasHappened } == nil)
        #expect(
            try reason(.notice, appearances: [1]) {
                $0.repeat = .untilItHasHappened
                $0.until = LocalDate("2026-12-01")
            } == "could appear until Tuesday 1 December 2026 only")
    }

    @Test func whatNeedsMendingIsLeftOutAndSoIsAnImportThatNobodyCanAnswer() throws {
        #expect(
            try reason { $0.timezone = "Europe/Londn" }
                == "needs mending: timezone: Europe/Londn is not a time zone; write it as region and city: Europe/London"
        )
        #expect(
            try reason {
                $0.takingPart = Item.TakingPart()
                $0.source = "calendar.ics"
            }
                == "needs mending: takingPart: there is no way to take part; give at least one of phone, text, letter, "
                + "email, url")
        #expect(try reason { $0.picture = Item.Picture(file: "a.png") } == nil)
    }

    @Test func aPinAnswersForItsDaysAndItsAppearancesYetNotForStaleness() throws {
        #expect(try reason(appearances: [1], pinned: true) { $0.from = LocalDate("2026-12-09") } == nil)
        #expect(try reason(.notice, pinned: true) { $0.until = LocalDate("2026-12-01") } == nil)
        #expect(try reason(pinned: true) { $0.starts = LocalDateTime("2026-12-01T10:00") } != nil)
        #expect(try reason(pinned: true) { $0.title = "" } != nil)
    }

    @Test func meetingsComeFirstThenEventsThenNoticesAndWhatIsOrderedComesBeforeAll() throws {
        let notice = try sample(.notice, id: "aaaaa2", title: "A notice")
        var urgent = try sample(.notice, id: "aaaaa3", title: "Z notice")
        urgent.priority = 1
        var late = try sample(id: "aaaaa4", title: "A late event")
        late.starts = LocalDateTime("2026-12-20T10:00")
        let early = try sample(id: "aaaaa5", title: "B event")
        let same = try sample(id: "aaaaa6", title: "A event")
        let meeting = try sample(.meeting, id: "aaaaa7")
        let items = [notice, urgent, late, early, same, meeting]
        let usual = [meeting, same, early, late, urgent, notice].map(\.id)
        #expect(try choose(items).chosen.map(\.id) == usual)
        #expect(try choose(items.reversed()).chosen.map(\.id) == usual)
        let ordered = try choose(items, requests: ItemSelection.Preferences(order: [notice.id, late.id])).chosen.map(
            \.id)
        #expect(ordered == [notice, late, meeting, same, early, urgent].map(\.id))
    }

    @Test func whatIsChosenHasItsReason() throws {
        let sends = try instant("2026-12-02T10:00:00Z")
        let before = Slot(number: IssueNumber(1), closes: sends - 7 * 86_400, sends: sends, skipped: false)
        func reason(
            _ change: (inout Item) -> Void = { _ in }, earlier: IssueNumber? = nil, pinned: Bool = false
        ) throws -> String {
            var item = try sample(.notice)
            change(&item)
            return ItemSelection.reasonFor(item, before: before, earlier: earlier, zone: zone, pinned: pinned)
        }
        #expect(try reason() == "was queued in time")
        #expect(try reason { $0.addedAt = before.closes } == "was queued after issue 1 closed")
        #expect(try reason { $0.from = LocalDate("2026-12-16") } == "may appear from Wednesday 16 December 2026")
        #expect(try reason(earlier: IssueNumber(1)) == "repeats until its last day, since issue 1")
        #expect(try reason(pinned: true) == "was pinned to it")
        #expect(
            try reason { $0.change = .cancelled(why: nil) }
                == "was called off, and is announced until its time has come")
    }

    @Test func theComingIssueIsTheFirstThatMayHoldIt() throws {
        let slots = try (1...4).map { index in
            let sends = try instant("2026-12-02T10:00:00Z") + TimeInterval(index - 1) * 14 * 86_400
            return Slot(number: IssueNumber(index), closes: sends - 7 * 86_400, sends: sends, skipped: index == 2)
        }
        func prospect(_ change: (inout Item) -> Void, appearances: [IssueNumber] = []) throws -> ItemSelection.Prospect
        {
            var item = try sample(.notice)
            change(&item)
            return ItemSelection.issue(for: item, among: slots, appearances: appearances, zone: zone)
        }
        #expect(try prospect { _ in } == .issue(IssueNumber(1)))
        #expect(try prospect { $0.addedAt = slots[0].closes } == .issue(IssueNumber(3)))
        #expect(try prospect { $0.from = LocalDate("2026-12-31") } == .issue(IssueNumber(4)))
        #expect(try prospect({ _ in }, appearances: [IssueNumber(1)]) == .issue(IssueNumber(1)))
        #expect(
            try prospect({ $0.until = LocalDate("2026-12-17") }, appearances: [IssueNumber(0)])
                == .none(why: LeftOutReason(.hasBeen, "has been in issue 0")))
        #expect(
            try prospect({ $0.starts = LocalDateTime("2026-12-02T09:00") }, appearances: [IssueNumber(0)])
                == .none(why: LeftOutReason(.hasBeen, "has been in issue 0")))
        #expect(
            try prospect {
                $0.addedAt = slots[0].closes
                $0.starts = LocalDateTime("2026-12-30T09:00")
            } == .none(why: LeftOutReason("starts on Wednesday 30 December 2026 at 09:00, before issue 3 is sent")))
        #expect(
            try prospect {
                $0.takingPart = .init()
                $0.kind = .event
                $0.starts = LocalDateTime("2026-12-10T09:00")
            }
                == .none(
                    why: LeftOutReason(
                        .needsMending,
                        "needs mending: takingPart: there is no way to take part; give at least one of phone, text, "
                            + "letter, email, url")))
    }
}
