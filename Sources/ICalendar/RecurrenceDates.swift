package import Basics
package import Foundation

extension Recurrence {
    /// How many years are searched for the next date before the rule is taken to have none. 29 February stays away
    /// eight years at most (1896 to 1904), a rule of every third leap year that falls on a Sunday no longer than this.
    private static let mostBarrenYears = 120

    /// Its dates, in order, at `start`'s time of day, from `start` on: counted from `start` as RFC 5545 has it, and
    /// `start` itself only where the rule has it. The rule goes over days of the calendar; the clock is set afterwards,
    /// so that a change to or from summer time moves nothing and loses nothing. `zone` says what an UNTIL in UTC means.
    ///
    /// Lazy; ends at its COUNT or UNTIL, at the year 9999, or when no date has come for 120 years.
    package func occurrences(from start: LocalDateTime, zone: TimeZone) -> some Sequence<LocalDateTime> {
        steps(from: start, zone: zone).lazy.compactMap { $0 }
    }

    /// As ``occurrences(from:zone:)``, with a nil for each day, week, month or year without a date, so that a
    /// reader of other people's rules can bound their cost: ``stepCost(from:)`` each.
    package func steps(from start: LocalDateTime, zone: TimeZone) -> some Sequence<LocalDateTime?> {
        Dates(rule: completed(by: start.date), start: start, zone: zone)
    }

    /// How many days are looked at in one step, and a little for the step itself.
    package func stepCost(from start: LocalDateTime) -> Int {
        switch frequency {
        case .daily: 5
        case .weekly: 11
        case .monthly: 35
        case .yearly: completed(by: start.date).monthsLookedAt.map { 4 + 31 * $0.count } ?? 370
        }
    }

    /// Parts that the rule leaves open are taken from the first date.
    private func completed(by start: LocalDate) -> Recurrence {
        var rule = self
        let namesDay = !weekdays.isEmpty || !monthDays.isEmpty || !yearDays.isEmpty
        switch frequency {
        case .daily: break
        case .weekly where weekdays.isEmpty: rule.weekdays = [Weekday(start.weekday)]
        case .monthly where !namesDay: rule.monthDays = [start.day]
        case .yearly where !namesDay && !weekNumbers.isEmpty: rule.weekdays = [Weekday(start.weekday)]
        case .yearly where !namesDay:
            rule.monthDays = [start.day]
            if months.isEmpty { rule.months = [start.month] }
        default: break
        }
        return rule
    }

    private struct Dates: Sequence, IteratorProtocol {
        let rule: Recurrence
        let start: LocalDateTime
        let zone: TimeZone
        private var period = 0
        private var ready: ArraySlice<LocalDate> = []
        private var given = 0
        private var lastYear: Int
        private var isOver = false

        init(rule: Recurrence, start: LocalDateTime, zone: TimeZone) {
            (self.rule, self.start, self.zone) = (rule, start, zone)
            lastYear = start.date.year
        }

        mutating func next() -> LocalDateTime?? {
            guard !isOver, let step = nextDay() else { return nil }
            guard let date = step else { return .some(nil) }
            let occurrence = LocalDateTime(date, start.time)
            switch rule.end {
            case .never: break
            case .count(let count): isOver = given + 1 >= count
            case .until(.date(let last)): isOver = date > last
            case .until(.local(let last)): isOver = occurrence > last
            case .until(.instant(let last)): isOver = occurrence.instant(in: zone) > last
            }
            if isOver, case .until = rule.end { return nil }
            given += 1
            return occurrence
        }

        /// The next day, or within a nil where the next period has none; nil at the end.
        private mutating func nextDay() -> LocalDate?? {
            if ready.isEmpty {
                guard let days = rule.days(inPeriod: period, from: start.date) else { return nil }
                period += 1
                guard let first = days.first, first.year - lastYear <= Recurrence.mostBarrenYears else { return nil }
                ready = rule.chosen(of: days).filter { $0 >= start.date }[...]
                if ready.isEmpty { return .some(nil) }
            }
            let date = ready.removeFirst()
            lastYear = date.year
            return date
        }
    }

    // MARK: A period and its days

