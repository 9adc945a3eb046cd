package import Bulletin
package import Foundation

/// Dates and times as people write them: `2027-03-04T13:30`, `2027-03-04 13:30`, `2027-03-04`, and counted from the day
/// they are taken in: `+16d 13:30`, `+3d`.
package struct WrittenTime: Sendable {
    /// When it is taken in.
    package let now: Date
    /// The zone of the item, which the clock readings are in.
    package let zone: TimeZone

    /// The furthest day that may be counted to: ten years.
    private static let mostDays = 3660

    package init(now: Date, zone: TimeZone) { (self.now, self.zone) = (now, zone) }

    /// What is wrong with a text that should be a date or a time, and the remedy.
    package struct Fault: Error, Hashable, Sendable {
        package let message: String
    }

    /// A clock reading that exists in the zone, and a remark where people should know how it was read.
    package func time(_ text: String) throws(Fault) -> (time: LocalDateTime, note: String?) {
        let text = text.trimmingCharacters(in: .whitespaces)
        guard let local = try relativeTime(text) ?? LocalDateTime(text) else {
            if LocalDate(text) != nil {
                throw Fault(message: "\(text) has no time of day; add one, as \(text)T13:30")
            }
            if Date(rfc3339: text) != nil {
                throw Fault(
                    message:
                        "\(text) has an offset; write the local time without it, as 2027-03-04T13:30, and the zone "
                        + "as timezone")
            }
            throw Fault(
                message: "\(shortened(text)) is not a date and time; write it as 2027-03-04T13:30, or as +16d 13:30, "
                    + "counted from today")
        }
        switch local.resolved(in: zone) {
        case .once: return (local, nil)
        case .twice:
            return (local, "\(local) comes twice in \(zone.identifier), as the clocks go back; the first is taken")
        case .missing:
            throw Fault(
                message: "\(local) does not exist in \(zone.identifier), where the clocks go forward; the next time "
                    + "that does is \(nextExisting(after: local))")
        }
    }

    /// A day of the calendar.
    package func day(_ text: String) throws(Fault) -> LocalDate {
        let text = text.trimmingCharacters(in: .whitespaces)
        if let counted = try counted(text), counted.rest.isEmpty { return counted.day }
        guard let day = LocalDate(text) else {
            throw Fault(
                message: "\(shortened(text)) is not a day; write it as 2027-03-04, or as +3d, counted from today")
        }
        return day
    }

    private func relativeTime(_ text: String) throws(Fault) -> LocalDateTime? {
        guard let counted = try counted(text), let time = LocalTime(counted.rest) else { return nil }
        return LocalDateTime(counted.day, time)
    }

    /// Reads `+16d` and what follows it.
    private func counted(_ text: String) throws(Fault) -> (day: LocalDate, rest: Substring)? {
        guard text.hasPrefix("+"), let unit = text.firstIndex(where: { $0 == "d" || $0 == "D" }) else { return nil }
        let digits = text[text.index(after: text.startIndex)..<unit]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            return nil
        }
        guard let days = Int(digits), days <= Self.mostDays else {
            throw Fault(message: "+\(shortened(String(digits)))d is too far off; \(Self.mostDays) days are the most")
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

/// The beginning of a text that may be of any length and hold anything, fit for a message on one line.
func shortened(_ text: String, to most: Int = 60) -> String {
    let beginning = text.count <= most ? text : text.prefix(most) + "…"
    guard UnfitCharacter.first(in: beginning, oneLine: true) != nil else { return beginning }
    return String(
        String.UnicodeScalarView(
            beginning.unicodeScalars.map { scalar in
                UnfitCharacter.first(in: String(scalar), oneLine: true) == nil ? scalar : "?"
            }))
}
