package import Basics
package import Foundation
package import ICalendar

extension Network {
    /// One of its meetings, as it now stands.
    package struct Meeting: Hashable, Sendable {
        /// Its start by the rule; the day identifies it for ever.
        package let date: LocalDateTime
        /// Its start, or its planned start if it is cancelled.
        package let starts: LocalDateTime
        package let ends: LocalDateTime?
        package let change: Item.Change?
        package let sequence: Int
        package let changedAt: Date?

        package var isCancelled: Bool { change?.isCancelled ?? false }
    }

    /// The zone of its times; GMT if the system does not know the name, which no stored network has.
    package var zone: TimeZone { TimeZone(identifier: timezone) ?? .gmt }

    /// Nil if the rule cannot be read, which no stored network has.
    package var recurrence: Recurrence? { try? Recurrence(rule) }

    /// The rule's dates from `day` on, whether changed or not; lazily, because the rule may have no end.
    package func dates(from day: LocalDate) -> some Sequence<LocalDateTime> {
        let rule = recurrence ?? Recurrence(.daily)
        return rule.occurrences(from: starts, zone: zone).lazy.drop { $0.date < day }
    }

    /// The start of the rule's meeting on `day`; nil if there is none.
    package func date(on day: LocalDate) -> LocalDateTime? {
        dates(from: day).first { _ in true }.flatMap { $0.date == day ? $0 : nil }
    }

    /// Whether the rule has a meeting at that time.
    package func meets(at date: LocalDateTime) -> Bool {
        dates(from: date.date).first { $0 >= date } == date
    }

    /// The rule's dates nearest to `day`: the last before it and the first from it on.
    package func datesNear(_ day: LocalDate) -> [LocalDateTime] {
        let rule = recurrence ?? Recurrence(.daily)
        var near: [LocalDateTime] = []
        for date in rule.occurrences(from: starts, zone: zone) {
            near = near.suffix(1) + [date]
            if date.date >= day { break }
        }
        return near
    }

    /// The meetings planned or held on a day of `days`, in the order of their current starts. A moved meeting is
    /// included if either of its days is.
    package func meetings(on days: ClosedRange<LocalDate>) -> [Meeting] {
        var found = dates(from: days.lowerBound).prefix { $0.date <= days.upperBound }.map { meeting($0) }
        let known = Set(found.map(\.date))
        for exception in exceptions where !known.contains(exception.date) {
            guard let moved = exception.movedTo, days.contains(moved.date), meets(at: exception.date) else { continue }
            found.append(meeting(exception.date))
        }
        return found.sorted { ($0.starts, $0.date) < ($1.starts, $1.date) }
    }

    /// The meeting that the rule has at `date`.
    package func meeting(_ date: LocalDateTime) -> Meeting {
        guard let exception = exceptions.first(where: { $0.date == date }) else {
            let starts = date.onTheClock(in: zone)
            return Meeting(
                date: date, starts: starts, ends: end(of: starts), change: nil, sequence: sequence, changedAt: changedAt
            )
        }
        let isAsRuled = exception.movedTo == date
        let starts = (exception.movedTo ?? date).onTheClock(in: zone)
        let change: Item.Change =
            exception.movedTo == nil ? .cancelled(why: exception.why) : .moved(from: date, why: exception.why)
        return Meeting(
            date: date, starts: starts, ends: end(of: starts),
            change: isAsRuled ? nil : change,
            sequence: sequence + exception.sequence,
            changedAt: max(exception.changedAt, changedAt ?? exception.changedAt))
    }

    /// As long after its start as the first meeting lasts, in wall-clock time.
    private func end(of start: LocalDateTime) -> LocalDateTime? {
        guard let ends, ends > starts else { return nil }
        let length = ends.instant(in: .gmt).timeIntervalSince(starts.instant(in: .gmt))
        return LocalDateTime(start.instant(in: .gmt).addingTimeInterval(length), in: .gmt)
    }
}
