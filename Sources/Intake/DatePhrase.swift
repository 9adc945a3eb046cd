import Basics
import Bulletin
import Foundation

/// A date, a time of day or both as people say them: `Thu 3 Dec 10am`, `next Tuesday 14:00`, `tomorrow noon`,
/// `Friday week 7.30pm`, `4/3/2027`, `in two weeks at half past 10`. English; the day comes before the month.
struct DatePhrase {
    private(set) var date: LocalDate?
    private(set) var time: LocalTime?

    typealias Fault = WrittenTime.Fault

    /// More than these is no date.
    private static let mostCharacters = 80

    private let today: LocalDate
    private var words: ArraySlice<String>
    /// The word before the one that is read.
    private var last = ""
    private var weekday: Int?
    private var weeksLater = 0
    private var isOfNextWeek = false
    private var named: (day: Int?, month: Int?, year: Int?) = (nil, nil, nil)

    /// Nil where `text` does not begin to be a date or a time; throws where it does, and goes wrong.
    init?(_ text: String, today: LocalDate) throws(Fault) {
        self.today = today
        words = text.lowercased().split { $0.isWhitespace || $0 == "," }.map(String.init)[...]
        guard !words.isEmpty, text.utf8.count <= Self.mostCharacters else { return nil }
        var count = 0
        while let word = words.popFirst() {
            guard try read(word) else {
                guard count > 0 else { return nil }
                throw Fault(message: "\(shortened(text)) is not understood at \"\(shortened(word))\"; \(Self.remedy)")
            }
            last = word
            count += 1
        }
        try resolve(text)
        guard date != nil || time != nil else { return nil }
    }

    static let remedy = "write it as 2027-03-04 13:30, or as Thu 4 March 1.30pm"

    // MARK: Words

    private mutating func read(_ word: String) throws(Fault) -> Bool {
        if ["at", "on", "the", "of", "this", "coming", "from"].contains(word) { return true }
        if let day = Self.weekday(word) {
            weekday = day
            return true
        }
        if try readRelative(word) { return true }
        if let month = Self.month(word) {
            named.month = month
            return true
        }
        if let absolute = try Self.numericDate(word, today: today) {
            date = absolute
            return true
        }
        if try readTime(word) { return true }
        return readNumber(word)
    }

    private mutating func readRelative(_ word: String) throws(Fault) -> Bool {
        switch word {
        case "today", "tonight": date = today
        case "tomorrow": date = today.adding(days: 1)
        case "next":
            if words.first == "week" {
                words.removeFirst()
                isOfNextWeek = true
            }
        case "week" where weekday != nil: weeksLater = 1
        case "in":
            guard words.count >= 2, let count = words.popFirst().flatMap(Self.number), let unit = words.popFirst()
            else {
                return false
            }
            guard count <= 1000 else { throw Fault(message: "that is too far off; \(Self.remedy)") }
            switch unit {
            case "day", "days": date = today.adding(days: count)
            case "week", "weeks": date = today.adding(days: 7 * count)
            case "fortnight", "fortnights": date = today.adding(days: 14 * count)
            default: return false
            }
        default: return false
        }
        return true
    }

    /// A day of a month, or a year, or the hour after "at".
    private mutating func readNumber(_ word: String) -> Bool {
        let ending = ["st", "nd", "rd", "th"].first { word.hasSuffix($0) }
        guard let number = Int(ending == nil ? word : String(word.dropLast(2))), number > 0 else { return false }
        if number >= 1900, number <= 9999, named.month != nil, named.year == nil {
            named.year = number
            return true
        }
        let isBesideMonth = named.month != nil || words.first { $0 != "of" }.flatMap(Self.month) != nil
        if named.day == nil, (1...31).contains(number), isBesideMonth {
            named.day = number
            return true
        }
        return false
    }

    // MARK: Clocks

    private mutating func readTime(_ word: String) throws(Fault) -> Bool {
        switch word {
        case "noon", "midday": time = LocalTime(hour: 12, minute: 0)
        case "midnight":
            throw Fault(message: "midnight belongs to two days; write 00:00 and the day that begins then, or 23:59")
        case "half", "quarter":
            guard let side = words.popFirst(), side == "past" || (side == "to" && word == "quarter"),
                let hour = words.popFirst()
            else { return false }
            let minutes = (word == "half" ? 30 : 15) * (side == "to" ? -1 : 1)
            time = try clock(hour, minutes: minutes)
        default:
            let next = words.first ?? ""
            let isClock =
                last == "at" || next == "o'clock" || next == "o’clock"
                || (Self.meridiem(next) != nil && Self.isMeridiemOnly(next))
                || Self.meridiem(word) != nil || Self.hasMinutes(word)
            guard isClock, let read = try clock(word, minutes: nil) else { return false }
            time = read
        }
        return time != nil
    }

