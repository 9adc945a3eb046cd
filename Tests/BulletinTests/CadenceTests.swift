import Basics
import Bulletin
import Foundation
import Testing

let zones = [
    "Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "Asia/Kathmandu",
    "America/Sao_Paulo", "Africa/Cairo", "America/Santiago", "Pacific/Chatham", "Antarctica/Troll", "America/St_Johns",
]

private func zone(_ name: String) throws -> TimeZone { try #require(TimeZone(identifier: name)) }
private func local(_ text: String) throws -> LocalDateTime { try #require(LocalDateTime(text)) }
private func date(_ text: String) throws -> LocalDate { try #require(LocalDate(text)) }
private func instant(_ text: String) throws -> Date { try #require(Date(rfc3339: text)) }

private func london(
    first: String = "2026-12-02 10:00", _ exceptions: [Cadence.Exception] = [], number: Int = 1, weeks: Int = 2
) throws -> Cadence {
    Cadence(
        timezone: try zone("Europe/London"), first: try local(first), firstNumber: number, everyWeeks: weeks,
        copyDeadlineDays: 7, exceptions: exceptions)
}

@Suite struct CadenceTests {
    @Test func theFirstIssueIsTheAnchorAndTheOthersFollowEveryTwoWeeks() throws {
        let cadence = try london(number: 24)
        #expect(cadence.slot(IssueNumber(23)) == nil)
        let slots = cadence.slots(from: try date("2026-01-01")).prefix(3)
        #expect(slots.map(\.number.value) == [24, 25, 26])
        #expect(
            slots.map { $0.sends.stamp.prefix(16) } == ["2026-12-02T10:00", "2026-12-16T10:00", "2026-12-30T10:00"])
        #expect(
            slots.map { $0.closes.stamp.prefix(16) } == ["2026-11-25T10:00", "2026-12-09T10:00", "2026-12-23T10:00"])
    }

    @Test func theDeadlineStandsAtTheSameHourAcrossAClockChange() throws {
        let cadence = try london(first: "2027-03-31 10:00")
        let slot = try #require(cadence.slot(IssueNumber(1)))
        #expect(slot.sends == (try instant("2027-03-31T10:00:00+01:00")))
        #expect(slot.closes == (try instant("2027-03-24T10:00:00+00:00")))
    }

    @Test func aSkippedSlotKeepsItsNumberAndIsNotNext() throws {
        let cadence = try london([.init(date: try date("2026-12-30"), .skip)])
        #expect(cadence.problems().isEmpty)
        let slots = Array(cadence.slots(from: try date("2026-12-16")).prefix(3))
        #expect(slots.map(\.number.value) == [2, 3, 4])
        #expect(slots.map(\.skipped) == [false, true, false])
        #expect(cadence.next(after: slots[0].sends)?.number == IssueNumber(4))
    }

    @Test func theDeadlineOfAMovedSlotIsCountedFromTheMovedTime() throws {
        let cadence = try london([.init(date: try date("2027-03-24"), .move(to: try local("2027-03-25 15:30")))])
        #expect(cadence.problems().isEmpty)
        let slot = try #require(cadence.slot(cadence.number(near: try date("2027-03-24"))))
        #expect(slot.number == IssueNumber(9))
        #expect(slot.sends == (try instant("2027-03-25T15:30:00Z")))
        #expect(slot.closes == (try instant("2027-03-18T15:30:00Z")))
    }

    @Test func aListingBeginsWithTheDayOfSendingNotWithTheRegularDay() throws {
        let later = try london([.init(date: try date("2027-03-24"), .move(to: try local("2027-04-06 09:00")))])
        #expect(later.slots(from: try date("2027-04-06")).first { _ in true }?.number == IssueNumber(9))
        #expect(later.slots(from: try date("2027-04-07")).first { _ in true }?.number == IssueNumber(10))
        let earlier = try london([.init(date: try date("2027-03-24"), .move(to: try local("2027-03-11 09:00")))])
        #expect(earlier.slots(from: try date("2027-03-11")).first { _ in true }?.number == IssueNumber(9))
        #expect(earlier.slots(from: try date("2027-03-12")).first { _ in true }?.number == IssueNumber(10))
    }

    @Test func theNextSlotIsTheFirstThatIsSentLater() throws {
        let cadence = try london()
        let first = try instant("2026-12-02T10:00:00Z")
        #expect(cadence.next(after: first.addingTimeInterval(-0.001))?.number == IssueNumber(1))
        #expect(cadence.next(after: first)?.number == IssueNumber(2))
        #expect(cadence.next(after: .distantPast)?.number == IssueNumber(1))
    }

    @Test func slotsEndWithTheYear9999() throws {
        let cadence = try london(first: "9999-11-30 10:00")
        #expect(Array(cadence.slots(from: try date("9999-01-01"))).map(\.number.value) == [1, 2, 3])
        #expect(cadence.slot(IssueNumber(4)) == nil)
        #expect(cadence.slot(IssueNumber(.max)) == nil)
        #expect(cadence.next(after: try instant("9999-12-30T10:00:00Z")) == nil)
        #expect(try london().slot(IssueNumber(.max)) == nil)
        #expect(try london().slot(IssueNumber(.min)) == nil)
    }

    @Test func theNearestNumberIsOfTheNearestRegularDay() throws {
        let cadence = try london()
        #expect(cadence.number(near: try date("2020-01-01")) == IssueNumber(1))
        #expect(cadence.number(near: try date("2026-12-09")) == IssueNumber(1))
        #expect(cadence.number(near: try date("2026-12-10")) == IssueNumber(2))
        #expect(cadence.number(near: try date("2026-12-16")) == IssueNumber(2))
    }
}

@Suite struct CadenceExceptionTests {
    private func problems(_ exceptions: [Cadence.Exception]) throws -> [String] {
        try london(exceptions).problems().map(\.description)
    }

    @Test func anExceptionThatMatchesNoSlotNamesTheNearest() throws {
        #expect(
            try problems([.init(date: try date("2026-12-29"), .skip)]) == [
                "schedule.exceptions: 2026-12-29 is not the date of an issue: the nearest is 2026-12-30 (issue 3)"
            ])
        #expect(
            try problems([.init(date: try date("2026-11-18"), .skip)]) == [
                "schedule.exceptions: 2026-11-18 is not the date of an issue: the nearest is 2026-12-02 (issue 1)"
            ])
    }

    @Test func twoExceptionsOfOneDateAreRefused() throws {
        let day = try date("2026-12-30")
        #expect(
            try problems([.init(date: day, .skip), .init(date: day, .move(to: try local("2026-12-31 10:00")))]) == [
                "schedule.exceptions: 2026-12-30 has an exception already: keep one of them"
            ])
    }

    @Test func aMovedSlotStaysBetweenItsNeighbours() throws {
        let day = try date("2026-12-30")
        #expect(
            try problems([.init(date: day, .move(to: try local("2026-12-16 10:00")))]) == [
                "schedule.exceptions: 2026-12-30 is moved to 2026-12-16T10:00, not after issue 2 (2026-12-16T10:00): "
                    + "choose a later time"
            ])
        #expect(
            try problems([.init(date: day, .move(to: try local("2027-01-13 10:00")))]) == [
                "schedule.exceptions: 2026-12-30 is moved to 2027-01-13T10:00, not before issue 4 (2027-01-13T10:00): "
                    + "choose an earlier time"
            ])
        #expect(try problems([.init(date: day, .move(to: try local("2026-12-16 10:01")))]).isEmpty)
        #expect(try problems([.init(date: try date("2026-12-02"), .move(to: try local("2026-01-01 10:00")))]).isEmpty)
    }

    @Test func twoNeighboursThatAreMovedPastEachOtherAreBothNamed() throws {
        let moved = [
            Cadence.Exception(date: try date("2026-12-30"), .move(to: try local("2027-01-08 10:00"))),
            Cadence.Exception(date: try date("2027-01-13"), .move(to: try local("2027-01-07 10:00"))),
        ]
        #expect(try london(moved).exceptionProblems().map(\.exception) == [0, 1])
    }
}

