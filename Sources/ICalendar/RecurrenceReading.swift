import Basics
import Foundation

extension Recurrence {
    /// The longest rule that is read, in bytes: the longest that means anything names 366 days.
    private static let mostBytes = 2000

    /// Reads an RRULE value, with or without `RRULE:` before it, letters of any case.
    ///
    /// Throws: The fault of its first bad part. A part that is unknown, given twice, or does not go with the others
    /// (RFC 5545 section 3.3.10's table) is never ignored.
    package init(_ rule: some StringProtocol) throws(RecurrenceFault) {
        guard rule.utf8.count <= Self.mostBytes else {
            throw RecurrenceFault("the rule is longer than \(Self.mostBytes) characters; shorten it")
        }
        var text = rule.trimmingCharacters(in: .whitespaces).uppercased()
        if text.hasPrefix("RRULE:") { text.removeFirst("RRULE:".count) }
        var parts: [String: String] = [:]
        for part in text.split(separator: ";") {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2, !sides[1].isEmpty else {
                throw RecurrenceFault("\(Self.shown(part)) is not NAME=VALUE, as FREQ=MONTHLY")
            }
            let name = String(sides[0])
            guard parts.updateValue(String(sides[1]), forKey: name) == nil else {
                throw RecurrenceFault("\(Self.shown(name)) is given twice; leave one")
            }
        }
        try self.init(parts: parts)
        try checkTogether()
    }

    private static let names = [
        "FREQ", "UNTIL", "COUNT", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS",
        "WKST",
    ]

    private init(parts: [String: String]) throws(RecurrenceFault) {
        guard let word = parts["FREQ"] else {
            throw RecurrenceFault("there is no FREQ; begin with FREQ=WEEKLY, FREQ=MONTHLY or the like")
        }
        guard let frequency = Frequency(rawValue: word) else {
            throw RecurrenceFault("FREQ=\(Self.shown(word)) is not DAILY, WEEKLY, MONTHLY or YEARLY")
        }
        self.init(frequency)
        for (name, value) in parts.sorted(by: { $0.key < $1.key }) {
            switch name {
            case "FREQ": continue
            case "INTERVAL": interval = try Self.number(value, name, 1...1000)
            case "COUNT": end = .count(try Self.number(value, name, 1...100_000))
            case "UNTIL":
                guard let until = Until(value) else {
                    throw RecurrenceFault(
                        "UNTIL=\(Self.shown(value)) is not a date such as 20271231 or 20271231T100000Z")
                }
                guard parts["COUNT"] == nil else {
                    throw RecurrenceFault("COUNT and UNTIL do not go together; remove all but one")
                }
                end = .until(until)
            case "BYDAY": weekdays = try Self.list(value, name) { Weekday(code: $0) }
            case "BYMONTHDAY": monthDays = try Self.signed(value, name, 31)
            case "BYYEARDAY": yearDays = try Self.signed(value, name, 366)
            case "BYWEEKNO": weekNumbers = try Self.signed(value, name, 53)
            case "BYMONTH": months = try Self.list(value, name) { Int($0).flatMap { (1...12).contains($0) ? $0 : nil } }
            case "BYSETPOS": positions = try Self.signed(value, name, 366)
            case "WKST":
                guard let day = Self.weekdayCodes.firstIndex(of: value) else {
                    throw RecurrenceFault("WKST=\(Self.shown(value)) is not a day; write MO, TU, WE, TH, FR, SA or SU")
                }
                weekStart = day + 1
            case "BYHOUR", "BYMINUTE", "BYSECOND":
                throw RecurrenceFault("\(name) is not taken: the time of day is that of the first date")
            default:
                let near = nearestName(to: name, among: Self.names).map { "did you mean \($0)?" }
                throw RecurrenceFault(
                    "\(Self.shown(name)) is not a part of a rule; "
                        + (near ?? "the parts are \(Self.names.joined(separator: ", "))")
                )
            }
        }
    }

