import Basics
import Foundation

/// A DATE or a DATE-TIME (RFC 5545 sections 3.3.4 and 3.3.5) as it is written.
struct CalendarMoment: Hashable {
    enum Place: Hashable {
        case utc
        /// Wherever somebody is.
        case floating
        /// In the zone of that TZID.
        case zone(String)
    }

    var local: LocalDateTime
    /// A DATE: the whole day.
    var isDay: Bool
    var place: Place

    /// The value of DTSTART and the like.
    init(_ property: ContentLine) throws(CalendarFault) {
        try self.init(property.value, property)
    }

    /// The values of RDATE and EXDATE; of a period its beginning.
    static func list(_ property: ContentLine) throws(CalendarFault) -> [CalendarMoment] {
        var moments: [CalendarMoment] = []
        for value in property.value.split(separator: ",") {
            moments.append(try CalendarMoment(String(value.prefix { $0 != "/" }), property))
        }
        return moments
    }

    private init(_ value: String, _ property: ContentLine) throws(CalendarFault) {
        let text = value.trimmingCharacters(in: .whitespaces).uppercased()
        let digits = text.prefix(8)
        guard let date = Self.date(digits) else { throw Self.unreadable(property, text) }
        let rest = text.dropFirst(8)
        if rest.isEmpty {
            (local, isDay, place) = (LocalDateTime(date, Self.midnight), true, .floating)
            return
        }
        guard rest.first == "T", let time = Self.time(rest.dropFirst().prefix(6)) else {
            throw Self.unreadable(property, text)
        }
        (local, isDay) = (LocalDateTime(date, time), false)
        switch rest.dropFirst(7) {
        case "Z": place = .utc
        case "": place = property.parameters["TZID"].map { .zone($0) } ?? .floating
        default: throw Self.unreadable(property, text)
        }
    }

    static let midnight = LocalDateTime(Date(timeIntervalSince1970: 0), in: .gmt).time

    private static func unreadable(_ property: ContentLine, _ text: String) -> CalendarFault {
        CalendarFault(
            line: property.line, "\(property.name): \(shortened(text)) is not a date such as 20270304T133000; mend it")
    }

    private static func numbers(_ text: Substring, _ widths: [Int]) -> [Int]? {
        guard text.utf8.count == widths.reduce(0, +),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        var rest = text
        var numbers: [Int] = []
        for width in widths {
            numbers.append(Int(rest.prefix(width)) ?? 0)
            rest = rest.dropFirst(width)
        }
        return numbers
    }

    private static func date(_ text: Substring) -> LocalDate? {
        numbers(text, [4, 2, 2]).flatMap { LocalDate(year: $0[0], month: $0[1], day: $0[2]) }
    }

    private static func time(_ text: Substring) -> LocalTime? {
        // A leap second is the last one of its minute.
        numbers(text, [2, 2, 2]).flatMap { LocalTime(hour: $0[0], minute: $0[1], second: min($0[2], 59)) }
    }
}

/// A DURATION (RFC 5545 section 3.3.6): days by the calendar, the rest by the clock.
struct CalendarDuration: Hashable {
    var days = 0
    var seconds = 0

    /// Nil for a text that is none, and for one that goes backwards or lasts longer than ten years.
    init?(_ text: String) {
        var rest = Substring(text.trimmingCharacters(in: .whitespaces).uppercased())
        if rest.first == "+" { rest = rest.dropFirst() }
        guard rest.first == "P" else { return nil }
        rest = rest.dropFirst()
        var isTime = false
        var found = false
        while let first = rest.first {
            if first == "T" {
                isTime = true
                rest = rest.dropFirst()
                continue
            }
            let digits = rest.prefix { "0123456789".contains($0) }
            guard let number = Int(digits), number < 400_000_000 else { return nil }
            rest = rest.dropFirst(digits.count)
            switch (rest.first, isTime) {
            case ("W", false): days += number * 7
            case ("D", false): days += number
            case ("H", true): seconds += number * 3600
            case ("M", true): seconds += number * 60
            case ("S", true): seconds += number
            default: return nil
            }
            rest = rest.dropFirst()
            found = true
        }
        guard found, days < 3660, seconds < 3660 * 86_400 else { return nil }
    }

    func end(from start: LocalDateTime, in zone: TimeZone) -> LocalDateTime {
        let later = LocalDateTime(start.date.adding(days: days), start.time)
        return seconds == 0 ? later : LocalDateTime(later.instant(in: zone) + TimeInterval(seconds), in: zone)
    }
}
