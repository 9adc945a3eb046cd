import Basics

/// Dates written with their day of the week: "Tuesday 4 March 2027", "Thu, 3rd December", "Monday, December 5", "Tue
/// 29/12/2026". English; in numeric dates the day comes before the month.
enum WrittenDates {
    struct WrongWeekday: Hashable {
        let words: String
        /// 1 for Monday.
        let weekday: Int
        let date: LocalDate
    }

    /// Those whose day of the week is not theirs. A date without a year is the next one from `day` on.
    static func wrong(in text: String, after day: LocalDate) -> [WrongWeekday] {
        var written: [(at: String.Index, words: Substring, weekday: Substring, day: Int?, month: Int?, year: Int?)] = []
        for match in text.matches(of: dayFirst) {
            written.append(
                (match.range.lowerBound, match.0, match.1, Int(match.2), month(match.3), match.4.flatMap { Int($0) }))
        }
        for match in text.matches(of: monthFirst) {
            written.append(
                (match.range.lowerBound, match.0, match.1, Int(match.3), month(match.2), match.4.flatMap { Int($0) }))
        }
        for match in text.matches(of: numbers) {
            written.append((match.range.lowerBound, match.0, match.1, Int(match.2), Int(match.3), Int(match.4)))
        }
        return written.sorted { $0.at < $1.at }.compactMap { written in
            guard let weekday = index(of: written.weekday, in: weekdayNames), let number = written.day,
                let month = written.month
            else { return nil }
            let date: LocalDate? =
                if let year = written.year {
                    LocalDate(year: year, month: month, day: number)
                } else {
                    (0...8).lazy.compactMap { LocalDate(year: day.year + $0, month: month, day: number) }
                        .first { $0 >= day }
                }
            guard let date, date.weekday != weekday else { return nil }
            return WrongWeekday(words: String(written.words), weekday: weekday, date: date)
        }
    }

    nonisolated(unsafe) private static let dayFirst =
        /(?i)\b(mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?,?\s+(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(jan|feb|mar|apr|may|jun|jul|aug|sept|sep|oct|nov|dec)[a-z]{0,6}\.?(?:,?\s+(\d{4}))?\b/

    nonisolated(unsafe) private static let monthFirst =
        /(?i)\b(mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?,?\s+(jan|feb|mar|apr|may|jun|jul|aug|sept|sep|oct|nov|dec)[a-z]{0,6}\.?\s+(\d{1,2})(?!\d|:|\.\d)(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?\b/

    nonisolated(unsafe) private static let numbers =
        /(?i)\b(mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?,?\s+(\d{1,2})[\/.](\d{1,2})[\/.](\d{4})\b/

    private static func month(_ word: Substring) -> Int? { index(of: word, in: monthNames) }

    /// Compares the first three letters.
    private static func index(of word: Substring, in names: [String]) -> Int? {
        let start = word.lowercased().prefix(3)
        return names.firstIndex { $0.lowercased().hasPrefix(start) }.map { $0 + 1 }
    }
}
