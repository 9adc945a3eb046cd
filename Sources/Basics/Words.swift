package import Foundation

// Dates as people in English-speaking offices write them. Written here and not with a formatter, whose words change
// with the machine's locale and the library's version.

package let weekdayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
package let monthNames = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]

/// `Mon`, `Tue`: as mail and HTTP write them (RFC 5322 section 3.3, RFC 9110 section 5.6.7).
package let weekdayAbbreviations = weekdayNames.map { String($0.prefix(3)) }
/// `Jan`, `Feb`
package let monthAbbreviations = monthNames.map { String($0.prefix(3)) }

extension LocalDate {
    /// `Wednesday 2 December 2026`
    package var inWords: String { "\(weekdayNames[weekday - 1]) \(day) \(monthNames[month - 1]) \(year)" }
}

extension LocalDateTime {
    /// `Wednesday 2 December 2026 at 10:00`
    package var inWords: String { "\(date.inWords) at \(time)" }
}

extension Date {
    /// `Wednesday 2 December 2026 at 10:00`: the local time in `zone`, to the minute.
    package func inWords(in zone: TimeZone) -> String {
        let local = LocalDateTime(self, in: zone)
        let minute = LocalTime(hour: local.time.hour, minute: local.time.minute) ?? local.time
        return LocalDateTime(local.date, minute).inWords
    }
}

extension Int {
    /// `1,203`
    package var grouped: String {
        var digits = Array(String(magnitude))
        for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
        return (self < 0 ? "-" : "") + String(digits)
    }
}

extension TimeInterval {
    /// `12 hours`, `2 days`, `90 minutes`: for sentences.
    package var inWords: String {
        func count(_ number: Int, _ unit: String) -> String { "\(number) \(unit)\(number == 1 ? "" : "s")" }
        let seconds = Int(self)
        if seconds >= 86_400, seconds % 86_400 == 0 { return count(seconds / 86_400, "day") }
        if seconds >= 3600, seconds % 3600 == 0 { return count(seconds / 3600, "hour") }
        if seconds >= 60, seconds % 60 == 0 { return count(seconds / 60, "minute") }
        return count(seconds, "second")
    }

    /// How long is left, in the two largest units: `2 days 3 hours`, `20 minutes`, `less than a minute`.
    package var leftInWords: String {
        let minutes = Int(self / 60)
        guard minutes >= 1 else { return "less than a minute" }
        let units = [(minutes / 1440, "day"), (minutes / 60 % 24, "hour"), (minutes % 60, "minute")]
        let first = units.firstIndex { $0.0 > 0 } ?? 2
        return units[first..<min(first + 2, units.count)].filter { $0.0 > 0 }
            .map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: " ")
    }
}

/// The beginning of a text that may be of any length and hold anything, fit for a message on one line.
package func shortened(_ text: String, to most: Int = 60) -> String {
    let beginning = text.count <= most ? text : text.prefix(most) + "…"
    guard UnfitCharacter.first(in: beginning, oneLine: true) != nil else { return beginning }
    return String(
        String.UnicodeScalarView(
            beginning.unicodeScalars.map { scalar in
                UnfitCharacter.first(in: String(scalar), oneLine: true) == nil ? scalar : "?"
            }))
}
