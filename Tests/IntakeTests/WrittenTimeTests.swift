import Basics
import Bulletin
import Foundation
import Testing

@testable import Intake

@Suite struct WrittenTimeTests {
    private func clock(_ now: String = "2026-11-25T23:30:00Z", _ zone: String = "Europe/London") throws -> WrittenTime {
        let intake = try ItemIntake(now, zone: zone)
        return WrittenTime(now: intake.now, zone: intake.zone)
    }

    @Test(arguments: [
        ("2027-03-04T13:30", "2027-03-04T13:30"), ("2027-03-04 13:30", "2027-03-04T13:30"),
        (" 2027-03-04 13:30 ", "2027-03-04T13:30"), ("+16d 13:30", "2026-12-11T13:30"),
        ("+16D13:30", "2026-12-11T13:30"), ("+0d 09:00", "2026-11-25T09:00"), ("+3660d 00:00", "2036-12-02T00:00"),
    ])
    func aTimeIsReadInEachOfItsForms(_ written: String, _ meant: String) throws {
        let read = try clock().time(written)
        #expect(read.time.description == meant)
        #expect(read.note == nil)
    }

    @Test func daysAreCountedFromTheDayThatTheItemsZoneHas() throws {
        #expect(
            try clock("2026-11-25T23:30:00Z", "Asia/Karachi").time("+1d 10:00").time.description == "2026-11-27T10:00")
        #expect(try clock("2026-11-25T23:30:00Z", "America/New_York").day("+1d").description == "2026-11-26")
        #expect(try clock("2028-02-28T12:00:00Z").day("+1d").description == "2028-02-29")
    }

    @Test(arguments: [
        (
            "Europe/London", "2027-03-28T01:30",
            "2027-03-28T01:30 does not exist in Europe/London, when the clocks go forward; the next time that does is "
                + "2027-03-28T02:00"
        ),
        (
            "America/New_York", "2027-03-14T02:00",
            "2027-03-14T02:00 does not exist in America/New_York, when the clocks go forward; the next time that does "
                + "is 2027-03-14T03:00"
        ),
        (
            "Pacific/Apia", "2011-12-30T12:00",
            "2011-12-30T12:00 does not exist in Pacific/Apia, when the clocks go forward; the next time that does is "
                + "2011-12-31T00:00"
        ),
        (
            "Europe/London", "2027-02-29T10:00",
            "2027-02-29T10:00 is not a date and time; write it as 2027-03-04T13:30, Thu 4 March 1.30pm, or +16d "
                + "13:30, counted from today"
        ),
        (
            "Europe/London", "2027-03-04",
            "2027-03-04 has no time of day; add one, such as 2027-03-04T13:30; whole days go from 00:00 to 00:00 of the day after"
        ),
        (
            "Europe/London", "2027-03-04T13:30:00Z",
            "2027-03-04T13:30:00Z has an offset; write the local time without it, such as 2027-03-04T13:30, and the zone as "
                + "timezone"
        ),
        ("Europe/London", "+4000d 10:00", "+4000d is too far off; 3660 days is the limit"),
        (
            "Europe/London", "next Tuesday",
            "next Tuesday has no time of day; add one, such as next Tuesday 13:30"
        ),
    ])
    func aTimeThatCannotBeIsRefusedWithItsRemedy(_ zone: String, _ written: String, _ message: String) throws {
        let clock = try clock("2026-11-25T12:00:00Z", zone)
        #expect(throws: WrittenTime.Fault(message: message)) { try clock.time(written) }
    }

    @Test func aTimeThatComesTwiceIsTheFirstAndSaid() throws {
        let taken = try ItemIntake().take(event(starts: "starts: 2027-10-31T01:30"), as: .event)
        #expect(taken.item.startInstant == Date(rfc3339: "2027-10-31T00:30:00Z"))
        #expect(
            taken.notes.map(\.description) == [
                "line 3: starts: 2027-10-31T01:30 comes twice in Europe/London, when the clocks go back; the first is used"
            ])
    }

    @Test(arguments: ["31/04/2027", "+3", "+d", "+-3d", "2027-13-01", "+99999999999999999999d"])
    func aDayThatIsNoneIsRefused(_ written: String) throws {
        let clock = try clock()
        #expect(throws: WrittenTime.Fault.self) { try clock.day(written) }
    }
}
