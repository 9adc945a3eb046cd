import Bulletin

/// Dates that people wrote into a text with their day of the week: "Tuesday 4 March 2027", "Thu, 3rd December". English.
enum WrittenDates {
    struct Written: Hashable {
        let words: String
        /// 1 for Monday.
        let weekday: Int
        let date: LocalDate
    }

    /// Those whose day of the week is not theirs. A date without a year is the next one from `day` on.
    static func wrong(in text: String, after day: LocalDate) -> [Written] {
        text.matches(of: pattern).compactMap { match in
            guard let weekday = index(of: String(match.1), in: weekdayNames),
                let month = index(of: String(match.3), in: months), let number = Int(match.2)
            else { return nil }
            let date: LocalDate? =
                if let year = match.4 {
                    Int(year).flatMap { LocalDate(year: $0, month: month, day: number) }
                } else {
                    (0...8).lazy.compactMap { LocalDate(year: day.year + $0, month: month, day: number) }
                        .first { $0 >= day }
                }
            guard let date, date.weekday != weekday else { return nil }
            return Written(words: String(match.0), weekday: weekday, date: date)
        }
    }

    nonisolated(unsafe) private static let pattern =
        /(?i)\b(mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?,?\s+(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?(jan|feb|mar|apr|may|jun|jul|aug|sept|sep|oct|nov|dec)[a-z]{0,6}\.?(?:,?\s+(\d{4}))?\b/

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    /// By its first three letters.
    private static func index(of word: String, in names: [String]) -> Int? {
        let start = word.lowercased().prefix(3)
        return names.firstIndex { $0.lowercased().hasPrefix(start) }.map { $0 + 1 }
    }
}
