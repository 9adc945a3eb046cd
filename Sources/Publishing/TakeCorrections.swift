package import Bulletin
import Composition
package import Foundation
import Records
import Settings

/// Decisions to correct → corrections on the shelf, composed and ready to be sent, and the web edition that shows them.
/// Safe to repeat at any time, and after a crash at any instant.
package struct TakeCorrections: Sendable {
    private let office: Office

    package init(_ office: Office) { self.office = office }

    package struct Result: Hashable, Sendable {
        /// The corrections that are to be sent now, in order.
        package var toSend: [Dispatch] = []
        package var events: [Event] = []
    }

    /// What happened, for the log and for people.
    package enum Event: Hashable, Sendable {
        case taken(Dispatch)
        case became(Dispatch, IssueState, reason: String?)
    }

    package func callAsFunction(at now: Date) throws -> Result {
        var result = Result()
        let decisions = try office.folder.decisions.all()
        for number in Set(decisions.filter(\.kind.isCorrection).map(\.issue)).sorted() {
            // Whoever has a link to the issue has its bytes, and only then is there something to put right.
            guard try office.folder.issues.standing(number)?.editionsHash != nil,
                let issue = try office.folder.issues.issue(number)
            else { continue }
            try look(at: issue, decisions.filter { $0.issue == number }, now, &result)
        }
        return result
    }

    private func look(at issue: Issue, _ decisions: [Decision], _ now: Date, _ result: inout Result) throws {
        let shelf = office.folder.issues
        var known = try shelf.corrections(of: issue.number)
        for (index, decision) in decisions.enumerated() {
            guard case .correct(let item, let text) = decision.kind,
                !known.contains(where: { $0.correction.answers(decision) }), Correction.problem(in: text) == nil
            else { continue }
            let next = (known.last?.correction.number ?? 0) + 1
            let correction = Correction(
                number: next, item: try item.flatMap { try asItStands($0, in: issue) }, text: text, at: decision.at,
                by: decision.by)
            var standing = IssueStanding(state: .sending, since: now)
            standing.decided = index + 1
            let mail = try office.press().print(correction, of: issue, zone: office.zone)
            // The page before the mail that leads to it.
            try printWeb(issue, known.filter { $0.standing.state != .skipped }.map(\.correction) + [correction])
            try shelf.take(correction, mail: mail, standing: standing, of: issue.number)
            known.append((correction, standing))
            result.events.append(.taken(Dispatch(issue.number, correction: next)))
        }
        try follow(decisions, &known, of: issue, &result)
        result.toSend += known.filter { $0.standing.state == .sending }
            .map { Dispatch(issue.number, correction: $0.correction.number) }
    }

    /// A correction follows what is decided of its issue after it: held, released, dropped.
    private func follow(
        _ decisions: [Decision], _ known: inout [(correction: Correction, standing: IssueStanding)], of issue: Issue,
        _ result: inout Result
    ) throws {
        for index in known.indices {
            let old = known[index].standing
            guard decisions.count > old.decided, [.sending, .held].contains(old.state) else { continue }
            let new = ActOnDecisions.apply(decisions, toCorrection: old)
            let dispatch = Dispatch(issue.number, correction: known[index].correction.number)
            known[index].standing = new
            if new.state == .skipped {
                // The page first: once the state is written, nobody would print it again.
                try printWeb(issue, known.filter { $0.standing.state != .skipped }.map(\.correction))
            }
            try office.folder.issues.save(new, of: dispatch)
            if new.state != old.state { result.events.append(.became(dispatch, new.state, reason: new.reason)) }
        }
    }

    /// The item as the queue or its network has it now; as the issue has it, where it was withdrawn since. Nil where the
    /// issue does not hold it.
    package func asItStands(_ id: ItemID, in issue: Issue) throws -> Item? {
        guard let printed = issue.items.first(where: { $0.id == id }) else { return nil }
        let queue = try office.folder.queue.list().items
        if let queued = queue.first(where: { $0.id == id }) { return queued }
        let gather = try GatherCandidates(office, decisions: office.folder.decisions.all())
        return gather(for: issue.number, sends: issue.sends, queue: queue).items.first { $0.id == id } ?? printed
    }

    private func printWeb(_ issue: Issue, _ corrections: [Correction]) throws {
        let web = try office.press().printWeb(issue, corrections: corrections, zone: office.zone)
        try office.folder.issues.saveCorrectedWeb(html: web.html, text: web.text, of: issue.number)
    }
}

extension Correction {
    /// Whether it was made of that decision: a decision has no name but what it says and when.
    fileprivate func answers(_ decision: Decision) -> Bool {
        guard case .correct(_, let text) = decision.kind else { return false }
        return decision.at.stamp == at.stamp && decision.by == by && text == self.text
    }
}

extension Decision.Kind {
    package var isCorrection: Bool { if case .correct = self { true } else { false } }
}
