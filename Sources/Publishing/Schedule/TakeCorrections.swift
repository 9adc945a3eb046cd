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
        var snapshot = try Snapshot(context.folder, withCorrections: true)
        return try callAsFunction(&snapshot, at: now)
    }

    /// Decides on `snapshot`, which is kept to what is written.
    func callAsFunction(_ snapshot: inout Snapshot, at now: Date) throws -> Result {
        var result = Result()
        let asked = Set(snapshot.decisions.filter(\.kind.isCorrection).map(\.issue))
        for number in asked.union(snapshot.corrections.keys).sorted() {
            // Readers hold links to the issue from then on, and only then is there something to correct.
            guard snapshot.status(number)?.hasBegun == true else { continue }
            var known = snapshot.corrections[number] ?? []
            let decisions = snapshot.decisions(about: number)
            try holdFaulty(&known, at: now, &result)
            // One that cannot be read may be the answer to any decision: nobody is to be sent it twice.
            if let issue = snapshot.issues[number]?.issue, known.allSatisfy({ $0.faults.isEmpty }) {
                try take(decisions, &known, of: issue, snapshot, now, &result)
            }
            try follow(decisions, &known, of: snapshot.issues[number]?.issue, at: now, &result)
            snapshot.note(known, of: number)
            result.toSend += known.filter { $0.status?.state == .sending }.map(\.mailing)
        }
        return result
    }

    private func holdFaulty(_ known: inout [CorrectionReading], at now: Date, _ result: inout Result) throws {
        for index in known.indices where known[index].status?.state == .sending {
            guard let lost = known[index].lostFile else { continue }
            try apply(.fileLost(lost.path, isMissing: lost.isMissing), &known[index], at: now, &result)
        }
    }

    private func take(
        _ decisions: [Decision], _ known: inout [CorrectionReading], of issue: Issue, _ snapshot: Snapshot, _ now: Date,
        _ result: inout Result
    ) throws {
        for (index, decision) in decisions.enumerated() {
            guard case .correct(let item, let text) = decision.kind,
                !known.contains(where: { $0.correction?.answers(decision) ?? false }),
                Correction.problem(in: text) == nil
            else { continue }
            let next = (known.last?.mailing.correction ?? 0) + 1
            let correction = Correction(
                number: next, item: try item.flatMap { try context.currentItem($0, in: issue, snapshot) }, text: text,
                at: decision.at, by: decision.by)
            let mail = try context.renderer().print(correction, of: issue, zone: context.zone)
            // The page before the mail that leads to it.
            try printWeb(issue, known.shown + [correction])
            let change = try context.folder.issues.take(
                correction, mail: mail, decided: index + 1, of: issue.number, at: now)
            known.append(CorrectionReading(correction, status: change.status, of: issue.number))
            result.events.append(.taken(Mailing(issue.number, correction: next)))
        }
    }

    /// A correction follows what is decided of its issue after it: held, released, dropped.
    private func follow(
        _ decisions: [Decision], _ known: inout [CorrectionReading], of issue: Issue?, at now: Date,
        _ result: inout Result
    ) throws {
        for index in known.indices {
            guard let old = known[index].status, decisions.count > old.decided, [.sending, .held].contains(old.state)
            else { continue }
            var after = known
            after[index].status =
                IssueStatus.transition(old, .decided(decisions), of: .correction, at: now).status
            if after[index].status?.state == .skipped, let issue, after.allSatisfy({ $0.correction != nil }) {
                // The page first: once the state is written, nobody would print it again.
                try printWeb(issue, after.shown)
            }
            try apply(.decided(decisions), &known[index], at: now, &result)
        }
    }

    /// Writes what the event makes of the correction as it stands on disk.
    private func apply(
        _ event: IssueEvent, _ reading: inout CorrectionReading, at now: Date, _ result: inout Result
    ) throws {
        let change = try context.folder.issues.apply(event, to: reading.mailing, at: now)
        reading.status = change.status
        for case .became(let state, let reason) in change.effects {
            result.events.append(.became(reading.mailing, state, reason: reason))
        }
    }

    private func printWeb(_ issue: Issue, _ corrections: [Correction]) throws {
        let web = try context.renderer().printWeb(issue, corrections: corrections, zone: context.zone)
        try context.folder.issues.saveCorrectedWeb(html: web.html, text: web.text, of: issue.number)
    }
}

extension [CorrectionReading] {
    /// Those that stand on the issue's page.
    fileprivate var shown: [Correction] { filter { $0.status?.state != .skipped }.compactMap(\.correction) }
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
