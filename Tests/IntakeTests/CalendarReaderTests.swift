import Basics
import Bulletin
import Foundation
import Testing

@testable import ICalendar
@testable import Intake

@Suite("Reading a calendar") struct CalendarReaderTests {
    static let now = Date(rfc3339: "2026-11-25T09:00:00Z") ?? .distantPast

    private func fixture(_ name: String) throws -> [UInt8] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Calendars/\(name)")
        return try Array(Data(contentsOf: file))
    }

    static func read(_ bytes: [UInt8], until: String? = nil) throws(CalendarFault) -> ImportedFile {
        try CalendarReader.read(
            bytes, now: now, until: until.flatMap { LocalDate($0) },
            bulletin: TimeZone(identifier: "Europe/London") ?? .gmt)
    }

    static func calendar(_ lines: String) -> [UInt8] {
        Array("BEGIN:VCALENDAR\nVERSION:2.0\n\(lines)\nEND:VCALENDAR\n".utf8)
    }

    static func event(_ lines: String, starts: String = "DTSTART:20270304T133000") -> [UInt8] {
        calendar("BEGIN:VEVENT\nUID:u1\nSUMMARY:Lunch club\n\(starts)\n\(lines)\nEND:VEVENT")
    }

    static func refusal(_ bytes: [UInt8], until: String? = nil) -> String? {
        do {
            _ = try read(bytes, until: until)
            return nil
        } catch {
            return error.description
        }
    }

    private func lines(_ file: ImportedFile) -> [String] {
        file.items.map { item in
            func one(_ name: String) -> String { item.fields[name]?.first ?? "-" }
            return [item.key, item.title, one("starts"), one("ends"), one("timezone")].joined(separator: " | ")
                + (item.isCancelled ? " | cancelled" : "")
        }
    }

    @Test("takes what Google exports: a series with a date left out and one moved, whole days, UTC, folds and HTML")
    func google() throws {
        let file = try Self.read(fixture("google.ics"))
        #expect(
            lines(file) == [
                "4a1b2c3d4e5f@google.com | Plant swap – Frühling für alle | 2027-06-18T13:30 | 2027-06-18T15:00 | "
                    + "Europe/London",
                "5b1b2c3d4e5f@google.com | Summer weekend | 2027-07-03T00:00 | 2027-07-05T00:00 | Europe/London",
                "6c1b2c3d4e5f@google.com#20270318T1000 | Coffee morning | 2027-03-18T10:00 | 2027-03-18T11:30 | "
                    + "Europe/London",
                "6c1b2c3d4e5f@google.com#20270401T1000 | Coffee morning | 2027-04-01T10:00 | 2027-04-01T11:30 | "
                    + "Europe/London | cancelled",
                "6c1b2c3d4e5f@google.com#20270408T1000 | Coffee morning | 2027-04-08T10:00 | 2027-04-08T11:30 | "
                    + "Europe/London",
                "6c1b2c3d4e5f@google.com#20270325T1000 | Coffee afternoon | 2027-03-26T14:00 | 2027-03-26T15:30 | "
                    + "Europe/London",
            ])
        #expect(file.passedOver == [.begun: 1, .secret: 1])
        let swap = try #require(file.items.first)
        #expect(swap.sequence == 2)
        #expect(swap.fields["place.name"] == ["Meadow Community Centre"])
        #expect(swap.fields["place.address"] == ["3 Meadow Lane, Manchester M3 1AB"])
        #expect(swap.fields["organiser"] == ["Meadow Community Centre"])
        #expect(swap.fields["takingPart.email"] == nil, "an organiser's address was not given for a bulletin")
        #expect(
            swap.fields["summary"] == [
                """
                Bring a plant, take a plant.

                Everyone is welcome: the page: <https://example.org/plants?a=1&b=2>

                - Tea
                - Cake \\& biscuits
                """
            ])
    }

    @Test("takes what Outlook exports: zones by Windows' names or by what their clocks do, escapes, quoted parameters")
    func forecast() throws {
        let file = try Self.read(fixture("outlook.ics"))
        #expect(
            lines(file) == [
                "040000008200E00074C5B7101A82E00800000000B0F1 | Tenants' meeting | 2027-05-11T14:00 | "
                    + "2027-05-11T16:00 | Europe/London",
                "ny-call | Call with New York | 2027-05-11T09:00 | 2027-05-11T10:30 | America/New_York",
            ])
        let meeting = try #require(file.items.first)
        #expect(meeting.fields["topics"] == ["Housing", "Health, mental"])
        #expect(meeting.fields["organiser"] == ["Example, Bob"])
        #expect(meeting.fields["place.address"] == ["12 High Street, Salford"])
        #expect(
            meeting.fields["summary"] == [
                """
                Agenda:\\
                1\\. Welcome\\
                2\\. \\*Rents\\* and \\[repairs\\]

                Ring first. # not a heading\\
                <https://example.org/a_b_c?x=1>.
                """
            ])
        #expect(file.items[1].fields["takingPart.url"] == ["https://example.org/call"])
    }

    @Test("knows a place by any of its names")
    func placeNames() throws {
        for name in ["Asia/Kolkata", "Europe/Kyiv", "/example.org/20210101/Asia/Kolkata"] {
            let text =
                "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:u\nSUMMARY:E\nDTSTART;TZID=\(name):20270304T133000\nEND:VEVENT\n"
                + "END:VCALENDAR\n"
            let file = try Self.read(Array(text.utf8))
            #expect(
                file.items.first?.fields["timezone"] == [
                    String(name.split(separator: "/").suffix(2).joined(separator: "/"))
                ])
        }
    }

    @Test("takes what Nextcloud exports: a zone defined below its use, one called off, and no task")
    func nextcloud() throws {
        let file = try Self.read(fixture("nextcloud.ics"))
        #expect(
            lines(file) == [
                "7e2b8f5e-5f0c-4b7a-9d52-000000000001 | Chorprobe | 2027-09-09T19:00 | 2027-09-09T20:30 | "
                    + "Europe/Berlin | cancelled",
                "7e2b8f5e-5f0c-4b7a-9d52-000000000002 | Floating supper | 2027-09-10T19:00 | - | Europe/London",
            ])
        #expect(file.items[0].fields["online.url"] == ["https://meet.example.org/chor"])
    }

    @Test("joins a line that is folded inside a character, and passes over a mark of byte order")
    func folds() throws {
        let text = Array("SUMMARY:Café für alle".utf8)
        let cut = try #require(text.firstIndex(of: 0xC3)) + 1
        let folded = Array(text[..<cut]) + [0x0D, 0x0A, 0x20] + Array(text[cut...])
        let bytes =
            [0xEF, 0xBB, 0xBF] + Array("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20270304T133000\r\n".utf8) + folded
            + Array("\r\nEND:VEVENT\r\nEND:VCALENDAR".utf8)
        #expect(try Self.read(bytes).items.first?.title == "Café für alle")
    }

    @Test("keeps the wall clock's time when a series crosses to summer time, whatever zone the process runs in")
    func summerTime() throws {
        let file = try Self.read(
            Self.event(
                "RRULE:FREQ=WEEKLY;COUNT=2\nDTEND;TZID=America/New_York:20270312T090000",
                starts: "DTSTART;TZID=America/New_York:20270312T080000"))
        #expect(file.items.compactMap { $0.fields["starts"]?.first } == ["2027-03-12T08:00", "2027-03-19T08:00"])
    }

    @Test(
        "finds a zone by whatever it is called",
        arguments: [
            ("Romance Standard Time", "Europe/Paris"), ("/example.org/20210101/Europe/Lisbon", "Europe/Lisbon"),
            ("europe/dublin", "Europe/Dublin"), ("UTC", "GMT"),
        ])
    func zones(name: String, zone: String) throws {
        let file = try Self.read(Self.event("", starts: "DTSTART;TZID=\(name):20270304T133000"))
        #expect(file.items.first?.fields["timezone"] == [zone])
    }

    @Test("takes a time over which the clocks go forward for the one that they show, and a whole day for a whole day")
    func missingHour() throws {
        let file = try Self.read(
            Self.calendar(
                "BEGIN:VEVENT\nUID:a\nSUMMARY:A\nDTSTART;TZID=America/New_York:20270314T023000\nDURATION:PT45M\nEND:VEVENT\n"
                    + "BEGIN:VEVENT\nUID:b\nSUMMARY:B\nDTSTART;VALUE=DATE:20270328\nEND:VEVENT"))
        let times = file.items.map { [$0.fields["starts"] ?? [], $0.fields["ends"] ?? []] }
        #expect(times.first == [["2027-03-14T03:30"], ["2027-03-14T04:15"]])
        #expect(times.last?.first == ["2027-03-28T00:00"])
    }

    @Test("names a zone that is none")
    func unknownZone() {
        #expect(
            Self.refusal(Self.event("", starts: "DTSTART;TZID=Middle Earth:20270304T133000"))
                == "line 6: the time zone “Middle Earth” is not known, and its clocks go like those of no place; in the "
                + "file, write a place such as Europe/London in its stead")
    }

    @Test("refuses a series without end with the remedy, and takes its dates up to a day that is given")
    func endless() throws {
        let bytes = Self.event("RRULE:FREQ=MONTHLY;BYDAY=1TH")
        #expect(
            Self.refusal(bytes)
                == "line 3: “Lunch club” repeats without end (FREQ=MONTHLY;BYDAY=1TH); add it as a network, with "
                + "fortnight networks add … --rule \"FREQ=MONTHLY;BYDAY=1TH\", or import its dates up to a day with "
                + "--until 2027-12-31")
        let file = try Self.read(bytes, until: "2027-05-06")
        #expect(
            file.items.compactMap { $0.fields["starts"]?.first } == [
                "2027-03-04T13:30", "2027-04-01T13:30", "2027-05-06T13:30",
            ])
    }
}

