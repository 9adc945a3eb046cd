package import Basics
package import Foundation

/// The rule of the schedule: when each issue is closed and sent. The anchor is local: every slot keeps its wall-clock
/// time across daylight saving; an hour that is missing or comes twice is read as in RFC 5545 section 3.3.5.
package struct Cadence: Hashable, Sendable {
    /// A change to one slot.
    package struct Exception: Hashable, Sendable {
        package enum Change: Hashable, Sendable {
            case skip
            case move(to: LocalDateTime)
        }

        /// The local date of the slot, as the rule alone gives it.
        package let date: LocalDate
        package let change: Change

        package init(date: LocalDate, _ change: Change) { (self.date, self.change) = (date, change) }
    }

    package let timezone: TimeZone
    /// When the first issue is sent.
    package let first: LocalDateTime
    package let firstNumber: IssueNumber
    package let everyWeeks: Int
    package let copyDeadlineDays: Int
    package let exceptions: [Exception]

    private let changes: [LocalDate: Exception.Change]

    /// `firstNumber`, `everyWeeks` are at least 1, `copyDeadlineDays` at least 0.
    package init(
        timezone: TimeZone, first: LocalDateTime, firstNumber: Int = 1, everyWeeks: Int = 2, copyDeadlineDays: Int = 7,
        exceptions: [Exception] = []
    ) {
        precondition(firstNumber >= 1 && everyWeeks >= 1 && copyDeadlineDays >= 0)
        (self.timezone, self.first, self.firstNumber) = (timezone, first, IssueNumber(firstNumber))
        (self.everyWeeks, self.copyDeadlineDays, self.exceptions) = (everyWeeks, copyDeadlineDays, exceptions)
        changes = Dictionary(exceptions.map { ($0.date, $0.change) }) { first, _ in first }
    }

    /// The slot of that number; nil before the first number and after the year 9999.
    package func slot(_ number: IssueNumber) -> Slot? {
        guard let regular = regularTime(number) else { return nil }
        var sends = regular
        var skipped = false
        switch changes[regular.date] {
        case .skip: skipped = true
        case .move(let time): sends = time
        case nil: break
        }
        let deadline = LocalDateTime(sends.date.adding(days: -copyDeadlineDays), sends.time)
        return Slot(
            number: number, closes: deadline.instant(in: timezone), sends: sends.instant(in: timezone), skipped: skipped
        )
    }

    /// The number of the slot whose regular date is nearest to `date`, the earlier of two.
    package func number(near date: LocalDate) -> IssueNumber {
        let distance = date.daysSinceEpoch - first.date.daysSinceEpoch
        guard distance > 0 else { return firstNumber }
        let period = 7 * everyWeeks
        return IssueNumber(firstNumber.value + (distance + (period - 1) / 2) / period)
    }

    /// The slots that send on `date` or later, in order, to the end of the year 9999.
    package func slots(from date: LocalDate) -> some Sequence<Slot> {
        // A moved slot stays between its neighbours, so the one before the nearest is the earliest that can matter.
        let near = number(near: date).value
        var next = slot(IssueNumber(max(firstNumber.value, near - 2)))
        while let slot = next, LocalDateTime(slot.sends, in: timezone).date < date {
            next = self.slot(IssueNumber(slot.number.value + 1))
        }
        return sequence(first: next) { slot in
            slot.map { self.slot(IssueNumber($0.number.value + 1)) }
        }.lazy.prefix { $0 != nil }.compactMap { $0 }
    }

    /// The first slot that sends after `instant` and is not skipped; nil when there is none before the year 9999 ends.
    package func next(after instant: Date) -> Slot? {
        let day = LocalDateTime(instant, in: timezone).date
        return slots(from: day.adding(days: -1)).first { $0.sends > instant && !$0.skipped }
    }

    /// When that issue would be sent if there were no exceptions; nil before the first and after the year 9999.
    package func regularTime(_ number: IssueNumber) -> LocalDateTime? {
        let (steps, tooMany) = number.value.subtractingReportingOverflow(firstNumber.value)
        return tooMany || steps < 0 ? nil : regular(steps)
    }

    private func regular(_ steps: Int) -> LocalDateTime? {
        let last = 2_932_896  // 9999-12-31, in days since 1970
        let (days, tooMany) = steps.multipliedReportingOverflow(by: 7 * everyWeeks)
        guard !tooMany, days <= last - first.date.daysSinceEpoch else { return nil }
        return LocalDateTime(first.date.adding(days: days), first.time)
    }
}
