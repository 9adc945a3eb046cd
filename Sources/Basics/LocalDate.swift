package import Foundation

/// A day of the Gregorian calendar, nowhere in particular.
package struct LocalDate: Hashable, Sendable, Comparable {
    package let year: Int
    package let month: Int
    package let day: Int

    /// Nil unless that day exists; years 1 to 9999.
    package init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.length(ofMonth: month, year: year)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// The day that many days after 1 January 1970, negative before it.
    package init(daysSinceEpoch days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * fromMarch + 2) / 5 + 1
        month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Days since 1 January 1970.
    package var daysSinceEpoch: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// 1 for Monday to 7 for Sunday (ISO 8601).
    package var weekday: Int { ((daysSinceEpoch + 3) % 7 + 7) % 7 + 1 }

    package func adding(days: Int) -> LocalDate { LocalDate(daysSinceEpoch: daysSinceEpoch + days) }

    package static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    package static func < (left: LocalDate, right: LocalDate) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

/// A time of day, to the minute unless seconds are given.
package struct LocalTime: Hashable, Sendable, Comparable {
    package let hour: Int
    package let minute: Int
    package let second: Int

    /// Nil unless 00:00:00 to 23:59:59.
    package init?(hour: Int, minute: Int, second: Int = 0) {
        guard (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second) else { return nil }
        (self.hour, self.minute, self.second) = (hour, minute, second)
    }

    package var isMidnight: Bool { (hour, minute, second) == (0, 0, 0) }

    package static func < (left: LocalTime, right: LocalTime) -> Bool {
        (left.hour, left.minute, left.second) < (right.hour, right.minute, right.second)
    }
}

/// A date and a time of day as a clock on a wall shows them, in a zone that is said elsewhere.
package struct LocalDateTime: Hashable, Sendable, Comparable {
    package var date: LocalDate
    package var time: LocalTime

    package init(_ date: LocalDate, _ time: LocalTime) { (self.date, self.time) = (date, time) }

    /// The local time in `zone` at `instant`, in whole seconds.
    package init(_ instant: Date, in zone: TimeZone) {
        let seconds = Int(instant.timeIntervalSince1970.rounded(.down)) + zone.secondsFromGMT(for: instant)
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - days * 86_400
        date = LocalDate(daysSinceEpoch: days)
        time = LocalTime(unchecked: rest)
    }

    /// Whether that clock reading comes once, never or twice in `zone`, and the instant that
    /// RFC 5545 section 3.3.5 reads it as: a missing hour with the offset before the gap, the first of two.
    package func resolved(in zone: TimeZone) -> Resolution {
        let naive =
            TimeInterval(date.daysSinceEpoch) * 86_400
            + TimeInterval(time.hour * 3600 + time.minute * 60 + time.second)
        let day: TimeInterval = 86_400
        let before = TimeInterval(zone.secondsFromGMT(for: Date(timeIntervalSince1970: naive - day)))
        let after = TimeInterval(zone.secondsFromGMT(for: Date(timeIntervalSince1970: naive + day)))
        let candidates = [before, after].map { Date(timeIntervalSince1970: naive - $0) }
        let fitting = candidates.filter { LocalDateTime($0, in: zone) == self }.sorted()
        guard let first = fitting.first, let last = fitting.last else { return .missing(candidates[0]) }
        return first == last ? .once(first) : .twice(first, last)
    }

    package enum Resolution: Hashable, Sendable {
        case once(Date)
        case missing(Date)
        case twice(Date, Date)

        /// The instant that the reading stands for.
        var instant: Date {
            switch self {
            case .once(let date), .missing(let date), .twice(let date, _): date
            }
        }
    }

    package func instant(in zone: TimeZone) -> Date { resolved(in: zone).instant }

    package static func < (left: LocalDateTime, right: LocalDateTime) -> Bool {
        (left.date, left.time) < (right.date, right.time)
    }
}

extension LocalTime {
    fileprivate init(unchecked secondOfDay: Int) {
        (hour, minute, second) = (secondOfDay / 3600, secondOfDay / 60 % 60, secondOfDay % 60)
    }
}

extension LocalDateTime {
    /// The time that clocks in `zone` show: this, or, where they go forward over it, a time as much later (RFC
    /// 5545 section 3.3.5).
    package func onTheClock(in zone: TimeZone) -> LocalDateTime { LocalDateTime(instant(in: zone), in: zone) }
}
