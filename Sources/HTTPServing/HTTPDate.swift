import Basics
package import Foundation

/// Times as HTTP writes them (RFC 9110 section 5.6.7): `Wed, 02 Dec 2026 10:00:00 GMT`.
package enum HTTPDate {
    package static func text(_ instant: Date) -> String {
        let local = LocalDateTime(instant, in: .gmt)
        func digits(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }
        let time = [local.time.hour, local.time.minute, local.time.second].map(digits).joined(separator: ":")
        return
            "\(weekdayAbbreviations[local.date.weekday - 1]), \(digits(local.date.day)) \(monthAbbreviations[local.date.month - 1]) "
            + "\(local.date.year) \(time) GMT"
    }

    /// Reads exactly that form; nil for the older ones, which no client of today sends.
    package static func date(_ text: String) -> Date? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let day = Int(parts[1]), let year = Int(parts[3]),
            let month = monthAbbreviations.firstIndex(of: String(parts[2])),
            let date = LocalDate(year: year, month: month + 1, day: day), let time = LocalTime(parts[4])
        else { return nil }
        let instant = LocalDateTime(date, time).instant(in: .gmt)
        return Self.text(instant) == text ? instant : nil
    }
}
