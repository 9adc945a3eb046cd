package import Basics
import Bulletin
package import Foundation

/// Dates and times as people write them: `2027-03-04T13:30`, `2027-03-04 13:30`, `2027-03-04`, counted from the day
/// they are taken in: `+16d 13:30`, `+3d`, and in words: `Thu 3 Dec 10am`, `next Tuesday 14:00`.
package struct WrittenTime: Sendable {
    /// The current time.
    package let now: Date
    /// The zone of the item, which the clock readings are in.
    package let zone: TimeZone

    /// The furthest day that may be counted to: ten years.
    private static let mostDays = 3660

    package init(now: Date, zone: TimeZone) { (self.now, self.zone) = (now, zone) }

    /// Why a text is no date or time, and the remedy.
    package struct Fault: Error, Hashable, Sendable {
        package let message: String
    }

    /// Whether `text` says date and time in figures, so that nothing has to be understood: such a time needs not be
    /// read back and asked about.
    package static func isExact(_ text: String) -> Bool {
        let text = text.trimmingCharacters(in: .whitespaces)
        return LocalDateTime(text) != nil || LocalDate(text) != nil || text.hasPrefix("+")
    }

    /// A clock reading that exists in the zone, and a note where people should know how it was read.
    package func time(_ text: String) throws(Fault) -> (time: LocalDateTime, note: String?) {
        let (time, note) = try checked(clockReading(text.trimmingCharacters(in: .whitespaces)))
        let days = time.date.daysSinceEpoch - today.daysSinceEpoch
        guard note == nil, days > Self.farAway, !Self.isExact(text), !text.contains("\(time.date.year)") else {
            return (time, note)
        }
        // A date just past is more likely a slip than a date of next year.
        return (time, "\(shortened(text)) is \(time.date.inWords), \(days) days from now; write the year to be sure")
    }

    /// So many days ahead, people name the year.
    private static let farAway = 300

    /// A time of day: `10:00`, `9.30am`, `7pm`.
    package func timeOfDay(_ text: String) throws(Fault) -> LocalTime {
        let text = text.trimmingCharacters(in: .whitespaces)
        if let time = LocalTime(text) { return time }
        if let words = try DatePhrase(text, today: today), words.date == nil, let time = words.time { return time }
        throw Fault(message: "\(shortened(text)) is not a time of day; write it as 10:00 or 7.30pm")
    }

    /// The end of something that begins at `start`: as ``time(_:)``, a time of the same day (`15:00`, `3pm`), or a length
    /// (`2 hours`, `90 minutes`).
    package func end(_ text: String, of start: LocalDateTime?) throws(Fault) -> (time: LocalDateTime, note: String?) {
        let text = text.trimmingCharacters(in: .whitespaces)
        guard let start, LocalDateTime(text) == nil else {
            if Self.minutes(text) != nil || LocalTime(text) != nil {
                throw Fault(message: "\(text) counts from the start; give a start that can be read")
            }
            return try time(text)
        }
        if let minutes = Self.minutes(text) {
            // Counted on the clock on the wall: two hours from one to three, even when daylight saving begins or ends.
            return try checked(
                LocalDateTime(start.instant(in: .gmt).addingTimeInterval(TimeInterval(minutes * 60)), in: .gmt))
        }
        if let time = LocalTime(text) { return try checked(LocalDateTime(start.date, time)) }
        if let words = try DatePhrase(text, today: start.date), words.date == nil, let time = words.time {
            return try checked(LocalDateTime(start.date, time))
        }
        return try time(text)
    }

    /// `2 hours`, `1 hour 30 minutes`, `90 min`, at most a month.
    private static func minutes(_ text: String) -> Int? {
        var words = text.lowercased().split { $0.isWhitespace || $0 == "," }.filter { $0 != "for" && $0 != "and" }[...]
        var total = 0
        guard !words.isEmpty, words.count % 2 == 0 else { return nil }
        while let number = words.popFirst(), let unit = words.popFirst() {
            guard let count = number == "an" ? 1 : Int(number), (0...44_640).contains(count) else { return nil }
            switch unit {
            case "hour", "hours", "h", "hrs": total += 60 * count
            case "minute", "minutes", "min", "mins": total += count
            default: return nil
            }
        }
        return (1...44_640).contains(total) ? total : nil
    }

    private func clockReading(_ text: String) throws(Fault) -> LocalDateTime {
        guard let local = try relativeTime(text) ?? LocalDateTime(text) else {
            if LocalDate(text) != nil {
                throw Fault(
                    message:
                        "\(text) has no time of day; add one, such as \(text)T13:30; whole days go from 00:00 to 00:00 of the day after"
                )
            }
            if Date(rfc3339: text) == nil, let words = try DatePhrase(text, today: today) {
                guard let time = words.time else {
                    throw Fault(
                        message: "\(shortened(text)) has no time of day; add one, such as \(shortened(text)) 13:30")
                }
                guard let date = words.date else {
                    throw Fault(message: "\(shortened(text)) has no date; add one, such as Thu 4 March \(time)")
                }
                return LocalDateTime(date, time)
            }
            if Date(rfc3339: text) != nil {
                throw Fault(
                    message:
                        "\(text) has an offset; write the local time without it, such as 2027-03-04T13:30, and the zone "
                        + "as timezone")
            }
            throw Fault(
                message:
                    "\(shortened(text)) is not a date and time; write it as 2027-03-04T13:30, Thu 4 March 1.30pm, "
                    + "or +16d 13:30, counted from today")
        }
        return local
    }

    private var today: LocalDate { LocalDateTime(now, in: zone).date }

    /// A remark on a clock reading in this zone.
    private func checked(_ local: LocalDateTime) throws(Fault) -> (time: LocalDateTime, note: String?) {
        switch local.resolved(in: zone) {
        case .once: return (local, nil)
        case .twice:
            return (local, "\(local) comes twice in \(zone.identifier), when the clocks go back; the first is used")
        case .missing:
            throw Fault(
                message: "\(local) does not exist in \(zone.identifier), when the clocks go forward; the next time "
                    + "that does is \(nextExisting(after: local))")
        }
    }

    /// A day of the calendar.
    package func day(_ text: String) throws(Fault) -> LocalDate {
        let text = text.trimmingCharacters(in: .whitespaces)
        if let counted = try counted(text), counted.rest.isEmpty { return counted.day }
        if LocalDate(text) == nil, let words = try DatePhrase(text, today: today), words.time == nil,
            let day = words.date
        {
            return day
        }
        guard let day = LocalDate(text) else {
            throw Fault(
                message:
                    "\(shortened(text)) is not a day; write it as 2027-03-04, Thu 4 March, or +3d, counted from "
                    + "today")
        }
        return day
    }

    private func relativeTime(_ text: String) throws(Fault) -> LocalDateTime? {
        guard let counted = try counted(text), let time = LocalTime(counted.rest) else { return nil }
        return LocalDateTime(counted.day, time)
    }

    /// Reads `+16d` and the time after it.
    private func counted(_ text: String) throws(Fault) -> (day: LocalDate, rest: Substring)? {
        guard text.hasPrefix("+"), let unit = text.firstIndex(where: { $0 == "d" || $0 == "D" }) else { return nil }
        let digits = text[text.index(after: text.startIndex)..<unit]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        guard let days = Int(digits), days <= Self.mostDays else {
            throw Fault(message: "+\(shortened(String(digits)))d is too far off; \(Self.mostDays) days is the limit")
        }
        let rest = text[text.index(after: unit)...].drop { $0 == " " || $0 == "T" || $0 == "t" }
        return (LocalDateTime(now, in: zone).date.adding(days: days), rest)
    }

    private func nextExisting(after missing: LocalDateTime) -> LocalDateTime {
        // A gap is an hour nearly everywhere, and a whole day where a country has crossed the date line.
        let first = missing.date.daysSinceEpoch * 1440 + missing.time.hour * 60 + missing.time.minute + 1
        for minute in first...(first + 2880) {
            guard let time = LocalTime(hour: minute / 60 % 24, minute: minute % 60) else { continue }
            let candidate = LocalDateTime(LocalDate(daysSinceEpoch: minute / 1440), time)
            if case .missing = candidate.resolved(in: zone) { continue }
            return candidate
        }
        return missing
    }
}