    /// `10`, `10am`, `10.30pm`, `10:30` and an am, pm or o'clock that follows; nil where it is no clock.
    private mutating func clock(_ word: String, minutes given: Int?) throws(Fault) -> LocalTime? {
        var core = word
        var half = Self.meridiem(word)
        if half != nil { core = String(word.prefix { $0.isNumber || $0 == ":" || $0 == "." }) }
        while core.hasSuffix(".") { core.removeLast() }
        if half == nil, let next = words.first, let following = Self.meridiem(next), Self.isMeridiemOnly(next) {
            half = following
            words.removeFirst()
        } else if let next = words.first, next == "o'clock" || next == "o’clock" {
            words.removeFirst()
        }
        let parts = core.split(whereSeparator: { $0 == ":" || $0 == "." }).map(String.init)
        guard (1...2).contains(parts.count), let hour = Self.number(parts[0]) else { return nil }
        guard let minute = parts.count == 2 ? (parts[1].count == 2 ? Int(parts[1]) : nil) : 0 else { return nil }
        var total = hour * 60 + minute
        if let half {
            guard (1...12).contains(hour) else {
                throw Fault(message: "\(shortened(word)) is not a time; hours with am or pm go from 1 to 12")
            }
            total = (hour % 12 + (half == "pm" ? 12 : 0)) * 60 + minute
        } else if parts.count == 1, (1...7).contains(hour) {
            throw Fault(message: "\(shortened(word)) may be morning or evening; write \(hour)am or \(hour)pm")
        }
        total += given ?? 0
        guard total >= 0, let time = LocalTime(hour: total / 60, minute: total % 60) else {
            throw Fault(message: "\(shortened(word)) is not a time of day; \(Self.remedy)")
        }
        return time
    }

    private static func hasMinutes(_ word: String) -> Bool {
        let parts = word.split(whereSeparator: { $0 == ":" || $0 == "." })
        return parts.count == 2 && parts[0].count <= 2 && parts[1].count == 2
            && parts.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isNumber } }
    }

    /// `am` or `pm`, where `word` ends with it.
    private static func meridiem(_ word: String) -> String? {
        let bare = word.filter { $0 != "." }
        guard bare.hasSuffix("am") || bare.hasSuffix("pm"), bare.dropLast(2).allSatisfy({ $0.isNumber || $0 == ":" })
        else {
            return nil
        }
        return String(bare.suffix(2))
    }

    private static func isMeridiemOnly(_ word: String) -> Bool { word.allSatisfy { "apm.".contains($0) } }

    // MARK: Names and numbers

    private static func month(_ word: String) -> Int? { index(of: word, in: monthNames.map { $0.lowercased() }) }

    private static func weekday(_ word: String) -> Int? { index(of: word, in: weekdayNames.map { $0.lowercased() }) }

    /// By three letters or more.
    private static func index(of word: String, in names: [String]) -> Int? {
        let bare = word.hasSuffix(".") ? String(word.dropLast()) : word
        guard bare.count >= 3 else { return nil }
        let close = bare == "weds" ? "wed" : bare == "sept" ? "sep" : bare
        return names.firstIndex { $0.hasPrefix(close) }.map { $0 + 1 }
    }

    private static let numbers = [
        "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
        "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    ]

    private static func number(_ word: String) -> Int? {
        numbers[word] ?? (word.count <= 4 && word.allSatisfy { $0.isASCII && $0.isNumber } ? Int(word) : nil)
    }

    /// `2027-03-04`, `4/3/2027`, `4/3/27`, `4/3`, `4.3.2027`.
    private static func numericDate(_ word: String, today: LocalDate) throws(Fault) -> LocalDate? {
        if let date = LocalDate(word) { return date }
        let isSlashed = word.contains("/")
        let parts = word.split(separator: isSlashed ? "/" : ".", omittingEmptySubsequences: false)
        guard parts.count == 3 || (isSlashed && parts.count == 2),
            parts.allSatisfy({ (1...4).contains($0.count) && $0.allSatisfy { $0.isASCII && $0.isNumber } })
        else { return nil }
        let numbers = parts.compactMap { Int($0) }
        let year = numbers.count == 3 ? numbers[2] + (numbers[2] < 100 ? 2000 : 0) : nil
        return try date(day: numbers[0], month: numbers[1], year: year, today: today, written: word)
    }

    // MARK: The date

    private mutating func resolve(_ text: String) throws(Fault) {
        if let month = named.month {
            guard let day = named.day else {
                throw Fault(message: "\(shortened(text)) names a month and no day; \(Self.remedy)")
            }
            date = try Self.date(day: day, month: month, year: named.year, today: today, written: text)
        }
        guard let weekday else {
            guard !isOfNextWeek else {
                throw Fault(message: "\(shortened(text)) names a week and no day; \(Self.remedy)")
            }
            return
        }
        if let date {
            guard date.weekday == weekday else {
                throw Fault(
                    message: "\(date.inWords) is not a \(weekdayNames[weekday - 1]); correct the day or the date")
            }
            return
        }
        let ahead = (weekday - today.weekday + 6) % 7 + 1
        date =
            isOfNextWeek
            ? today.adding(days: 7 - today.weekday + weekday) : today.adding(days: ahead + 7 * weeksLater)
    }

    /// Without a year: the next such day, today included.
    private static func date(
        day: Int, month: Int, year: Int?, today: LocalDate, written: String
    ) throws(Fault) -> LocalDate {
        let date =
            if let year {
                LocalDate(year: year, month: month, day: day)
            } else {
                (0...8).lazy.compactMap { LocalDate(year: today.year + $0, month: month, day: day) }.first {
                    $0 >= today
                }
            }
        guard let date else {
            throw Fault(
                message:
                    "\(shortened(written)) is not a day of the calendar; the day comes before the month, as in 4/3/2027"
            )
        }
        return date
    }
}
