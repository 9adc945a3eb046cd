package import Bulletin
package import Foundation
package import Planning
import Records
import Settings

/// One look at clock, schedule and decisions, and everything that is due but the sending itself: closes, prints, holds,
/// skips. It returns the issues to send now. Safe to repeat at any time, and after a crash at any instant.
package struct RunSchedule: Sendable {
    private let context: PublishingContext
    private let closing: CloseIssue
    private let printing: PrintEdition
    private let checking: CheckItems

    /// An event, for the log and for people.
    package enum Event: Hashable, Sendable {
        case closed(IssueNumber, items: Int, leftOut: Int)
        case printedAgain(IssueNumber, approvalWithdrawn: Bool)
        case became(IssueNumber, IssueState, reason: String?)
    }

    package struct Result: Hashable, Sendable {
        package var toSend: [IssueNumber] = []
        package var events: [Event] = []
        package var coming = Coming()
        /// When something is due next, if nothing else happens.
        package var next: Date?
    }

    package init(_ context: PublishingContext) {
        self.context = context
        closing = CloseIssue(context)
        printing = PrintEdition(context)
        checking = CheckItems(context)
    }

    package func callAsFunction(at now: Date) throws -> Result {
        var snapshot = try Snapshot(context.folder)
        return try callAsFunction(&snapshot, at: now)
    }

    /// Decides on `snapshot`, which is kept to what is written.
    package func callAsFunction(_ snapshot: inout Snapshot, at now: Date) throws -> Result {
        var result = Result()
        try actOnDecisions(&snapshot, at: now, &result)
        try holdFaulty(&snapshot, at: now, &result)
        try mendClosed(&snapshot, at: now, &result)
        let timetable = try context.timetable(snapshot)
        let (statuses, decisions) = (snapshot.statuses, snapshot.decisions)
        result.coming = timetable.coming(at: now, statuses: statuses, decisions: decisions)
        for step in timetable.steps(at: now, statuses: statuses, decisions: decisions) {
            switch step {
            case .close(let slot):
                let about = snapshot.decisions(about: slot.number)
                try close(slot, ActOnDecisions.request(of: about), decided: about.count, at: now, &snapshot, &result)
            case .hold(let number, let hold): try apply(.missed(hold), number, at: now, &snapshot, &result)
            case .send(let number): result.toSend.append(number)
            }
        }
        result.next = timetable.next(after: now, statuses: snapshot.statuses, decisions: decisions)
        return result
    }

    /// Writes what the event makes of the issue as it stands on disk.
    @discardableResult
    private func apply(
        _ event: IssueEvent, _ number: IssueNumber, at now: Date, _ snapshot: inout Snapshot, _ result: inout Result
    ) throws -> IssueStatus? {
        let change = try context.folder.issues.apply(event, to: Mailing(number), at: now)
        snapshot.note(change.status, of: number)
        for case .became(let state, let reason) in change.effects {
            result.events.append(.became(number, state, reason: reason))
        }
        return change.status
    }

    // MARK: Decisions

    private func actOnDecisions(_ snapshot: inout Snapshot, at now: Date, _ result: inout Result) throws {
        for number in Set(snapshot.decisions.map(\.issue)).sorted() {
            let about = snapshot.decisions(about: number)
            guard let status = snapshot.status(number) else {
                if snapshot.isOpen(number) { try actOnOpen(number, about, at: now, &snapshot, &result) }
                continue
            }
            guard about.count > status.decided else { continue }
            let (after, effects) = IssueStatus.transition(status, .decided(about), of: .issue, at: now)
            if let issue = snapshot.issues[number]?.issue {
                let sends = effects.sends(from: issue.sends, zone: context.zone)
                if issue.sends != sends {
                    // The date stands in every edition.
                    let moved = try closing.again(issue, sends: sends, in: snapshot)
                    try printing.print(moved)
                    snapshot.note(moved)
                    let withdrawn = status.released && after?.released == false && context.needsApproval
                    result.events.append(.printedAgain(number, approvalWithdrawn: withdrawn))
                }
            }
            try apply(.decided(about), number, at: now, &snapshot, &result)
        }
    }

    private func actOnOpen(
        _ number: IssueNumber, _ about: [Decision], at now: Date, _ snapshot: inout Snapshot, _ result: inout Result
    ) throws {
        let request = ActOnDecisions.request(of: about)
        guard request.isActedOnWhileOpen else { return }
        let timetable = try context.timetable(snapshot)
        guard let slot = timetable.slot(number, decisions: snapshot.decisions), slot.sends >= timetable.began else {
            return
        }
        switch request {
        case .sendNow:
            // It closes and goes out now, ahead of its slot, and the slot is used up.
            let slot = Slot(number: number, closes: min(slot.closes, now), sends: slot.sends)
            try close(slot, .sendNow, decided: about.count, at: now, &snapshot, &result)
        case .skip(let skip):
            try apply(.skippedOpen(skip, decided: about.count), number, at: now, &snapshot, &result)
        case .hold, .nothing: break
        }
    }

    /// Holds what lacks a file that it cannot do without.
    private func holdFaulty(_ snapshot: inout Snapshot, at now: Date, _ result: inout Result) throws {
        for number in snapshot.numbers {
            guard let lost = snapshot.issues[number]?.lostFile, let state = snapshot.status(number)?.state,
                [.closed, .sending].contains(state)
            else { continue }
            try apply(.fileLost(lost.path, isMissing: lost.isMissing), number, at: now, &snapshot, &result)
        }
    }

    // MARK: Closing and mending

    private func close(
        _ slot: Slot, _ request: ActOnDecisions.OpenDecision, decided: Int, at now: Date, _ snapshot: inout Snapshot,
        _ result: inout Result
    ) throws {
        let isNow = request == .sendNow
        let issue = try closing.compose(
            Slot(number: slot.number, closes: slot.closes, sends: isNow ? min(slot.sends, now) : slot.sends),
            closing: slot.closes, in: snapshot)
        var hold: Hold?
        if case .hold(let asked) = request { hold = asked }
        if !isNow, hold == nil { hold = try checking.reason(against: issue.items, at: now).map { .byCheck(found: $0) } }
        // Printed before it stands as closed: a crash in between closes it once more.
        try printing.print(issue)
        snapshot.note(issue)
        result.events.append(.closed(slot.number, items: issue.items.count, leftOut: issue.leftOut.count))
        let change = try context.folder.issues.apply(
            .closes(hold: hold, isReleased: isNow, decided: decided), to: Mailing(slot.number), at: now)
        snapshot.note(change.status, of: slot.number)
        if let hold { result.events.append(.became(slot.number, .held, reason: hold.inWords)) }
    }

    /// Prints closed issues again whose items were changed, and withdraws an approval that was given to something else.
    private func mendClosed(_ snapshot: inout Snapshot, at now: Date, _ result: inout Result) throws {
        for number in snapshot.numbers {
            guard let status = snapshot.status(number), !status.hasBegun, [.closed, .held].contains(status.state),
                let issue = snapshot.issues[number]?.issue
            else { continue }
            let mended = try closing.again(issue, sends: issue.sends, in: snapshot)
            let differs = !mended.readsLike(issue)
            let withdrawn =
                status.released && context.needsApproval
                && !Approval.covers(mended, closed: issue, decisions: snapshot.decisions)
            if differs {
                try printing.print(mended)
            } else if mended != issue {
                try context.folder.issues.save(mended)
            }
            snapshot.note(mended)
            if withdrawn { try apply(.approvalWithdrawn, number, at: now, &snapshot, &result) }
            if differs || withdrawn { result.events.append(.printedAgain(number, approvalWithdrawn: withdrawn)) }
            try checkAgain(mended, at: now, &snapshot, &result)
        }
    }

    /// Holds an issue whose items were changed for what the check finds in them now, and lets one go on that it held and
    /// that is mended.
    private func checkAgain(
        _ issue: Issue, at now: Date, _ snapshot: inout Snapshot, _ result: inout Result
    ) throws {
        guard let status = snapshot.status(issue.number),
            status.hold?.isByCheck ?? (status.state == .closed && !status.released)
        else { return }
        let found = try checking.reason(against: issue.items, at: now)
        guard IssueStatus.transition(status, .checked(found: found), of: .issue, at: now).status != status else {
            return
        }
        try apply(.checked(found: found), issue.number, at: now, &snapshot, &result)
    }
}

extension ActOnDecisions.OpenDecision {
    /// Whether it is acted on before the issue closes.
    fileprivate var isActedOnWhileOpen: Bool {
        switch self {
        case .sendNow, .skip: true
        case .hold, .nothing: false
        }
    }
}
