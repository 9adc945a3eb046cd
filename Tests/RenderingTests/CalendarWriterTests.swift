import Bulletin
import Foundation
import TestSupport
import Testing

@testable import Basics
@testable import ICalendar
@testable import Rendering

@Suite("Calendar entries") struct CalendarWriterTests {
    static func renderer() throws -> CalendarWriter {
        CalendarWriter(
            masthead: try Sample.masthead(), templates: try TemplateSet(folder: Sample.templates), zone: Sample.london)
    }

    /// A calendar as read by python3-icalendar and python3-dateutil, which are independent of ours: a line for each
    /// event.
    static func independent(_ text: String) async throws -> [String] {
        let script = """
            import sys, icalendar, io
            from dateutil.tz import tzical
            text = sys.stdin.buffer.read()
            assert all(len(l) <= 75 for l in text.split(b"\\r\\n")), "a line is too long"
            assert b"\\n" not in text.replace(b"\\r\\n", b""), "a bare line feed"
            calendar = icalendar.Calendar.from_ical(text)
            assert not any(c.errors for c in calendar.walk()), [c.errors for c in calendar.walk()]
            zones = None
            if b"BEGIN:VTIMEZONE" in text: zones = tzical(io.StringIO(text.decode()))
            for event in calendar.walk("VEVENT"):
                start = event.decoded("dtstart")
                zone = event["dtstart"].params.get("TZID")
                offset = ""
                if zone: offset = start.replace(tzinfo=zones.get(zone)).strftime("%z")
                print("|".join([str(event["uid"]), str(event["sequence"]), str(event["status"]),
                    start.strftime("%Y-%m-%dT%H:%M"), offset, str(zone or ""), str(event["summary"])]))
            """
        let ending = try await ProgramRun.run("/usr/bin/python3", ["-c", script], input: text)
        guard ending.status == 0 else {
            Issue.record("python3: \(ending.errors)\n\(text)")
            return []
        }
        return ending.output.split(separator: "\n").map(String.init)
    }

    private static func item(_ starts: String, _ zone: String) throws -> Item {
        var item = try Sample.item("abcd23", .event, "Lunch club")
        (item.timezone, item.starts) = (zone, LocalDateTime(starts))
        return item
    }

    @Test("match the golden files: a meeting, a cancelled one, an all-day one, one with hostile words")
    func golden() async throws {
        let renderer = try Self.renderer()
        var meeting = try Sample.smallIssue().items[0]
        func check(_ item: Item, _ name: String) async throws {
            let text = try #require(renderer.calendar(of: .init(item, issue: IssueNumber(24))))
            try Golden.expect(text, matches: "calendar/\(name).ics")
            let read = try await Self.independent(text)
            #expect(read.count == 1)
        }
        try await check(meeting, "meeting")
        meeting.change = .cancelled(why: "The hall is flooded.")
        (meeting.sequence, meeting.editedAt) = (2, Sample.date("2026-11-30T12:00:00Z"))
        try await check(meeting, "cancelled")
        var days = try Self.item("2027-07-03T00:00", "Europe/London")
        days.ends = LocalDateTime("2027-07-05T00:00")
        try await check(days, "whole-days")
        try await check(try Sample.hostileIssue().items[0], "hostile")
    }

    @Test("do not exist without a time")
    func notices() throws {
        let notice = try Sample.item("abcd23", .notice, "Tablets to borrow")
        #expect(try Self.renderer().calendar(of: .init(notice, issue: nil)) == nil)
    }

    static let zones = [
        "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Casablanca", "Pacific/Apia",
        "America/Santiago", "Europe/Dublin", "America/Sao_Paulo", "Africa/Cairo",
    ]

    /// Each day of a year and two months, around every change of the clocks.
    @Test("show Foundation's offsets, by an independent reading of their VTIMEZONE", arguments: zones)
    func offsets(zone name: String) async throws {
        let zone = try #require(TimeZone(identifier: name))
        let renderer = try Self.renderer()
        var entries: [CalendarWriter.Entry] = []
        var expected: [String] = []
        for day in 0..<420 {
            let date = LocalDate(daysSinceEpoch: 20_789 + day)
            let starts = "\(date)T12:00"
            var item = try Self.item(starts, name)
            item.uid = "\(date)"
            entries.append(.init(item, issue: nil))
            let seconds = zone.secondsFromGMT(for: try #require(item.startInstant))
            let size = abs(seconds) / 60
            func digits(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }
            expected.append("\(date) \(seconds < 0 ? "-" : "+")\(digits(size / 60))\(digits(size % 60))")
        }
        let read = try await Self.independent(renderer.feed(of: entries)).map { line in
            let parts = line.split(separator: "|", omittingEmptySubsequences: false)
            return "\(parts[0]) \(parts[4])"
        }
        #expect(read == expected)
    }

    @Test("write a zone's clocks as a rule where it keeps one, else change by change")
    func rules() throws {
        func zone(_ name: String) throws -> String {
            var lines = CalendarLines()
            CalendarZone(try #require(TimeZone(identifier: name)), years: 2027...2027).write(to: &lines)
            return lines.text.replacing("\r\n", with: "\n")
        }
        #expect(
            try zone("Europe/London") == """
                BEGIN:VTIMEZONE
                TZID:Europe/London
                BEGIN:DAYLIGHT
                DTSTART:20260329T010000
                RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
                TZOFFSETFROM:+0000
                TZOFFSETTO:+0100
                END:DAYLIGHT
                BEGIN:STANDARD
                DTSTART:20261025T020000
                RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
                TZOFFSETFROM:+0100
                TZOFFSETTO:+0000
                END:STANDARD
                END:VTIMEZONE

                """)
        let york = try zone("America/New_York")
        #expect(york.contains("BYDAY=2SU") && york.contains("BYDAY=1SU"))
        let kolkata = try zone("Asia/Kolkata")
        #expect(!kolkata.contains("RRULE") && kolkata.contains("TZOFFSETTO:+0530"))
        #expect(try !zone("Africa/Casablanca").contains("RRULE"))
    }

    @Test("fold between characters, in 75 octets, whatever the words are")
    func folds() throws {
        var lines = CalendarLines()
        lines.put("SUMMARY", text: String(repeating: "é𝄞a,", count: 200))
        for line in lines.text.components(separatedBy: "\r\n") {
            #expect(line.utf8.count <= 75 && !line.unicodeScalars.contains("\u{FFFD}"))
        }
        let unfolded = lines.text.replacing("\r\n ", with: "").replacing("\r\n", with: "")
        #expect(unfolded == "SUMMARY:" + String(repeating: "é𝄞a\\,", count: 200))
    }
}
