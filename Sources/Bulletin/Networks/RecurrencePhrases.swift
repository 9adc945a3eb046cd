import Basics
internal import Foundation
package import ICalendar

// A rule in plain words: `--every month --on "second Tuesday"`, and back: "every month on the second Tuesday".

extension Recurrence {
    /// The rule for plain words: `every` is `week`, `2 weeks`, `other week`, `month`, `quarter`, `year`; `on` names its
    /// days: `Tuesday`, `Monday and Thursday`, `weekdays`, `second Tuesday`, `last Friday of the month`, `the 31st`, `last
    /// day`, `29 February`. Without `on` the day is that of the first meeting.
    /// Throws a fault with the words that are not understood, and an example.
    package init(every: String, on: String? = nil) throws(RecurrenceFault) {
        let (interval, frequency) = try Self.period(every)
        self.init(frequency, interval: interval)
        guard let on, !on.allSatisfy(\.isWhitespace) else { return }
        let phrases = on.lowercased().replacing(" and ", with: ",").split(separator: ",").map { phrase in
            phrase.split(separator: " ").map(String.init)
                .filter { !["the", "on", "every", "each", "of", "month"].contains($0) }
        }
        for (index, words) in phrases.enumerated() {
            // "first and third Tuesday": the first is of the same day.
            let later = phrases[index...].first { $0.count == 2 && Self.weekday($0[1]) != nil }
            if words.count == 1, let later, let ordinal = Self.ordinal(words[0]), (-1...5).contains(ordinal) {
                try add([words[0], later[1]])
            } else {
                try add(words)
            }
        }
    }

    private static let units: [String: (Int, Frequency)] = [
        "day": (1, .daily), "daily": (1, .daily), "week": (1, .weekly), "weekly": (1, .weekly),
        "fortnight": (2, .weekly), "fortnightly": (2, .weekly), "month": (1, .monthly), "monthly": (1, .monthly),
        "quarter": (3, .monthly), "quarterly": (3, .monthly), "year": (1, .yearly), "yearly": (1, .yearly),
    ]

    private static func period(_ text: String) throws(RecurrenceFault) -> (Int, Frequency) {
        var words = text.lowercased().split(separator: " ").map(String.init).filter { $0 != "every" }
        var count = 1
        if words.count == 2, let number = words[0] == "other" ? 2 : ordinal(words[0]) ?? Int(words[0]) {
            count = number
            words.removeFirst()
        }
        let name = words.first.map { $0.hasSuffix("s") ? String($0.dropLast()) : $0 } ?? ""
        guard words.count == 1, let (times, frequency) = units[name], (1...99).contains(count) else {
            throw RecurrenceFault(
                "\"\(text.prefix(40))\" is not understood; write week, 2 weeks, month, 3 months, quarter or year")
        }
        return (count * times, frequency)
    }

    /// `second tuesday`, `tuesdays`, `31st`, `last day`, without articles.
    private mutating func add(_ words: [String]) throws(RecurrenceFault) {
        func fault(_ remedy: String) -> RecurrenceFault {
            RecurrenceFault("\"\(words.joined(separator: " ").prefix(40))\" \(remedy)")
        }
        switch words.count {
        case 1:
            if frequency == .weekly, ["weekday", "weekdays"].contains(words[0]) {
                return weekdays += (1...5).map { Weekday($0) }
            }
            if let day = Self.weekday(words[0]) {
                guard frequency == .weekly else {
                    throw fault("does not say which one; write \"second \(words[0])\" or \"last \(words[0])\"")
                }
                return weekdays.append(Weekday(day))
            }
            if let day = Self.monthDay(words[0]) {
                guard frequency == .monthly else { throw fault("is a day of a month: it goes with --every month") }
                return monthDays.append(day)
            }
        case 2:
            if frequency == .yearly, let (day, month) = Self.dayOfYear(words) {
                guard months.isEmpty else {
                    throw fault("is a second day of the year; use --rule, or add a network for each")
                }
                monthDays.append(day)
                return months.append(month)
            }
            guard let ordinal = Self.ordinal(words[0]) ?? Int(words[0]) else { break }
            if words[1] == "day", frequency == .monthly { return monthDays.append(ordinal) }
            guard let day = Self.weekday(words[1]) else { break }
            guard frequency == .monthly else { throw fault("is a day of a month: it goes with --every month") }
            guard (-5...5).contains(ordinal), ordinal != 0 else { throw fault("never comes; a month has five at most") }
            return weekdays.append(Weekday(day, ordinal: ordinal))
        case 3 where frequency == .monthly && words[1] == "last":
            guard let ordinal = Self.ordinal(words[0]), (2...5).contains(ordinal), let day = Self.weekday(words[2])
            else { break }
            return weekdays.append(Weekday(day, ordinal: -ordinal))
        default: break
        }
        throw fault(
            "is not understood; write \"second Tuesday\", \"last Friday\", \"Monday and Thursday\" or \"the 31st\"")
    }

