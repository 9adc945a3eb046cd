import Basics
package import Foundation

/// A zone's clocks, written out as calendars need them (RFC 5545 section 3.6.5) for the years used: by a rule where the
/// zone keeps one, else change by change.
package struct CalendarZone {
    private struct Change: Hashable {
        /// The last time on the clock before it changes.
        let local: LocalDateTime
        let from: Int
        let to: Int
        let isSummer: Bool
    }

    /// The parts of a change that are the same every year.
    private struct Pattern: Hashable {
        let month: Int
        let weekday: Int
        let time: LocalTime
        let from: Int
        let to: Int
    }

    private let zone: TimeZone
    private let years: ClosedRange<Int>
    private let changes: [Change]
    /// The offset of its clocks as the years begin.
    private let first: Int

    /// Years over which a rule must hold to be written as one: enough to tell the last Sunday from the fourth.
    private static let proof = 9
    /// Clocks that change twice within so many days, there and back, are not seen to change: no zone has ever done so.
    private static let step = 5

    /// `years` are those in which something begins or ends.
    package init(_ zone: TimeZone, years: ClosedRange<Int>) {
        self.zone = zone
        self.years = (years.lowerBound - 1)...(years.upperBound + 1)
        let start = LocalDate(year: self.years.lowerBound, month: 1, day: 1)?.daysSinceEpoch ?? 0
        let days = (self.years.count + Self.proof) * 366
        var found: [Change] = []
        func offset(_ second: Int) -> Int {
            zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(second)))
        }
        var before = start * 86_400
        first = offset(before)
        for day in stride(from: start + Self.step, through: start + days, by: Self.step) {
            let after = day * 86_400
            if offset(before) != offset(after) {
                var (low, high) = (before, after)
                while high - low > 1 {
                    let middle = (low + high) / 2
                    if offset(middle) == offset(before) { low = middle } else { high = middle }
                }
                let instant = Date(timeIntervalSince1970: TimeInterval(high))
                found.append(
                    Change(
                        local: LocalDateTime(instant + TimeInterval(offset(before)), in: .gmt), from: offset(before),
                        to: offset(after), isSummer: zone.isDaylightSavingTime(for: instant)))
            }
            before = after
        }
        changes = found
    }

    package func write(to lines: inout CalendarLines) {
        lines.put("BEGIN", "VTIMEZONE")
        lines.put("TZID", zone.identifier)
        let used = changes.filter { years.contains($0.local.date.year) }
        if let rules = rules(used) {
            for (change, rule) in rules { put(change, rule: rule, to: &lines) }
        } else {
            let start = LocalDateTime(LocalDate(daysSinceEpoch: 0), CalendarZone.midnight)
            put(Change(local: start, from: first, to: first, isSummer: false), rule: nil, to: &lines)
            for change in used { put(change, rule: nil, to: &lines) }
        }
        lines.put("END", "VTIMEZONE")
    }

    private static let midnight = LocalDateTime(Date(timeIntervalSince1970: 0), in: .gmt).time

    private func put(_ change: Change, rule: String?, to lines: inout CalendarLines) {
        let kind = change.isSummer ? "DAYLIGHT" : "STANDARD"
        lines.put("BEGIN", kind)
        lines.put("DTSTART", CalendarLines.moment(change.local))
        if let rule { lines.put("RRULE", rule) }
        lines.put("TZOFFSETFROM", Self.offset(change.from))
        lines.put("TZOFFSETTO", Self.offset(change.to))
        lines.put("END", kind)
    }

    /// Each change of the first year with its rule; nil unless the clocks change by two rules, once a year each, for
    /// all the years that were looked at.
    private func rules(_ used: [Change]) -> [(Change, String)]? {
        let groups = Dictionary(grouping: changes) { change in
            Pattern(
                month: change.local.date.month, weekday: change.local.date.weekday, time: change.local.time,
                from: change.from, to: change.to)
        }
        let span = years.lowerBound..<(years.upperBound + Self.proof)
        guard groups.count == 2 else { return nil }
        var rules: [(Change, String)] = []
        for (pattern, all) in groups {
            let byYear = all.filter { span.contains($0.local.date.year) }
            guard byYear.map(\.local.date.year) == Array(span), let first = byYear.first else { return nil }
            let days = byYear.map(\.local.date)
            let fromStart = Set(days.map { ($0.day - 1) / 7 + 1 })
            let fromEnd = Set(days.map { (LocalDate.length(ofMonth: $0.month, year: $0.year) - $0.day) / 7 + 1 })
            let ordinal: Int
            if fromEnd == [1] {
                ordinal = -1
            } else if fromStart.count == 1, let only = fromStart.first {
                ordinal = only
            } else {
                return nil
            }
            let code = Recurrence.weekdayCodes[pattern.weekday - 1]
            rules.append((first, "FREQ=YEARLY;BYMONTH=\(pattern.month);BYDAY=\(ordinal)\(code)"))
        }
        return rules.sorted { $0.0.local < $1.0.local }
    }

    /// `+0530`, and with seconds where a zone of long ago has them.
    private static func offset(_ seconds: Int) -> String {
        func digits(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }
        let size = abs(seconds)
        let text = (seconds < 0 ? "-" : "+") + digits(size / 3600) + digits(size / 60 % 60)
        return size % 60 == 0 ? text : text + digits(size % 60)
    }
}
