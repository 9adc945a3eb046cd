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
    }

    package init(_ context: PublishingContext) {
        self.context = context
        closing = CloseIssue(context)
        printing = PrintEdition(context)
        checking = CheckItems(context)
    }

    package func callAsFunction(at now: Date) throws -> Result {
        var result = Result()
        let decisions = try context.folder.decisions.all()
        try actOnDecisions(decisions, at: now, &result)
        try mendClosed(decisions, at: now, &result)
        let timetable = try context.timetable()
        let statuses = try context.statuses()
        result.coming = timetable.coming(at: now, statuses: statuses, decisions: decisions)
        for step in timetable.steps(at: now, statuses: statuses, decisions: decisions) {
            switch step {
            case .close(let slot):
                let request = ActOnDecisions.request(of: decisions.filter { $0.issue == slot.number })
                try close(slot, request, decided: decisions.count { $0.issue == slot.number }, at: now, &result)
            case .hold(let number, let reason): try become(.held, number, reason: reason, at: now, &result)
            case .send(let number): result.toSend.append(number)
            }
        }
        return result
    }

    // MARK: Decisions

    private func actOnDecisions(_ decisions: [Decision], at now: Date, _ result: inout Result) throws {
        let store = context.folder.issues
        for (number, about) in Dictionary(grouping: decisions, by: \.issue).sorted(by: { $0.key < $1.key }) {
            guard let status = try store.status(number) else {
                try actOnOpen(number, about, all: decisions, at: now, &result)
                continue
            }
            guard about.count > status.decided else { continue }
            let issue = try store.issue(number)
            let before = ActOnDecisions.Subject(status: status, sends: issue?.sends ?? status.since)
            let after = ActOnDecisions.apply(about, to: before, zone: context.zone)
            if let issue, issue.sends != after.sends {
                // The date stands in every edition.
                try printing.print(closing.again(issue, sends: after.sends))
                let withdrawn = status.released && !after.status.released && context.needsApproval
                result.events.append(.printedAgain(number, approvalWithdrawn: withdrawn))
            }
            try store.save(after.status, of: number)
            if after.status.state != status.state {
                result.events.append(.became(number, after.status.state, reason: after.status.reason))
            }
        }
    }

    private func actOnOpen(
        _ number: IssueNumber, _ about: [Decision], all: [Decision], at now: Date, _ result: inout Result
    ) throws {
        let timetable = try context.timetable()
        guard let slot = timetable.slot(number, decisions: all), slot.sends >= timetable.began else { return }
        switch ActOnDecisions.request(of: about) {
        case .sendNow:
            // It closes and goes out now, ahead of its slot, and the slot is used up.
            let slot = Slot(number: number, closes: min(slot.closes, now), sends: slot.sends)
            try close(slot, .sendNow, decided: about.count, at: now, &result)
        case .skip(let reason):
            var status = IssueStatus(state: .skipped, since: now, reason: reason)
            status.decided = about.count
            try context.folder.issues.save(status, of: number)
            result.events.append(.became(number, .skipped, reason: reason))
        case .hold, .nothing: break
        }
    }

    // MARK: Closing and mending

    private func close(
        _ slot: Slot, _ request: ActOnDecisions.OpenDecision, decided: Int, at now: Date, _ result: inout Result
    ) throws {
        var status = IssueStatus(state: .closed, since: now)
        status.decided = decided
        if case .hold(let reason) = request { (status.state, status.reason) = (.held, reason) }
        if request == .sendNow { status.released = true }
        let sends = request == .sendNow ? min(slot.sends, now) : slot.sends
        let issue = try closing.compose(
            Slot(number: slot.number, closes: slot.closes, sends: sends), closing: slot.closes)
        if request != .sendNow, status.state == .closed, let reason = try checking.reason(against: issue.items, at: now)
        {
            (status.state, status.reason, status.isHeldByCheck) = (.held, reason, true)
        }
        // Printed before it stands as closed: a crash in between closes it once more.
        try printing.print(issue)
        try context.folder.issues.save(status, of: slot.number)
        result.events.append(.closed(slot.number, items: issue.items.count, leftOut: issue.leftOut.count))
        if status.state == .held { result.events.append(.became(slot.number, .held, reason: status.reason)) }
    }

    /// Prints closed issues again whose items were changed, and withdraws an approval that was given to something else.
    private func mendClosed(_ decisions: [Decision], at now: Date, _ result: inout Result) throws {
        let store = context.folder.issues
        for number in try store.list() {
            guard var status = try store.status(number), status.editionsHash == nil,
                [.closed, .held].contains(status.state), let issue = try store.issue(number)
            else { continue }
            let mended = try closing.again(issue, sends: issue.sends)
            let differs = !mended.readsLike(issue)
            let withdrawn =
                status.released && context.needsApproval
                && !Approval.covers(mended, closed: issue, decisions: decisions)
            if differs {
                try printing.print(mended)
            } else if mended != issue {
                try store.save(mended)
            }
            if withdrawn {
                status.released = false
                try store.save(status, of: number)
            }
            if differs || withdrawn { result.events.append(.printedAgain(number, approvalWithdrawn: withdrawn)) }
            try checkAgain(mended, &status, at: now, &result)
        }
    }

    /// Holds an issue whose items were changed for what the check finds in them now, and lets one go on that it held and
    /// that is mended.
    private func checkAgain(
        _ issue: Issue, _ status: inout IssueStatus, at now: Date, _ result: inout Result
    ) throws {
        guard status.isHeldByCheck || status.state == .closed && !status.released else { return }
        let reason = try checking.reason(against: issue.items, at: now)
        let state: IssueState = reason == nil ? .closed : .held
        status.isHeldByCheck = reason != nil
        guard status.state != state || status.reason != reason else { return }
        (status.state, status.since, status.reason) = (state, now, reason)
        try context.folder.issues.save(status, of: issue.number)
        result.events.append(.became(issue.number, state, reason: reason))
    }

    private func become(
        _ state: IssueState, _ number: IssueNumber, reason: String, at now: Date, _ result: inout Result
    ) throws {
        guard var status = try context.folder.issues.status(number) else { return }
        (status.state, status.since, status.reason, status.released) = (state, now, reason, false)
        try context.folder.issues.save(status, of: number)
        result.events.append(.became(number, state, reason: reason))
    }
}
