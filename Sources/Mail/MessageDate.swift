import Basics
package import Foundation

extension Date {
    /// The value of Date, in UTC: `Wed, 02 Dec 2026 10:00:00 +0000` (RFC 5322 section 3.3).
    package var messageDate: String {
        let local = LocalDateTime(self, in: .gmt)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
        let year = String(local.date.year)
        return "\(weekdayAbbreviations[local.date.weekday - 1]), \(two(local.date.day)) "
            + "\(monthAbbreviations[local.date.month - 1]) "
            + String(repeating: "0", count: max(0, 4 - year.count)) + year
            + " \(two(local.time.hour)):\(two(local.time.minute)):\(two(local.time.second)) +0000"
    }
}
