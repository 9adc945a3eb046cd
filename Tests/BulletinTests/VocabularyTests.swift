import Bulletin
import Foundation
import Testing

@Suite struct LocalDateTests {
    @Test func everyDayOfTheCalendarIsNumberedInOrder() throws {
        var days = try #require(LocalDate("0001-01-01")).daysSinceEpoch
        var wrong: [String] = []
        for year in 1...9999 {
            for month in 1...12 {
                let length = LocalDate.length(ofMonth: month, year: year)
                for day in [1, length] {
                    let date = LocalDate(year: year, month: month, day: day)
                    let number = days + day - 1
                    if date?.daysSinceEpoch != number || LocalDate(daysSinceEpoch: number) != date {
                        wrong.append("\(year)-\(month)-\(day)")
                    }
                }
                days += length
            }
        }
        #expect(wrong.isEmpty)
        #expect(try #require(LocalDate("1970-01-01")).daysSinceEpoch == 0)
    }

    @Test func weekdaysAreThoseOfTheCalendar() throws {
        #expect(try #require(LocalDate("2026-12-02")).weekday == 3)
        #expect(try #require(LocalDate("1969-12-31")).weekday == 3)
        #expect(try #require(LocalDate("2024-02-29")).weekday == 4)
        #expect(try #require(LocalDate("0001-01-01")).weekday == 1)
    }

    @Test(arguments: [
        "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-01-32", "2100-02-29", "0000-01-01", "26-01-01",
        "2026-1-1", "2026-01-01 ", " 2026-01-01", "2026/01/01", "20260101", "２０２６-01-01", "2026-01-01\u{301}", "",
    ]) func aDayThatDoesNotExistIsNoDate(_ text: String) {
        #expect(LocalDate(text) == nil)
    }

    @Test(arguments: [
        ("2026-12-02T10:00", "2026-12-02T10:00"), ("2026-12-02 10:00", "2026-12-02T10:00"),
        ("2026-12-02t10:00:30", "2026-12-02T10:00:30"), ("2026-12-02T10:00:00", "2026-12-02T10:00"),
    ]) func aDateAndTimeIsReadWithASpaceOrAT(_ text: String, _ written: String) {
        #expect(LocalDateTime(text)?.description == written)
    }

    @Test(arguments: [
        "2026-12-02", "2026-12-02T24:00", "2026-12-02T10:60", "2026-12-02T1:00", "2026-12-02T10:00Z",
        "2026-12-02  10:00", "2026-12-02T10:00:60",
    ]) func whatIsNotWholeIsNoDateAndTime(_ text: String) {
        #expect(LocalDateTime(text) == nil)
    }

    @Test func datesAreSaidInWords() throws {
        let zone = try #require(TimeZone(identifier: "Europe/London"))
        let instant = try #require(Date(rfc3339: "2027-06-30T23:05:59Z"))
        #expect(instant.inWords(in: zone) == "Thursday 1 July 2027 at 00:05")
        #expect(LocalDate("2026-12-02")?.inWords == "Wednesday 2 December 2026")
        #expect(LocalDateTime("2026-12-02 10:00")?.inWords == "Wednesday 2 December 2026 at 10:00")
    }
}

@Suite struct TimestampTests {
    @Test func aStampThatIsReadAndWrittenAgainStaysTheSame() throws {
        let start = try #require(Date(rfc3339: "2026-12-02T10:00:00Z"))
        for millisecond in 0..<5000 {
            let digits = String(1000 + millisecond % 1000).dropFirst()
            let text = "2026-12-02T10:00:0\(millisecond / 1000).\(digits)Z"
            #expect(Date(rfc3339: text)?.stamp == text)
            #expect(start.addingTimeInterval(Double(millisecond) / 1000).stamp == text)
        }
        #expect(Date(rfc3339: "1969-12-31T23:59:59.999Z")?.stamp == "1969-12-31T23:59:59.999Z")
    }

    @Test(arguments: [
        ("2026-12-02T10:00:00+05:45", "2026-12-02T04:15:00.000Z"),
        ("2026-12-02T10:00:00-03:30", "2026-12-02T13:30:00.000Z"),
        ("2026-12-02t10:00:00.5z", "2026-12-02T10:00:00.500Z"),
        ("2026-06-30T23:59:60Z", "2026-06-30T23:59:59.000Z"),
    ]) func anyOffsetIsRead(_ text: String, _ stamp: String) {
        #expect(Date(rfc3339: text)?.stamp == stamp)
    }

    @Test(arguments: [
        "2026-12-02T10:00:00", "2026-12-02T10:00Z", "2026-12-02T10:00:00+24:00", "2026-12-02T10:00:00+00:60",
        "2026-12-02T10:00:00.Z", "2026-12-02T10:00:61Z", "2026-12-02T10:00:00Z ", "2026-12-02T10:00:00+0000",
        "2026-02-30T10:00:00Z", "now", "",
    ]) func whatIsNotRFC3339IsNoInstant(_ text: String) {
        #expect(Date(rfc3339: text) == nil)
    }

