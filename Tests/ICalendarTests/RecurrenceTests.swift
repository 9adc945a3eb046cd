import Basics
import Bulletin
import Foundation
import ICalendar
import Testing

private func london() throws -> TimeZone { try #require(TimeZone(identifier: "Europe/London")) }
private func local(_ text: String) throws -> LocalDateTime { try #require(LocalDateTime(text)) }

/// The first dates of a rule, at most so many.
private func dates(_ rule: String, from start: String, most: Int = 6) throws -> [String] {
    let rule = try Recurrence(rule)
    return rule.occurrences(from: try local(start), zone: try london()).prefix(most).map(\.description)
}

@Suite struct RecurrenceTests {
    private struct Sample: Decodable {
        let rule: String
        let start: LocalDateTime
        let dates: [LocalDate]
    }

    @Test func hundredsOfRulesComeOutAsAnIndependentImplementationHasThem() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/occurrences.jsonl")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 600)
        for line in lines {
            let sample = try JSONDecoder().decode(Sample.self, from: Data(line.utf8))
            let rule = try Recurrence(sample.rule)
            let ours = rule.occurrences(from: sample.start, zone: try london())
                .prefix(15).map(\.date).filter { $0.year <= 2100 }
            #expect(ours == sample.dates, "\(sample.rule) from \(sample.start)")
            // What is written back is the same rule.
            let again = try Recurrence(rule.text)
            #expect(again == rule, "\(sample.rule)")
        }
    }

    @Test func theLastFridayAndTheThirtyFirstComeOnlyWhereTheyAre() throws {
        let fridays = try dates("FREQ=MONTHLY;BYDAY=-1FR", from: "2027-01-01T18:00", most: 3)
        #expect(fridays == ["2027-01-29T18:00", "2027-02-26T18:00", "2027-03-26T18:00"])
        let ends = try dates("FREQ=MONTHLY", from: "2027-01-31T09:00", most: 4)
        #expect(ends == ["2027-01-31T09:00", "2027-03-31T09:00", "2027-05-31T09:00", "2027-07-31T09:00"])
    }

    @Test func aLeapDayComesInLeapYearsOnly() throws {
        let leap = try dates("FREQ=YEARLY", from: "2028-02-29T10:00", most: 3)
        #expect(leap == ["2028-02-29T10:00", "2032-02-29T10:00", "2036-02-29T10:00"])
        let across = try dates("FREQ=YEARLY", from: "2096-02-29T10:00", most: 2)
        #expect(across == ["2096-02-29T10:00", "2104-02-29T10:00"])
    }

    @Test func theClockStandsStillAcrossSummerTime() throws {
        let zone = try london()
        let days = try dates("FREQ=WEEKLY", from: "2027-03-21T01:30", most: 3)
        #expect(days == ["2027-03-21T01:30", "2027-03-28T01:30", "2027-04-04T01:30"])
        // 28 March has no half past one in London: it is read with the offset before the gap.
        let missing = try local("2027-03-28T01:30").instant(in: zone)
        #expect(missing.rfc3339(in: .gmt) == "2027-03-28T01:30:00+00:00")
    }

    @Test func anEndIsTakenAtItsWord() throws {
        let counted = try dates("FREQ=WEEKLY;COUNT=2", from: "2027-01-05T10:00")
        #expect(counted == ["2027-01-05T10:00", "2027-01-12T10:00"])
        let dated = try dates("FREQ=WEEKLY;UNTIL=20270112", from: "2027-01-05T10:00")
        #expect(dated == counted)
        // 09:30 in UTC is 10:30 in London in July.
        let utc = try dates("FREQ=DAILY;UNTIL=20270702T093000Z", from: "2027-07-01T10:30")
        #expect(utc == ["2027-07-01T10:30", "2027-07-02T10:30"])
        let before = try dates("FREQ=DAILY;UNTIL=20270702T092959Z", from: "2027-07-01T10:30")
        #expect(before == ["2027-07-01T10:30"])
    }

    @Test(arguments: [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYMONTHDAY=31;BYDAY=5MO;BYMONTH=2",
        "FREQ=MONTHLY;BYSETPOS=20;BYDAY=MO", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;INTERVAL=1000;BYMONTHDAY=31;BYMONTH=4",
    ])
    func aRuleThatNeverComesEnds(rule: String) throws {
        #expect(try dates(rule, from: "2027-01-01T10:00").isEmpty)
    }

    @Test func anEndlessRuleIsReadAsFarAsItIsAskedAndEndsWithTheCalendar() throws {
        let daily = try Recurrence("FREQ=YEARLY;INTERVAL=100")
        #expect(daily.isEndless)
        let last = Array(daily.occurrences(from: try local("2027-01-01T10:00"), zone: try london())).last
        #expect(last == (try local("9927-01-01T10:00")))
    }

    @Test func aWeekNumberNeedsNoDay() throws {
        let weeks = try dates("FREQ=YEARLY;BYWEEKNO=20", from: "2027-05-19T10:00", most: 2)
        #expect(weeks == ["2027-05-19T10:00", "2028-05-17T10:00"])
        let first = try dates("FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", from: "2027-01-01T10:00", most: 3)
        #expect(first == ["2027-01-04T10:00", "2028-01-03T10:00", "2029-01-01T10:00"])
    }

    @Test(arguments: [
        ("", "there is no FREQ; begin with FREQ=WEEKLY, FREQ=MONTHLY or the like"),
        ("FREQ=HOURLY", "FREQ=HOURLY is not DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("FREQ=WEEKLY;COUNT=3;UNTIL=20271231", "COUNT and UNTIL do not go together; remove all but one"),
        ("FREQ=WEEKLY;FREQ=DAILY", "FREQ is given twice; leave one"),
        ("FREQ=WEEKLY;BYDAY=2TU", "a numbered day in BYDAY needs FREQ=MONTHLY or FREQ=YEARLY; leave out its number"),
        ("FREQ=WEEKLY;INTERVAL=0", "INTERVAL=0 is not a number from 1 to 1000"),
        ("FREQ=WEEKLY;INTERVALL=2", "INTERVALL is not a part of a rule; did you mean INTERVAL?"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY=XX: XX does not belong there"),
        ("FREQ=WEEKLY;UNTIL=tomorrow", "UNTIL=TOMORROW is not a date such as 20271231 or 20271231T100000Z"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "BYMONTHDAY does not go with FREQ=WEEKLY; use FREQ=MONTHLY"),
        ("FREQ=WEEKLY;BYHOUR=3", "BYHOUR is not taken: the time of day is that of the first date"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS counts among the dates of another BY… part, and there is none"),
        ("every second Tuesday", "EVERY SECOND TUESDAY is not NAME=VALUE, as FREQ=MONTHLY"),
        ("FREQ=WEEKLY;BYDAY=", "BYDAY= is not NAME=VALUE, as FREQ=MONTHLY"),
    ])
    func aBadRuleIsRefusedWithItsRemedy(rule: String, words: String) {
        #expect(throws: RecurrenceFault(words)) { try Recurrence(rule) }
    }

    @Test func aVeryLongRuleIsRefusedUnread() {
        let rule = "FREQ=YEARLY;BYYEARDAY=" + String(repeating: "1,", count: 5000)
        #expect(throws: RecurrenceFault("the rule is longer than 2000 characters; shorten it")) { try Recurrence(rule) }
    }

    @Test(
        arguments: [
            ("month", "second Tuesday", "FREQ=MONTHLY;BYDAY=2TU", "every month on the second Tuesday"),
            ("month", "last Friday", "FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday"),
            ("Month", "the 31st", "FREQ=MONTHLY;BYMONTHDAY=31", "every month on the 31st, where there is one"),
            ("3 months", "1st Thursday", "FREQ=MONTHLY;INTERVAL=3;BYDAY=1TH", "every 3 months on the first Thursday"),
            ("quarter", "last day", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1", "every 3 months on the last day"),
            ("week", "Monday and Thursday", "FREQ=WEEKLY;BYDAY=MO,TH", "every week on Monday and Thursday"),
            ("2 weeks", "Tuesdays", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "every 2 weeks on Tuesday"),
            ("other week", "Tue", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "every 2 weeks on Tuesday"),
            (
                "month", "first and third Tuesday", "FREQ=MONTHLY;BYDAY=1TU,3TU",
                "every month on the first Tuesday and the third Tuesday"
            ),
            ("year", nil, "FREQ=YEARLY", "every year"),
            ("month", "the last Friday of the month", "FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday"),
            ("month", "second last Friday", "FREQ=MONTHLY;BYDAY=-2FR", "every month on the second last Friday"),
            ("week", "weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every week on weekdays"),
            (
                "year", "29 February", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
                "every year on 29 February, where there is one"
            ),
            ("year", "March 1st", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1", "every year on 1 March"),
            (
                "month", "1st Monday, 3rd Monday", "FREQ=MONTHLY;BYDAY=1MO,3MO",
                "every month on the first Monday and the third Monday"
            ),
        ] as [(String, String?, String, String)])
    func plainWordsMakeARuleAndItSaysThemBack(every: String, on: String?, rule: String, words: String) throws {
        let made = try Recurrence(every: every, on: on)
        #expect(made.text == rule)
        #expect(made.inWords == words)
    }

    @Test(
        arguments: [
            ("eon", nil, "\"eon\" is not understood; write week, 2 weeks, month, 3 months, quarter or year"),
            ("month", "Tuesday", "\"tuesday\" does not say which one; write \"second tuesday\" or \"last tuesday\""),
            ("week", "the 31st", "\"31st\" is a day of a month: it goes with --every month"),
            (
                "month", "sixth Friday",
                "\"sixth friday\" is not understood; write \"second Tuesday\", \"last Friday\", \"Monday and Thursday\" or "
                    + "\"the 31st\""
            ),
            ("month", "6th Friday", "\"6th friday\" never comes; a month has five at most"),
            (
                "year", "1 March and 1 June",
                "\"1 june\" is a second day of the year; use --rule, or add a network for each"
            ),
        ] as [(String, String?, String)])
    func wordsThatAreNotUnderstoodAreSaid(every: String, on: String?, words: String) {
        #expect(throws: RecurrenceFault(words)) { try Recurrence(every: every, on: on) }
    }
}
