package import Bulletin
package import Foundation
import Records
import Settings

/// One look at clock, schedule and decisions, and everything that is due but the sending itself: closes, prints, holds,
/// skips. What it returns is to be sent now. Safe to repeat at any time, and after a crash at any instant.
package struct KeepTime: Sendable {
    private let office: Office
    private let closing: CloseIssue
    private let printing: PrintEdition
    private let checking: CheckItems

    /// What happened, for the log and for people.
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

    package init(_ office: Office) {
        self.office = office
        closing = CloseIssue(office)
        printing = PrintEdition(office)
        checking = CheckItems(office)
    }

    package func callAsFunction(at now: Date) throws -> Result {
        var result = Result()
        let decisions = try office.folder.decisions.all()
        try actOnDecisions(decisions, at: now, &result)
        try mendClosed(decisions, at: now, &result)
        let timetable = try office.timetable()
        let standings = try office.standings()
        result.coming = timetable.coming(at: now, standings: standings, decisions: decisions)
        for step in timetable.steps(at: now, standings: standings, decisions: decisions) {
            switch step {
            case .close(let slot):
                let wish = ActOnDecisions.wish(of: decisions.filter { $0.issue == slot.number })
                try close(slot, wish, decided: decisions.count { $0.issue == slot.number }, at: now, &result)
            case .hold(let number, let reason): try become(.held, number, reason: reason, at: now, &result)
            case .send(let number): result.toSend.append(number)
            }
        }
        return result
    }

    // MARK: Decisions

    private func actOnDecisions(_ decisions: [Decision], at now: Date, _ result: inout Result) throws {
        let shelf = office.folder.issues
        for (number, about) in Dictionary(grouping: decisions, by: \.issue).sorted(by: { $0.key < $1.key }) {
            guard let standing = try shelf.standing(number) else {
                try actOnOpen(number, about, all: decisions, at: now, &result)
                continue
            }
            guard about.count > standing.decided else { continue }
            let issue = try shelf.issue(number)
            let before = ActOnDecisions.Subject(standing: standing, sends: issue?.sends ?? standing.since)
            let after = ActOnDecisions.apply(about, to: before, zone: office.zone)
            if let issue, issue.sends != after.sends {
                // The date stands in every edition.
                try printing.print(closing.again(issue, sends: after.sends))
                let withdrawn = standing.released && !after.standing.released && office.needsApproval
                result.events.append(.printedAgain(number, approvalWithdrawn: withdrawn))
            }
            try shelf.save(after.standing, of: number)
            if after.standing.state != standing.state {
                result.events.append(.became(number, after.standing.state, reason: after.standing.reason))
            }
        }
    }

    private func actOnOpen(
        _ number: IssueNumber, _ about: [Decision], all: [Decision], at now: Date, _ result: inout Result
    ) throws {
        let timetable = try office.timetable()
        guard let slot = timetable.slot(number, decisions: all), slot.sends >= timetable.began else { return }
        switch ActOnDecisions.wish(of: about) {
        case .sendNow:
            // Whatever its slot: it closes and goes out now, and the slot is used up.
            let slot = Slot(number: number, closes: min(slot.closes, now), sends: slot.sends)
            try close(slot, .sendNow, decided: about.count, at: now, &result)
        case .skip(let reason):
            var standing = IssueStanding(state: .skipped, since: now, reason: reason)
            standing.decided = about.count
            try office.folder.issues.save(standing, of: number)
            result.events.append(.became(number, .skipped, reason: reason))
        case .hold, .nothing: break
        }
    }

    // MARK: Closing and mending

    private func close(
        _ slot: Slot, _ wish: ActOnDecisions.OpenWish, decided: Int, at now: Date, _ result: inout Result
    ) throws {
        var standing = IssueStanding(state: .closed, since: now)
        standing.decided = decided
        if case .hold(let reason) = wish { (standing.state, standing.reason) = (.held, reason) }
        if wish == .sendNow { standing.released = true }
        let sends = wish == .sendNow ? min(slot.sends, now) : slot.sends
        let issue = try closing.compose(
            Slot(number: slot.number, closes: slot.closes, sends: sends), closing: slot.closes)
        if wish != .sendNow, standing.state == .closed, let reason = try checking.reason(against: issue.items, at: now)
        {
            (standing.state, standing.reason, standing.isHeldByCheck) = (.held, reason, true)
        }
        // Printed before it stands as closed: a crash in between closes it once more.
        try printing.print(issue)
        try office.folder.issues.save(standing, of: slot.number)
        result.events.append(.closed(slot.number, items: issue.items.count, leftOut: issue.leftOut.count))
        if standing.state == .held { result.events.append(.became(slot.number, .held, reason: standing.reason)) }
    }

    /// Prints closed issues again whose items were changed, and withdraws an approval that was given to something else.
    private func mendClosed(_ decisions: [Decision], at now: Date, _ result: inout Result) throws {
        let shelf = office.folder.issues
        for number in try shelf.list() {
            guard var standing = try shelf.standing(number), standing.editionsHash == nil,
                [.closed, .held].contains(standing.state), let issue = try shelf.issue(number)
            else { continue }
            let mended = try closing.again(issue, sends: issue.sends)
            let differs = !mended.readsLike(issue)
            let withdrawn =
                standing.released && office.needsApproval
                && !Approval.covers(mended, closed: issue, decisions: decisions)
            if differs {
                try printing.print(mended)
            } else if mended != issue {
                try shelf.save(mended)
            }
            if withdrawn {
                standing.released = false
                try shelf.save(standing, of: number)
            }
            if differs || withdrawn { result.events.append(.printedAgain(number, approvalWithdrawn: withdrawn)) }
            try checkAgain(mended, &standing, at: now, &result)
        }
    }

    /// Holds an issue whose items were changed for what the check finds in them now, and lets one go on that it held and
    /// that is mended.
    private func checkAgain(
        _ issue: Issue, _ standing: inout IssueStanding, at now: Date, _ result: inout Result
    ) throws {
        guard standing.isHeldByCheck || standing.state == .closed && !standing.released else { return }
        let reason = try checking.reason(against: issue.items, at: now)
        let state: IssueState = reason == nil ? .closed : .held
        standing.isHeldByCheck = reason != nil
        guard standing.state != state || standing.reason != reason else { return }
        (standing.state, standing.since, standing.reason) = (state, now, reason)
        try office.folder.issues.save(standing, of: issue.number)
        result.events.append(.became(issue.number, state, reason: reason))
    }

    private func become(
        _ state: IssueState, _ number: IssueNumber, reason: String, at now: Date, _ result: inout Result
    ) throws {
        guard var standing = try office.folder.issues.standing(number) else { return }
        (standing.state, standing.since, standing.reason, standing.released) = (state, now, reason, false)
        try office.folder.issues.save(standing, of: number)
        result.events.append(.became(number, state, reason: reason))
    }
}