    @Test func anInstantIsWrittenWithTheOffsetOfItsZone() throws {
        let instant = try #require(Date(rfc3339: "2027-07-01T12:00:00Z"))
        for (name, text) in [
            ("Europe/London", "2027-07-01T13:00:00+01:00"), ("America/St_Johns", "2027-07-01T09:30:00-02:30"),
            ("Asia/Kathmandu", "2027-07-01T17:45:00+05:45"),
        ] {
            #expect(instant.rfc3339(in: try #require(TimeZone(identifier: name))) == text)
        }
    }
}

@Suite struct NameTests {
    @Test(arguments: ["0001", "0024", "0024-c1", "12345", "9999-c12"])
    func aDispatchHasTheNameThatItIsReadBy(_ text: String) {
        #expect(Dispatch(text)?.description == text)
    }

    @Test(arguments: [
        "1", "024", "00024", "0000", "0024-c0", "0024-c01", "0024-c", "0024-", "0024-1", "0024-C1", "-c1", "0024-c1-c2",
        "0024 ", "００２４", "0024-c\u{301}1", "0024\u{301}", "+024", "99999999999999999999", "",
    ]) func aDispatchHasNoOtherName(_ text: String) {
        #expect(Dispatch(text) == nil)
    }

    @Test func anItemsIdIsSixCharactersInEitherCase() {
        #expect(ItemID("ABC234")?.description == "abc234")
        for bad in ["abc23", "abc2345", "abc231", "abc-23", "\u{212A}bc234", "abc23\u{301}", "../../"] {
            #expect(ItemID(bad) == nil, "\(bad)")
        }
    }

    @Test func aSubscribersIdIsReadBackInEitherCase() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<500 {
            let id = SubscriberID(high: generator.next(), low: generator.next())
            #expect(id.description.utf8.count == SubscriberID.length)
            #expect(SubscriberID(id.description) == id)
            #expect(SubscriberID(id.description.uppercased()) == id)
            #expect(SubscriberID(hash: id.bytes + [1, 2, 3]) == id)
        }
    }

    @Test func anIdHasOneSpellingAlone() {
        let zeros = String(repeating: "a", count: 25)
        #expect(SubscriberID(zeros + "a") == SubscriberID(high: 0, low: 0))
        // The last character carries three bits; the two beyond them must be nought.
        for bad in [zeros + "b", zeros, zeros + "aa", zeros + "1", "", zeros + "á"] {
            #expect(SubscriberID(bad) == nil, "\(bad)")
        }
    }

    @Test func idsAreOrderedAsTheirTextsAre() {
        var generator = SeededGenerator(seed: 1)
        let ids = (0..<200).map { _ in SubscriberID(high: generator.next(), low: generator.next()) }
        // Digits stand before letters in ASCII, and after them in base32.
        let key = { (id: SubscriberID) in id.description.utf8.map { $0 < 0x61 ? $0 + 0x80 : $0 } }
        #expect(ids.sorted() == ids.sorted { key($0).lexicographicallyPrecedes(key($1)) })
    }

    @Test(arguments: [
        ("", ""), ("f", "my"), ("fo", "mzxq"), ("foo", "mzxw6"), ("foob", "mzxw6yq"), ("fooba", "mzxw6ytb"),
        ("foobar", "mzxw6ytboi"),
    ]) func base32IsThatOfRFC4648WithoutPadding(_ plain: String, _ text: String) {
        #expect(Base32.encode(plain.utf8) == text)
    }
}

@Suite struct PhoneNumberTests {
    @Test(arguments: [
        ("07700 900123", "+447700900123"), ("0161 496 0000", "+441614960000"), ("+44 161 496 0000", "+441614960000"),
        ("+44 (0)161 496 0000", "+441614960000"), ("0044 (0)161 496 0000", "+441614960000"),
        ("(0161) 496-0000", "+441614960000"), ("(+44) 161.496.0000", "+441614960000"),
        ("+1 202-555-0143", "+12025550143"), ("0161\u{2011}496\u{A0}0000", "+441614960000"),
    ]) func aNumberIsReadAsPeopleWriteIt(_ text: String, _ number: String) {
        #expect(PhoneNumber(text)?.description == number)
    }

    @Test(arguments: [
        "", "7700 900123", "+", "+0161 496 0000", "0161", "+44 161 496 0000 ext 5", "0161 496 0000 0000 0000",
        "07700\r\n900123", "07700 90012\u{663}", "07700 90012\u{33}\u{301}", "07700 90012３", "++44 161 496 0000",
        "0+161 496 0000", "000 161 496 0000",
    ]) func whatIsNoNumberIsRefused(_ text: String) {
        #expect(PhoneNumber(text) == nil)
    }

    @Test func aNationalNumberTakesTheCodeOfItsCountry() {
        #expect(PhoneNumber("030 12345678", callingCode: "49")?.description == "+493012345678")
    }
}

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
