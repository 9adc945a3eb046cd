import Basics
import Foundation

/// The time in a Date or a Received field (RFC 5322 section 3.3), as mailers write it.
enum MessageTime {
    /// `Thu, 3 Dec 2026 10:00:00 +0000 (GMT)`; nil where it is none.
    static func read(_ text: some StringProtocol) -> Date? {
        let words = text.prefix(200).split { $0 == " " || $0 == "," || $0 == "\t" }
        guard let month = words.firstIndex(where: { monthNumber($0) != nil }), month > words.startIndex,
            month + 2 < words.endIndex, let day = Int(words[month - 1]), let named = monthNumber(words[month]),
            var year = Int(words[month + 1])
        else { return nil }
        if year < 100 { year += year < 50 ? 2000 : 1900 }
        let clock = words[month + 2].split(separator: ":").map { Int($0) ?? -1 }
        guard (1970...9999).contains(year), (1...31).contains(day), clock.count >= 2, (0...23).contains(clock[0]),
            (0...59).contains(clock[1]), (0...60).contains(clock.count > 2 ? clock[2] : 0)
        else { return nil }
        let zone = month + 3 < words.endIndex ? offset(words[month + 3]) : 0
        let seconds = clock[0] * 3600 + clock[1] * 60 + (clock.count > 2 ? clock[2] : 0) - zone
        return Date(timeIntervalSince1970: TimeInterval(dayNumber(year, named, day) * 86_400 + seconds))
    }

    private static func monthNumber(_ word: some StringProtocol) -> Int? {
        monthAbbreviations.firstIndex(of: word.prefix(3).capitalized).map { $0 + 1 }
    }

    /// Days since 1970 in the Gregorian calendar.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month > 2 ? (year, month - 3) : (year - 1, month + 9)
        let (years, months) = shifted
        return years * 365 + years / 4 - years / 100 + years / 400 + (months * 153 + 2) / 5 + day - 719_469
    }

    /// Seconds east of Greenwich; an obsolete name that says nothing certain is taken for UTC.
    private static func offset(_ zone: some StringProtocol) -> Int {
        let sign = zone.first == "-" ? -1 : 1
        guard zone.first == "+" || zone.first == "-", zone.count == 5, let number = Int(zone.dropFirst()) else {
            return 0
        }
        return sign * (number / 100 * 3600 + number % 100 * 60)
    }
}
