import Basics
package import Bulletin
package import Foundation

/// When the next issue is closed and sent: what the schedule, the clock, and people's decisions ask for now. Pure: it
/// says what is due, and others do it.
package struct Timetable: Sendable {
    package var cadence: Cadence
    /// How late an issue may go out without being asked about (`schedule.latest`).
    package var latest: TimeInterval
    /// Whether a person releases each issue (`schedule.release: approval`).
    package var needsApproval: Bool
    /// When this bulletin began: slots that send before it are not ours to send.
    package var began: Date

    package init(cadence: Cadence, latest: TimeInterval, needsApproval: Bool, began: Date) {
        (self.cadence, self.latest, self.needsApproval, self.began) = (cadence, latest, needsApproval, began)
    }

    /// A step that is due.
    package enum Step: Hashable, Sendable {
        /// Its copy deadline has passed.
        case close(Slot)
        /// It is closed and its time has come.
        case send(IssueNumber)
        /// It may not go out unasked.
        case hold(IssueNumber, Hold)
    }

    /// The stored state of one issue.
    package struct Status: Hashable, Sendable {
        package var sends: Date
        package var state: IssueState
        package var released: Bool

        package init(sends: Date, state: IssueState, released: Bool) {
            (self.sends, self.state, self.released) = (sends, state, released)
        }
    }

    /// The slot of an issue, with the time that a person moved it to; its deadline is counted from there.
    package func slot(_ number: IssueNumber, decisions: [Decision]) -> Slot? {
        guard let slot = cadence.slot(number) else { return nil }
        guard let (local, moved) = decisions.lastMove(of: number) else { return slot }
        let closing = LocalDateTime(local.date.adding(days: -cadence.copyDeadlineDays), local.time)
        let sends = local.instant(in: cadence.timezone)
        // A deadline that had passed already when the issue was moved shuts nobody out who was in time until then.
        let closes = max(closing.instant(in: cadence.timezone), min(moved, sends))
        return Slot(number: number, closes: closes, sends: sends, skipped: slot.skipped)
    }

    /// The steps that are due at `now`, in order of numbers; empty when none is.
    package func steps(at now: Date, statuses: [IssueNumber: Status], decisions: [Decision]) -> [Step] {
        var steps: [Step] = []
        for (number, status) in statuses.sorted(by: { $0.key < $1.key }) {
            switch status.state {
            case .closed: step(for: number, status, at: now).map { steps.append($0) }
            case .sending: steps.append(.send(number))
            case .open, .held, .sent, .skipped: continue
            }
        }
        for slot in openSlots(statuses: statuses, decisions: decisions, until: now) where slot.closes <= now {
            steps.append(.close(slot))
        }
        return steps
    }

    private func step(for number: IssueNumber, _ status: Status, at now: Date) -> Step? {
        guard now >= status.sends else { return nil }
        if status.released { return .send(number) }
        let late = now.timeIntervalSince(status.sends) > latest
        if needsApproval {
            return late ? .hold(number, .notReleased) : nil
        }
        return late ? .hold(number, .late(latest: Int(latest))) : .send(number)
    }

    /// The slots still open whose deadline is not after `now`, and the first one that is.
    private func openSlots(statuses: [IssueNumber: Status], decisions: [Decision], until now: Date) -> [Slot] {
        var open: [Slot] = []
        var number = firstNumber
        while let slot = slot(number, decisions: decisions) {
            if slot.sends >= began, !slot.skipped, statuses[number] == nil {
                open.append(slot)
                if slot.closes > now { break }
            }
            number = IssueNumber(number.value + 1)
        }
        return open
    }

    /// When something is due next that is not due at `now`, if nothing else happens; nil after the last slot.
    package func next(after now: Date, statuses: [IssueNumber: Status], decisions: [Decision]) -> Date? {
        var times = statuses.values.filter { $0.state == .closed }.flatMap { status in
            // An issue that nobody releases is held only once it is late by more than `latest`.
            [status.sends, status.sends.addingTimeInterval(latest + 1)]
        }
        times += openSlots(statuses: statuses, decisions: decisions, until: now).map(\.closes)
        return times.filter { $0 > now }.min()
    }

    /// The next events, for people: the closed issue that is nearest to going out, and the slot that closes next.
    package func coming(at now: Date, statuses: [IssueNumber: Status], decisions: [Decision]) -> Coming {
        let waiting = statuses.filter { [.closed, .held].contains($0.value.state) }.min { $0.key < $1.key }
        return Coming(
            waiting: waiting.map { number, status in
                Coming.Waiting(
                    number: number, sends: status.sends, isHeld: status.state == .held,
                    needsRelease: needsApproval && !status.released)
            },
            closes: openSlots(statuses: statuses, decisions: decisions, until: now).first { $0.closes > now })
    }

    /// The first slot that may be ours: the schedule may have begun long before this bulletin did.
    private var firstNumber: IssueNumber {
        let elapsed = began.timeIntervalSince(cadence.first.instant(in: cadence.timezone)) / 604_800
        let passed = max(0, Int(elapsed) / cadence.everyWeeks - 2)
        return IssueNumber(cadence.firstNumber.value + passed)
    }

    /// The lowest issue that is neither sent nor skipped, closed or not: what `send-now` may name.
    package func lowestUnsent(statuses: [IssueNumber: Status], decisions: [Decision]) -> IssueNumber? {
        let waiting = statuses.filter { ![.sent, .skipped].contains($0.value.state) }.keys.min()
        let open = openSlots(statuses: statuses, decisions: decisions, until: .distantPast).first?.number
        return [waiting, open].compactMap { $0 }.min()
    }
}

extension [Decision] {
    /// Where the last decision to move that issue moved it to, and when it was taken.
    func lastMove(of number: IssueNumber) -> (to: LocalDateTime, at: Date)? {
        for decision in reversed() where decision.issue == number {
            if case .move(let time) = decision.kind { return (time, decision.at) }
        }
        return nil
    }
}