    /// All days of the `index`th period that counts; nil past the year 9999.
    private func days(inPeriod index: Int, from start: LocalDate) -> [LocalDate]? {
        let step = index * interval
        func days(from first: LocalDate, _ count: Int) -> [LocalDate]? {
            first.year > 9998 ? nil : (0..<count).map { first.adding(days: $0) }
        }
        switch frequency {
        case .daily: return days(from: start.adding(days: step), 1)
        case .weekly:
            let back = (start.weekday - weekStart + 7) % 7
            return days(from: start.adding(days: 7 * step - back), 7)
        case .monthly:
            let months = start.year * 12 + start.month - 1 + step
            guard let first = LocalDate(year: months / 12, month: months % 12 + 1, day: 1) else { return nil }
            return days(from: first, LocalDate.length(ofMonth: first.month, year: first.year))
        case .yearly:
            guard let first = LocalDate(year: start.year + step, month: 1, day: 1) else { return nil }
            guard let months = monthsLookedAt else { return days(from: first, first.yearLength) }
            return months.flatMap { month in
                LocalDate(year: first.year, month: month, day: 1)
                    .flatMap { days(from: $0, LocalDate.length(ofMonth: month, year: $0.year)) } ?? []
            }
        }
    }

    /// The only months of a year in which a yearly rule has dates, in order; nil where it may have them in all.
    private var monthsLookedAt: [Int]? {
        months.isEmpty || !weekNumbers.isEmpty || !yearDays.isEmpty ? nil : Set(months).sorted()
    }

    /// Those of one period's days that the rule has.
    private func chosen(of days: [LocalDate]) -> [LocalDate] {
        let fitting = days.filter(fits)
        guard !positions.isEmpty else { return fitting }
        let indices = positions.map { $0 > 0 ? $0 - 1 : fitting.count + $0 }
        return Set(indices.filter { fitting.indices.contains($0) }).sorted().map { fitting[$0] }
    }

    private func fits(_ date: LocalDate) -> Bool {
        if !months.isEmpty, !months.contains(date.month) { return false }
        if !weekdays.isEmpty, !weekdays.contains(where: { fits($0, date) }) { return false }
        if !monthDays.isEmpty {
            let length = LocalDate.length(ofMonth: date.month, year: date.year)
            guard monthDays.contains(date.day) || monthDays.contains(date.day - length - 1) else { return false }
        }
        if !yearDays.isEmpty {
            let day = date.dayOfYear
            guard yearDays.contains(day) || yearDays.contains(day - date.yearLength - 1) else { return false }
        }
        if !weekNumbers.isEmpty {
            let (week, weeks) = date.week(startingOn: weekStart)
            guard weekNumbers.contains(week) || weekNumbers.contains(week - weeks - 1) else { return false }
        }
        return true
    }

    /// A numbered weekday counts in its month, or in its year where the rule is yearly and names no month.
    private func fits(_ weekday: Weekday, _ date: LocalDate) -> Bool {
        guard weekday.day == date.weekday else { return false }
        guard let ordinal = weekday.ordinal else { return true }
        let ofYear = frequency == .yearly && months.isEmpty
        let place = ofYear ? date.dayOfYear : date.day
        let length = ofYear ? date.yearLength : LocalDate.length(ofMonth: date.month, year: date.year)
        return ordinal > 0 ? (place - 1) / 7 + 1 == ordinal : -((length - place) / 7 + 1) == ordinal
    }
}

extension LocalDate {
    fileprivate var yearLength: Int { Self.length(ofMonth: 2, year: year) == 29 ? 366 : 365 }

    /// From 1.
    fileprivate var dayOfYear: Int {
        daysSinceEpoch - (LocalDate(year: year, month: 1, day: 1)?.daysSinceEpoch ?? daysSinceEpoch) + 1
    }

    /// The number of its week, and how many weeks the year has that the week belongs to: week 1 is the first with four
    /// days or more in the year (ISO 8601, with weeks that begin on `weekStart`).
    fileprivate func week(startingOn weekStart: Int) -> (number: Int, of: Int) {
        func firstWeek(_ year: Int) -> Int {
            let first = LocalDate(year: year, month: 1, day: 1)?.daysSinceEpoch ?? 0
            let back = (LocalDate(daysSinceEpoch: first).weekday - weekStart + 7) % 7
            return back <= 3 ? first - back : first - back + 7
        }
        var year = year
        if daysSinceEpoch < firstWeek(year) { year -= 1 } else if daysSinceEpoch >= firstWeek(year + 1) { year += 1 }
        let first = firstWeek(year)
        return ((daysSinceEpoch - first) / 7 + 1, (firstWeek(year + 1) - first) / 7)
    }
}
