import Basics
import Foundation
import Testing

@testable import Intake

/// Wednesday 25 November 2026, ten in the morning in London.
private let clock = WrittenTime(
    now: Date(rfc3339: "2026-11-25T10:00:00Z") ?? .distantPast, zone: TimeZone(identifier: "Europe/London") ?? .gmt)

@Suite("Dates in words") struct DatePhraseTests {
    @Test(
        "are understood as people write them",
        arguments: [
            ("Thu 3 Dec 10am", "2026-12-03T10:00"), ("thursday 3rd of December 2026 at 10:00", "2026-12-03T10:00"),
            ("Thursday, 3 December, 10.30am", "2026-12-03T10:30"), ("December 3 2026 2 pm", "2026-12-03T14:00"),
            ("3 Dec 14:00", "2026-12-03T14:00"), ("10am on 3 Dec", "2026-12-03T10:00"),
            ("next Tuesday 14:00", "2026-12-01T14:00"), ("Tuesday 14:00", "2026-12-01T14:00"),
            ("this Friday noon", "2026-11-27T12:00"), ("Wednesday 9am", "2026-12-02T09:00"),
            ("Friday week 7.30pm", "2026-12-04T19:30"), ("Tuesday next week 11:15", "2026-12-01T11:15"),
            ("today 5pm", "2026-11-25T17:00"), ("tomorrow at noon", "2026-11-26T12:00"),
            ("tomorrow half past 10", "2026-11-26T10:30"), ("tomorrow quarter to 8pm", "2026-11-26T19:45"),
            ("tomorrow at 10", "2026-11-26T10:00"), ("tomorrow at 12 o'clock", "2026-11-26T12:00"),
            ("tomorrow 12am", "2026-11-26T00:00"), ("tomorrow 12.15 p.m.", "2026-11-26T12:15"),
            ("4/3/2027 13:30", "2027-03-04T13:30"), ("4/3 13:30", "2027-03-04T13:30"),
            ("4.3.2027 13:30", "2027-03-04T13:30"), ("04/03/27 1.30pm", "2027-03-04T13:30"),
            ("in two weeks 10am", "2026-12-09T10:00"), ("in 3 days at 9:30", "2026-11-28T09:30"),
            ("in a fortnight 10am", "2026-12-09T10:00"), ("29 Feb 10:00", "2028-02-29T10:00"),
            ("24 November 10:00", "2027-11-24T10:00"), ("25 nov 16:00", "2026-11-25T16:00"),
            ("Sept 7 11am", "2027-09-07T11:00"), ("WEDS 9 DEC 6PM", "2026-12-09T18:00"),
        ])
    func understood(written: String, meant: String) throws {
        let read = try clock.time(written)
        #expect(read.time.description == meant)
        #expect(!WrittenTime.isExact(written))
    }

    @Test(
        "are refused with the remedy where they are wrong",
        arguments: [
            ("Fri 3 Dec 10am", "Thursday 3 December 2026 is not a Friday; correct the day or the date"),
            ("next Tuesday", "next Tuesday has no time of day; add one, such as next Tuesday 13:30"),
            ("10am", "10am has no date; add one, such as Thu 4 March 10:00"),
            (
                "31 April 10am",
                "31 April 10am is not a day of the calendar; the day comes before the month, as in 4/3/2027"
            ),
            (
                "3/14/2027 10am",
                "3/14/2027 is not a day of the calendar; the day comes before the month, as in 4/3/2027"
            ),
            ("tomorrow 13pm", "13pm is not a time; hours with am or pm go from 1 to 12"),
            ("tomorrow at 7", "7 may be morning or evening; write 7am or 7pm"),
            ("tomorrow half past 7", "7 may be morning or evening; write 7am or 7pm"),
            ("tomorrow midnight", "midnight belongs to two days; write 00:00 and the day that begins then, or 23:59"),
            (
                "December 10am",
                "December 10am names a month and no day; write it as 2027-03-04 13:30, or as Thu 4 March 1.30pm"
            ),
            (
                "next week 10am",
                "next week 10am names a week and no day; write it as 2027-03-04 13:30, or as Thu 4 March 1.30pm"
            ),
            (
                "tomorrow 10am sharp",
                "tomorrow 10am sharp is not understood at \"sharp\"; write it as 2027-03-04 13:30, or as Thu 4 March 1.30pm"
            ),
            ("tomorrow 25:00", "25:00 is not a time of day; write it as 2027-03-04 13:30, or as Thu 4 March 1.30pm"),
            (
                "soon",
                "soon is not a date and time; write it as 2027-03-04T13:30, Thu 4 March 1.30pm, or +16d 13:30, counted "
                    + "from today"
            ),
        ])
    func refused(written: String, words: String) {
        #expect(throws: WrittenTime.Fault(message: words)) { try clock.time(written) }
    }

    @Test(
        "say when something ends, by the start",
        arguments: [
            ("15:00", "2027-03-04T15:00"), ("3pm", "2027-03-04T15:00"), ("2 hours", "2027-03-04T15:30"),
            ("1 hour 30 minutes", "2027-03-04T15:00"), ("for 90 min", "2027-03-04T15:00"),
            ("5 March 10am", "2027-03-05T10:00"), ("2027-03-04 15:00", "2027-03-04T15:00"),
            ("noon", "2027-03-04T12:00"),
        ])
    func ends(written: String, meant: String) throws {
        let start = try #require(LocalDateTime("2027-03-04T13:30"))
        let read = try clock.end(written, of: start)
        #expect(read.time.description == meant)
    }

    @Test(
        "name days, where no time is asked for",
        arguments: [
            ("Thu 3 Dec", "2026-12-03"), ("tomorrow", "2026-11-26"), ("next Friday", "2026-11-27"),
            ("in 2 weeks", "2026-12-09"), ("4/3/2027", "2027-03-04"),
        ])
    func days(written: String, meant: String) throws {
        let day = try clock.day(written)
        #expect(day.description == meant)
        #expect(throws: WrittenTime.Fault.self) { try clock.day(written + " 10am") }
    }

    @Test(
        "come to an end whatever they are given",
        arguments: [
            String(repeating: "next ", count: 10_000), String(repeating: "1", count: 100_000),
            "in 99999999999 weeks 10am",
            "9999999999999999999/1/1 10am", "\u{0}\u{202E} 10am", "١٠am tomorrow", "3 Dec 99999 10am",
            "31/12/9999 23:59",
            "in 1000 weeks 10am", ":", "at", "on the", "12:", ".am", "tomorrow :30", "-1/-1 10am",
        ])
    func hostile(written: String) {
        do { _ = try clock.time(written) } catch { #expect(error.message.count < 250) }
    }

    @Test("in a time that comes twice or never say so")
    func summerTime() throws {
        let twice = try clock.time("Sunday 31 October 2027 1.30am")
        #expect(
            twice.note == "2027-10-31T01:30 comes twice in Europe/London, when the clocks go back; the first is used")
        #expect(throws: WrittenTime.Fault.self) { try clock.time("Sunday 28 March 2027 1.30am") }
    }
}