    private static let ordinals = ["first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1]

    /// `second`, `2nd`, `last`.
    private static func ordinal(_ word: String) -> Int? {
        if let known = ordinals[word] { return known }
        guard ["st", "nd", "rd", "th"].contains(where: word.hasSuffix) else { return nil }
        return Int(word.dropLast(2))
    }

    private static func monthDay(_ word: String) -> Int? {
        guard let day = ordinal(word) ?? Int(word), (1...31).contains(day) else { return nil }
        return day
    }

    /// `29 february`, `february 29th`.
    private static func dayOfYear(_ words: [String]) -> (day: Int, month: Int)? {
        for (day, month) in [(words[0], words[1]), (words[1], words[0])] {
            guard let number = monthDay(day), month.count >= 3 else { continue }
            if let index = monthNames.firstIndex(where: { $0.lowercased().hasPrefix(month) }) {
                return (number, index + 1)
            }
        }
        return nil
    }

    /// `tuesday`, `tuesdays`, `tue`, `tues`.
    private static func weekday(_ word: String) -> Int? {
        guard word.count >= 3 else { return nil }
        return weekdayNames.firstIndex { name in
            let name = name.lowercased()
            return name.hasPrefix(word) || word == name + "s"
        }.map { $0 + 1 }
    }

    // MARK: Back into words

    /// `every month on the second Tuesday`; the rule itself if it cannot be put in plain words.
    package var inWords: String {
        if let day = dayOfYearInWords { return "\(every) on \(day)\(endInWords)" }
        guard let days = daysInWords, yearDays.isEmpty, weekNumbers.isEmpty, months.isEmpty, positions.isEmpty else {
            return "by the rule \(text)"
        }
        return every + (days.isEmpty ? "" : " on \(days)") + endInWords
    }

    private var every: String {
        let unit =
            switch frequency {
            case .daily: "day"
            case .weekly: "week"
            case .monthly: "month"
            case .yearly: "year"
            }
        return interval == 1 ? "every \(unit)" : "every \(interval) \(unit)s"
    }

    /// `29 February, where there is one`; nil if the rule is not one day of the year.
    private var dayOfYearInWords: String? {
        guard frequency == .yearly, months.count == 1, monthDays.count == 1, let month = months.first,
            let day = monthDays.first, (1...12).contains(month), day > 0, weekdays.isEmpty, yearDays.isEmpty,
            weekNumbers.isEmpty, positions.isEmpty
        else { return nil }
        return "\(day) \(monthNames[month - 1])" + (month == 2 && day == 29 ? ", where there is one" : "")
    }

    private var daysInWords: String? {
        if weekdays == (1...5).map({ Weekday($0) }), monthDays.isEmpty, frequency == .weekly { return "weekdays" }
        var phrases: [String] = []
        for day in weekdays {
            let name = weekdayNames[day.day - 1]
            guard let ordinal = day.ordinal else {
                phrases.append(name)
                continue
            }
            guard let words = Self.ordinals.first(where: { $0.value == (ordinal < -1 ? -ordinal : ordinal) })?.key
            else { return nil }
            phrases.append("the \(words)\(ordinal < -1 ? " last" : "") \(name)")
        }
        for day in monthDays {
            if day == -1 {
                phrases.append("the last day")
            } else if day > 28 {
                phrases.append("the \(Self.ordinalNumber(day)), where there is one")
            } else if day > 0 {
                phrases.append("the \(Self.ordinalNumber(day))")
            } else {
                return nil
            }
        }
        guard weekdays.isEmpty || monthDays.isEmpty else { return nil }
        guard let last = phrases.last, phrases.count > 1 else { return phrases.first ?? "" }
        return phrases.dropLast().joined(separator: ", ") + " and " + last
    }

    private var endInWords: String {
        switch end {
        case .never: ""
        case .count(let count): ", \(count) times"
        case .until(.date(let date)): ", until \(date.inWords)"
        case .until(.local(let local)): ", until \(local.date.inWords)"
        case .until(.instant(let instant)): ", until \(LocalDateTime(instant, in: .gmt).date.inWords)"
        }
    }

    private static func ordinalNumber(_ number: Int) -> String {
        let ending =
            switch (number % 10, number % 100) {
            case (1, let tens) where tens != 11: "st"
            case (2, let tens) where tens != 12: "nd"
            case (3, let tens) where tens != 13: "rd"
            default: "th"
            }
        return "\(number)\(ending)"
    }
}