    /// Refuses parts that RFC 5545 section 3.3.10 does not allow together.
    private func checkTogether() throws(RecurrenceFault) {
        if weekdays.contains(where: { $0.ordinal != nil }) {
            if frequency == .daily || frequency == .weekly {
                throw RecurrenceFault("a numbered day in BYDAY needs FREQ=MONTHLY or FREQ=YEARLY; leave out its number")
            }
            if !weekNumbers.isEmpty {
                throw RecurrenceFault("a numbered day in BYDAY does not go with BYWEEKNO; leave out its number")
            }
        }
        if frequency == .weekly, !monthDays.isEmpty {
            throw RecurrenceFault("BYMONTHDAY does not go with FREQ=WEEKLY; use FREQ=MONTHLY")
        }
        if frequency != .yearly, !weekNumbers.isEmpty {
            throw RecurrenceFault("BYWEEKNO needs FREQ=YEARLY")
        }
        if frequency != .yearly, !yearDays.isEmpty {
            throw RecurrenceFault("BYYEARDAY needs FREQ=YEARLY")
        }
        if !positions.isEmpty, weekdays.isEmpty, monthDays.isEmpty, yearDays.isEmpty, weekNumbers.isEmpty,
            months.isEmpty
        {
            throw RecurrenceFault("BYSETPOS counts among the dates of another BY… part, and there is none")
        }
    }

    // MARK: Values

    private static func shown(_ text: some StringProtocol) -> String {
        UnfitCharacter.first(in: String(text), oneLine: true) == nil ? String(text.prefix(40)) : "(unreadable)"
    }

    private static func number(_ text: String, _ name: String, _ bounds: ClosedRange<Int>) throws(RecurrenceFault)
        -> Int
    {
        guard let value = Int(text), bounds.contains(value) else {
            throw RecurrenceFault(
                "\(name)=\(shown(text)) is not a number from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return value
    }

    private static func list<Value>(
        _ text: String, _ name: String, _ read: (String) -> Value?
    ) throws(RecurrenceFault) -> [Value] {
        var values: [Value] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let value = read(String(part)) else {
                throw RecurrenceFault("\(name)=\(shown(text)): \(shown(part)) does not belong there")
            }
            values.append(value)
        }
        return values
    }

    /// Numbers from 1 to `most`, or from -1 to -`most`.
    private static func signed(_ text: String, _ name: String, _ most: Int) throws(RecurrenceFault) -> [Int] {
        try list(text, name) { part in
            guard let value = Int(part), value != 0, (-most...most).contains(value) else { return nil }
            return value
        }
    }
}

extension Recurrence.Weekday {
    /// `TU`, `2TU`, `+2TU`, `-1FR`.
    fileprivate init?(code: String) {
        guard let day = Recurrence.weekdayCodes.firstIndex(of: String(code.suffix(2))) else { return nil }
        let number = code.dropLast(2)
        guard !number.isEmpty else {
            self.init(day + 1)
            return
        }
        guard let ordinal = Int(number), ordinal != 0, (-53...53).contains(ordinal) else { return nil }
        self.init(day + 1, ordinal: ordinal)
    }
}

extension Recurrence.Until {
    /// `20271231`, `20271231T100000`, `20271231T100000Z`.
    fileprivate init?(_ text: String) {
        func digits(_ text: Substring, _ from: Int, _ count: Int) -> Substring {
            text.dropFirst(from).prefix(count)
        }
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard let first = parts.first, first.count == 8,
            let date = LocalDate("\(digits(first, 0, 4))-\(digits(first, 4, 2))-\(digits(first, 6, 2))")
        else { return nil }
        guard parts.count == 2 else {
            guard parts.count == 1 else { return nil }
            self = .date(date)
            return
        }
        let isUTC = parts[1].hasSuffix("Z")
        let clock = isUTC ? parts[1].dropLast() : parts[1]
        guard clock.count == 6,
            let time = LocalTime("\(digits(clock, 0, 2)):\(digits(clock, 2, 2)):\(digits(clock, 4, 2))")
        else { return nil }
        let local = LocalDateTime(date, time)
        self = isUTC ? .instant(local.instant(in: .gmt)) : .local(local)
    }
}
