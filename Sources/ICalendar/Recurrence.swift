package import Basics
package import Foundation

/// A rule for recurring dates, an RRULE value (RFC 5545 section 3.3.10) of days and longer, as a network's meetings have.
/// Hours and shorter are refused: nothing that a bulletin announces comes every hour.
package struct Recurrence: Hashable, Sendable {
    package enum Frequency: String, Sendable, CaseIterable {
        case daily = "DAILY"
        case weekly = "WEEKLY"
        case monthly = "MONTHLY"
        case yearly = "YEARLY"
    }

    /// A day of the week, 1 for Monday to 7 for Sunday; the `ordinal`th of its month or year, counted from the end
    /// where it is negative, every one where it is nil.
    package struct Weekday: Hashable, Sendable {
        package var ordinal: Int?
        package var day: Int
        package init(_ day: Int, ordinal: Int? = nil) { (self.day, self.ordinal) = (day, ordinal) }
    }

    /// The last moment that may be a date of it.
    package enum Until: Hashable, Sendable {
        case date(LocalDate)
        case local(LocalDateTime)
        case instant(Date)
    }

    package enum End: Hashable, Sendable {
        case never
        case count(Int)
        case until(Until)
    }

    package var frequency: Frequency
    package var interval = 1
    package var end = End.never
    package var weekdays: [Weekday] = []
    /// 1 to 31, or from the end -1 to -31.
    package var monthDays: [Int] = []
    /// 1 to 366, or from the end.
    package var yearDays: [Int] = []
    /// ISO weeks 1 to 53, or from the end; yearly only.
    package var weekNumbers: [Int] = []
    package var months: [Int] = []
    /// Which of a period's dates count, from 1, or from the end.
    package var positions: [Int] = []
    /// The day on which a week begins, 1 for Monday.
    package var weekStart = 1

    package init(_ frequency: Frequency, interval: Int = 1) { (self.frequency, self.interval) = (frequency, interval) }

    /// Whether it ends neither after a number of dates nor at a date.
    package var isEndless: Bool { end == .never }

    static let weekdayCodes = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

    /// The RRULE value, parts in one order: `FREQ=MONTHLY;BYDAY=2TU`.
    package var text: String {
        func list(_ name: String, _ values: [Int]) -> [String] {
            values.isEmpty ? [] : ["\(name)=" + values.map(String.init).joined(separator: ",")]
        }
        var parts = ["FREQ=\(frequency.rawValue)"]
        switch end {
        case .never: break
        case .count(let count): parts.append("COUNT=\(count)")
        case .until(let until): parts.append("UNTIL=\(until.text)")
        }
        if interval != 1 { parts.append("INTERVAL=\(interval)") }
        parts += list("BYMONTH", months) + list("BYWEEKNO", weekNumbers) + list("BYYEARDAY", yearDays)
        parts += list("BYMONTHDAY", monthDays)
        if !weekdays.isEmpty { parts.append("BYDAY=" + weekdays.map(\.text).joined(separator: ",")) }
        parts += list("BYSETPOS", positions)
        if weekStart != 1 { parts.append("WKST=\(Self.weekdayCodes[weekStart - 1])") }
        return parts.joined(separator: ";")
    }
}

extension Recurrence.Weekday {
    fileprivate var text: String { (ordinal.map(String.init) ?? "") + Recurrence.weekdayCodes[day - 1] }
}

extension Recurrence.Until {
    fileprivate var text: String {
        func compact(_ text: String) -> String { text.filter { $0 != "-" && $0 != ":" } }
        func time(_ time: LocalTime) -> String {
            compact(time.description) + (time.second == 0 ? "00" : "")
        }
        switch self {
        case .date(let date): return compact(date.description)
        case .local(let local): return "\(compact(local.date.description))T\(time(local.time))"
        case .instant(let instant):
            let local = LocalDateTime(instant, in: .gmt)
            return "\(compact(local.date.description))T\(time(local.time))Z"
        }
    }
}

/// The fault of a rule and its remedy, in a sentence without a full stop.
package struct RecurrenceFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
