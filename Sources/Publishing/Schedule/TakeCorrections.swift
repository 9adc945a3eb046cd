import Basics
package import Bulletin
package import Foundation
package import Planning
import Records
import Rendering
import Settings

/// Decisions to correct → stored corrections, composed and ready to be sent, and the web edition that shows them.
/// Safe to repeat at any time, and after a crash at any instant.
package struct TakeCorrections: Sendable {
    private let context: PublishingContext

    package init(_ context: PublishingContext) { self.context = context }

    package struct Result: Hashable, Sendable {
        /// The corrections that are to be sent now, in order.
        package var toSend: [Mailing] = []
        package var events: [Event] = []
    }

    /// An event, for the log and for people.
    package enum Event: Hashable, Sendable {
        case taken(Mailing)
        case became(Mailing, IssueState, reason: String?)
    }

    package func callAsFunction(at now: Date) throws -> Result {
        var result = Result()
        let decisions = try context.folder.decisions.all()
        for number in Set(decisions.filter(\.kind.isCorrection).map(\.issue)).sorted() {
            // Only an issue with fixed bytes can be corrected: it may have readers.
            guard try context.folder.issues.status(number)?.editionsHash != nil,
                let issue = try context.folder.issues.issue(number)
            else { continue }
            try look(at: issue, decisions.filter { $0.issue == number }, now, &result)
        }
        return result
    }

    private func look(at issue: Issue, _ decisions: [Decision], _ now: Date, _ result: inout Result) throws {
        let store = context.folder.issues
        var known = try store.corrections(of: issue.number)
        for (index, decision) in decisions.enumerated() {
            guard case .correct(let item, let text) = decision.kind,
                !known.contains(where: { $0.correction.answers(decision) }), Correction.problem(in: text) == nil
            else { continue }
            let next = (known.last?.correction.number ?? 0) + 1
            let correction = Correction(
                number: next, item: try item.flatMap { try context.currentItem($0, in: issue) }, text: text,
                at: decision.at,
                by: decision.by)
            var status = IssueStatus(state: .sending, since: now)
            status.decided = index + 1
            let mail = try context.renderer().print(correction, of: issue, zone: context.zone)
            // The page before the mail that leads to it.
            try printWeb(issue, known.filter { $0.status.state != .skipped }.map(\.correction) + [correction])
            try store.take(correction, mail: mail, status: status, of: issue.number)
            known.append((correction, status))
            result.events.append(.taken(Mailing(issue.number, correction: next)))
        }
        try follow(decisions, &known, of: issue, &result)
        result.toSend += known.filter { $0.status.state == .sending }
            .map { Mailing(issue.number, correction: $0.correction.number) }
    }

    /// A correction follows what is decided of its issue after it: held, released, dropped.
    private func follow(
        _ decisions: [Decision], _ known: inout [(correction: Correction, status: IssueStatus)], of issue: Issue,
        _ result: inout Result
    ) throws {
        for index in known.indices {
            let old = known[index].status
            guard decisions.count > old.decided, [.sending, .held].contains(old.state) else { continue }
            let new = ActOnDecisions.apply(decisions, toCorrection: old)
            let mailing = Mailing(issue.number, correction: known[index].correction.number)
            known[index].status = new
            if new.state == .skipped {
                // The page first: once the state is written, nobody would print it again.
                try printWeb(issue, known.filter { $0.status.state != .skipped }.map(\.correction))
            }
            try context.folder.issues.save(new, of: mailing)
            if new.state != old.state { result.events.append(.became(mailing, new.state, reason: new.reason)) }
        }
    }

    private func printWeb(_ issue: Issue, _ corrections: [Correction]) throws {
        let web = try context.renderer().printWeb(issue, corrections: corrections, zone: context.zone)
        try context.folder.issues.saveCorrectedWeb(html: web.html, text: web.text, of: issue.number)
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