@Suite("Calendars that nobody exported") struct HostileCalendarTests {
    private func refusal(_ bytes: [UInt8]) -> String? { CalendarReaderTests.refusal(bytes) }
    private func refusal(_ text: String) -> String? { refusal(Array(text.utf8)) }

    @Test("are refused at once when they have a hundred thousand events, or are too large")
    func many() {
        let event = "BEGIN:VEVENT\nUID:u\nDTSTART:20270304T133000\nEND:VEVENT\n"
        let text = "BEGIN:VCALENDAR\n" + String(repeating: event, count: 100_000) + "END:VCALENDAR\n"
        #expect(
            refusal(text)
                == "the calendar has more than 10000 events; export one calendar alone, or only the coming months")
        #expect(
            refusal([UInt8](repeating: 0x61, count: 10_000_001))
                == "the file has more than 10 MB; export one calendar alone, or only the coming months")
    }

    @Test("are refused where their rules take too long to work out, and old series are not")
    func effort() throws {
        func series(_ rule: String, _ count: Int, from starts: String) -> String {
            "BEGIN:VCALENDAR\n"
                + (0..<count).map {
                    "BEGIN:VEVENT\nUID:\($0)\nSUMMARY:E\nDTSTART:\(starts)\nRRULE:\(rule)\nEND:VEVENT\n"
                }
                .joined() + "END:VCALENDAR\n"
        }
        let barren = series("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5", 9000, from: "20270101T100000Z")
        #expect(refusal(barren)?.contains("take too long to work out; export one calendar alone") == true)
        #expect(refusal(series("FREQ=YEARLY;UNTIL=20260101", 900, from: "19501015T100000Z")) == nil)
    }

    @Test("are refused where they define zones without number")
    func zones() {
        let zones = (0..<60).map {
            "BEGIN:VTIMEZONE\nTZID:Z\($0)\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:+0530\nTZOFFSETTO:+0530\n"
                + "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\nEND:STANDARD\nEND:VTIMEZONE\n"
        }
        let events = (0..<60).map {
            "BEGIN:VEVENT\nUID:\($0)\nSUMMARY:E\nDTSTART;TZID=Z\($0):20270304T133000\nEND:VEVENT\n"
        }
        let text = "BEGIN:VCALENDAR\n" + zones.joined() + events.joined() + "END:VCALENDAR\n"
        #expect(refusal(text)?.contains("there are more than 50 time zones whose names are not known") == true)
    }

    @Test("are refused with their line when they are damaged")
    func damaged() {
        #expect(
            refusal("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\n")
                == "the calendar begins in line 1 and has no END:VCALENDAR; it was cut off: export it again")
        #expect(
            refusal("BEGIN:VCALENDAR\nEND:VEVENT\n")
                == "line 2: has no matching BEGIN; the calendar is damaged: export it again")
        #expect(
            refusal("BEGIN:VCALENDAR\nrubbish\nEND:VCALENDAR")
                == "line 2: is not a line of iCalendar, NAME:value; export the calendar again")
        #expect(
            refusal(Array("BEGIN:VCALENDAR\nSUMMARY:".utf8) + [0xFF, 0xFE, 0x0A])
                == "line 2: is not text in UTF-8; export the calendar again, as UTF-8")
        #expect(
            refusal(CalendarReaderTests.event("", starts: "DTSTART:tomorrow"))
                == "line 6: DTSTART: TOMORROW is not a date such as 20270304T133000; mend it")
        #expect(
            refusal(String(repeating: "BEGIN:VCALENDAR\n", count: 100_000))
                == "line 9: is nested deeper than a calendar is; export it again")
    }

    @Test("may have one endless line, and lose no more than that")
    func endlessLine() throws {
        let long = String(repeating: "A", count: 3_000_000)
        let file = try CalendarReaderTests.read(CalendarReaderTests.event("ATTACH;ENCODING=BASE64:\(long)"))
        #expect(file.items.count == 1)
        #expect(
            refusal(CalendarReaderTests.event("DESCRIPTION:\(long)"))
                == "line 7: DESCRIPTION has more than 64 KB; shorten it in the calendar")
    }

    @Test("may repeat without bound, or never, and are done all the same")
    func rules() throws {
        #expect(
            refusal(CalendarReaderTests.event("RRULE:FREQ=DAILY;COUNT=100000"))
                == "line 3: “Lunch club” has more than 1000 dates to come; import those up to a day with --until 2027-12-31"
        )
        let never = try CalendarReaderTests.read(
            CalendarReaderTests.event("RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3"))
        #expect(never.items.count == 1, "the first date is one of the series, RFC 5545 section 3.8.5.3")
        #expect(refusal(CalendarReaderTests.event("RRULE:FREQ=SECONDLY;COUNT=9"))?.contains("“Lunch club”") == true)
    }

    @Test("cannot smuggle anything into an item")
    func texts() throws {
        let file = try CalendarReaderTests.read(
            CalendarReaderTests.event(
                "DESCRIPTION:<script>alert(1)</script> [x](javascript:alert(1)) \u{202E}\\n---\\n> quote\n"
                    + "LOCATION:A\\nB\u{7}\nURL:javascript:alert(1)"))
        let item = try #require(file.items.first)
        #expect(
            item.fields["summary"] == [
                "\\<script\\>alert(1)\\</script\\> \\[x\\](javascript:alert(1))\\\n\\---\\\n\\> quote"
            ])
        #expect(item.fields["place.name"] == ["A"] && item.fields["place.address"] == ["B"])
        #expect(item.fields["takingPart.url"] == [])
    }

    @Test("of binary rubbish are refused, whatever it is")
    func rubbish() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<50 {
            let bytes = (0..<2000).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(refusal(bytes) != nil)
            #expect(refusal(Array("BEGIN:VCALENDAR\n".utf8) + bytes) != nil)
        }
    }
}
