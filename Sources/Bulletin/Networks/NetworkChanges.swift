package import Basics
package import Foundation
import ICalendar

/// Why a network's meeting cannot be changed that way, with the remedy, in a sentence without a full stop.
package struct NetworkFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

extension Network {
    /// The change to one meeting.
    package enum Change: Hashable, Sendable {
        case move(to: LocalDateTime)
        case cancel
        /// Back to the rule.
        case restore
    }

    /// The rule's date of the meeting on `day`: a day of the rule, or the day that a meeting was moved to. Throws a
    /// fault that names the nearest meetings if there is none.
    package func ruleDate(of day: LocalDate) throws(NetworkFault) -> LocalDateTime {
        if let moved = exceptions.first(where: { $0.movedTo?.date == day && $0.date.date != day }) { return moved.date }
        if let date = date(on: day) { return date }
        let near = datesNear(day).map(\.date.inWords)
        throw NetworkFault(
            "\(slug) does not meet on \(day.inWords)"
                + (near.isEmpty ? "" : "; its nearest meetings are on \(near.joined(separator: " and "))"))
    }

    /// Changes the meeting that the rule has at `date`; its sequence rises, so that calendars accept the change. Throws,
    /// and changes nothing, if there is nothing to change or another meeting is at that time.
    package mutating func change(
        _ date: LocalDateTime, _ change: Change, why: String?, at now: Date, by: String
    ) throws(NetworkFault) {
        let before = meeting(date)
        var exception =
            exceptions.first { $0.date == date } ?? Exception(date: date, sequence: 0, changedAt: now, changedBy: by)
        switch change {
        case .move(let to):
            guard to != before.starts || before.isCancelled else {
                throw NetworkFault("\(slug) meets on \(to.inWords) already")
            }
            if to.date != date.date,
                let other = meetings(on: to.date...to.date).first(where: { meeting in
                    meeting.date != date && !meeting.isCancelled && meeting.starts == to
                })
            {
                throw NetworkFault("\(slug) has another meeting on \(other.starts.inWords); give another time")
            }
            guard to.instant(in: zone) > now else {
                throw NetworkFault("\(to.inWords) is in the past; give a later time")
            }
            exception.movedTo = to
        case .cancel:
            guard !before.isCancelled else { throw NetworkFault("that meeting is called off already") }
            exception.movedTo = nil
        case .restore:
            guard before.change != nil else { throw NetworkFault("that meeting follows the rule already") }
            exception.movedTo = date
        }
        guard before.starts.instant(in: zone) > now else {
            throw NetworkFault("the meeting of \(before.starts.inWords) is past: it can no longer be changed")
        }
        (exception.why, exception.changedAt, exception.changedBy) = (why, now, by)
        exception.sequence += 1
        exceptions.removeAll { $0.date == date }
        exceptions.append(exception)
        exceptions.sort { $0.date < $1.date }
    }

    /// Whether that meeting deviates from the rule, and its old or its new time is still to come.
    package func isAhead(_ exception: Exception, of now: Date) -> Bool {
        let last = max(exception.date, exception.movedTo ?? exception.date)
        return last.instant(in: zone) > now && exception.movedTo != exception.date
    }

    /// Keeps changes to single meetings after the rule was changed: a meeting stays moved or cancelled if the new rule
    /// meets on the same day. Returns the lost changes to coming meetings: those on days without a meeting.
    package mutating func keepChangedDates(at now: Date) -> [Exception] {
        var kept: [Exception] = []
        var lost: [Exception] = []
        for exception in exceptions {
            guard let date = date(on: exception.date.date) else {
                if isAhead(exception, of: now) { lost.append(exception) }
                continue
            }
            var movedTo = exception.movedTo
            if movedTo == exception.date { movedTo = date }
            kept.append(
                Exception(
                    date: date, movedTo: movedTo, why: exception.why, sequence: exception.sequence,
                    changedAt: exception.changedAt, changedBy: exception.changedBy))
        }
        exceptions = kept
        return lost
    }

    /// Raises the sequence of all its meetings if they differ visibly from those of `old`, so that calendars accept the
    /// change; also above the sequences of single meetings whose changes are no longer kept.
    package mutating func noteChange(since old: Network, at now: Date) {
        var same = self
        (same.announce, same.exceptions) = (old.announce, old.exceptions)
        (same.sequence, same.changedAt) = (old.sequence, old.changedAt)
        guard same != old else { return }
        let forgotten = exceptions.count < old.exceptions.count ? old.exceptions.map(\.sequence).max() ?? 0 : 0
        (sequence, changedAt) = (old.sequence + 1 + forgotten, now)
    }

    /// Its faults: in its name and rule, and in the announcements that it would make.
    package func problems() -> [Problem] {
        var found: [Problem] = []
        if !Self.isSlug(slug) {
            found.append(
                Problem(
                    field: "slug",
                    message: "\(slug) is not a short name; write it in lower-case letters, digits and hyphens, as "
                        + "gm-co-production"))
        }
        do { _ = try Recurrence(rule) } catch {
            return found + [Problem(field: "rule", message: error.description)]
        }
        if !meets(at: starts) {
            found.append(
                Problem(
                    field: "starts",
                    message: "the rule \(rule) has no meeting on \(starts.inWords); give one of its days"))
        }
        if !(0...26).contains(announce) {
            found.append(
                Problem(field: "announce", message: "\(announce) is out of bounds; give a number from 0 to 26"))
        }
        // Checked as its first announcement would be; a way to take part is required here, because nobody reads each
        // announcement.
        let first = Announcing.item(of: self, meeting(starts), domain: "example.org")
        found += ItemRules.problems(of: first, now: .distantPast).map { problem in
            Problem(
                field: problem.field == "title" ? "name" : problem.field, message: problem.message,
                severity: problem.field == "takingPart" ? .error : problem.severity)
        }
        return found
    }
}