@Suite struct CadencePropertyTests {
    /// Times of day that clock changes skip or repeat somewhere, and some that none does.
    static let times = ["00:00", "00:30", "01:30", "02:15", "02:30", "02:45", "03:00", "10:00", "23:45"]

    @Test(arguments: zones) func everySlotOfTwentyYearsShowsTheSameClock(_ name: String) throws {
        let zone = try zone(name)
        for time in Self.times {
            // Sundays, on which most zones change their clocks.
            let cadence = Cadence(
                timezone: zone, first: try local("2026-11-01 \(time)"), everyWeeks: 1, copyDeadlineDays: 7)
            var last: Slot?
            for slot in cadence.slots(from: try date("2026-11-01")).prefix(1044) {
                let wanted = try #require(cadence.regularTime(slot.number))
                switch wanted.resolved(in: zone) {
                case .once(let only): #expect(slot.sends == only && LocalDateTime(only, in: zone) == wanted)
                case .twice(let first, let second):
                    #expect(slot.sends == first && first < second)
                    #expect(LocalDateTime(first, in: zone) == wanted && LocalDateTime(second, in: zone) == wanted)
                case .missing(let read):
                    let before = zone.secondsFromGMT(for: read.addingTimeInterval(-86_400))
                    #expect(slot.sends == read)
                    #expect(LocalDateTime(read.addingTimeInterval(TimeInterval(before)), in: .gmt) == wanted)
                    #expect(LocalDateTime(read, in: zone) > wanted)
                }
                if let last {
                    #expect(last.sends < slot.sends && last.closes < slot.closes && slot.closes == last.sends)
                }
                last = slot
            }
        }
    }

    /// Stepping through the days around it shows whether a reading comes never, once or twice.
    @Test(arguments: zones) func aReadingComesAsOftenAsAClockWouldShowIt(_ name: String) throws {
        let zone = try zone(name)
        var at = try instant("2026-01-01T00:00:00Z")
        let end = try instant("2047-01-01T00:00:00Z")
        while let change = zone.nextDaylightSavingTimeTransition(after: at), change < end {
            for quarter in -8...8 {
                let naive = change.addingTimeInterval(TimeInterval(quarter * 900 + zone.secondsFromGMT(for: at)))
                let reading = LocalDateTime(naive, in: .gmt)
                let shown = (-120...120).map { change.addingTimeInterval(Double($0) * 900) }.filter {
                    LocalDateTime($0, in: zone) == reading
                }
                switch reading.resolved(in: zone) {
                case .missing: #expect(shown.isEmpty)
                case .once(let only): #expect(shown == [only])
                case .twice(let first, let second): #expect(shown == [first, second])
                }
            }
            at = change
        }
    }

    @Test func clockReadingsStandForTheInstantsThatAnotherProgramGives() throws {
        for line in wallClock.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            #expect(try local(words[1]).instant(in: zone(words[0])) == instant(words[2]), "\(line)")
        }
    }

    @Test func aDayThatAZoneLeftOutIsReadWithTheOffsetBeforeIt() throws {
        let apia = try zone("Pacific/Apia")
        #expect(try local("2011-12-30 10:00").resolved(in: apia) == .missing(instant("2011-12-30T20:00:00Z")))
    }
}
