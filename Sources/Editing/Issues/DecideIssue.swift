import Basics
package import Bulletin
package import Foundation
package import Planning
import Records
import Settings

/// Records a person's decision about an issue, if it fits, for the daemon to act on. The forecast is worked out by the code
/// that the daemon acts with.
package struct DecideIssue: Sendable {
    /// How the issue stood, and how it will stand once the daemon has acted.
    package struct Foreseen: Sendable {
        package let before: IssueForecast.Row
        package let after: IssueForecast.Row
        /// How many corrections on their way the decision is about, where the issue itself has gone out; else 0.
        package let corrections: Int
        /// The closed issues that are printed again.
        package let reprints: [Reprint]
    }

    private let context: PublishingContext

    package init(_ context: PublishingContext) { self.context = context }

    /// Durable on return. Throws ``UnfitDecision``, which changes nothing.
    @discardableResult
    package func callAsFunction(
        _ kind: Decision.Kind, _ number: IssueNumber, at now: Date, by person: String
    ) throws -> Foreseen {
        if let foreseen = try aboutCorrections(kind, number, at: now, by: person) { return foreseen }
        let before = try fitting(kind, number, at: now)
        let closed = try ClosedIssues(context)
        func decision(approving row: IssueForecast.Row?) throws -> Decision {
            Decision(
                issue: number, kind: kind, at: now, by: person, approves: try row.flatMap { try approved(by: kind, $0) }
            )
        }
        // The approval is for the issue as it will be: sent today, it may hold other meetings.
        let foreseen = try IssueForecast(context, adding: decision(approving: before)).row(number, at: now)
        let decision = try decision(approving: foreseen)
        guard let after = try IssueForecast(context, adding: decision).row(number, at: now) else {
            throw UnfitDecision.unknown(number)
        }
        try context.folder.decisions.append(decision)
        return Foreseen(before: before, after: after, corrections: 0, reprints: try closed.reprints())
    }

    /// Records a decision that is about the corrections of an issue and not the issue itself, which has gone out; nil, and
    /// nothing written, where it is about the issue.
    private func aboutCorrections(
        _ kind: Decision.Kind, _ number: IssueNumber, at now: Date, by person: String
    ) throws -> Foreseen? {
        let underWay = try context.folder.issues.correctionReadings(of: number).count { correction in
            [.sending, .held].contains(correction.status?.state)
        }
        guard underWay > 0, let row = try IssueForecast(context).row(number, at: now) else { return nil }
        switch (kind, row.state) {
        case (.hold, .sent), (.release, .sent), (.release, .sending), (.skip, .sent), (.skip, .held), (.skip, .sending):
            try context.folder.decisions.append(Decision(issue: number, kind: kind, at: now, by: person))
            return Foreseen(before: row, after: row, corrections: underWay, reprints: [])
        default: return nil
        }
    }

    /// How the issue stands, where a decision of that kind fits it. Throws ``UnfitDecision``.
    func fitting(_ kind: Decision.Kind, _ number: IssueNumber, at now: Date) throws -> IssueForecast.Row {
        let forecast = try IssueForecast(context)
        guard let row = try forecast.row(number, at: now) else { throw UnfitDecision.unknown(number) }
        if let why = try Fitness(context: context, forecast: forecast, row: row, now: now).objection(to: kind) {
            throw UnfitDecision(why)
        }
        return row
    }

    /// The fingerprint of the issue as it stands now, printed or not, which the release approves.
    private func approved(by kind: Decision.Kind, _ row: IssueForecast.Row) throws -> String? {
        guard [.release, .sendNow].contains(kind), [.closed, .held].contains(row.state), !row.hasBegun,
            let closed = try context.folder.issues.issue(row.number)
        else { return nil }
        var mended = closed
        (mended.sends, mended.introduction, mended.items) = (row.sends, row.introduction, row.items)
        return mended.fingerprint
    }
}

/// Why a decision was not taken, with the remedy.
package struct UnfitDecision: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }

    static func unknown(_ number: IssueNumber) -> UnfitDecision {
        UnfitDecision("there is no issue \(number): fortnight issues lists them")
    }
}

/// Whether a decision fits an issue as it stands.
private struct Fitness {
    let context: PublishingContext
    let forecast: IssueForecast
    let row: IssueForecast.Row
    let now: Date

    private var name: String { "issue \(row.number)" }

    /// In a sentence with the remedy; nil where it fits.
    func objection(to kind: Decision.Kind) throws -> String? {
        switch kind {
        case .hold: row.state == .held ? "\(name) is \(words) already" : unless([.open, .closed, .sending])
        case .release: release()
        case .skip:
            row.hasBegun
                ? begun(remedy: "hold it, or release it to continue") : unless([.open, .closed, .held])
        case .sendNow: try sendNow()
        case .move(let time): try move(to: time)
        case .arrange: arrange()
        case .correct: nil
        }
    }

    func arrange() -> String? {
        row.hasBegun
            ? begun(remedy: "correct it with fortnight issue correct \(row.number)")
            : unless([.open, .closed, .held])
    }

    private func unless(_ states: [IssueState]) -> String? {
        guard !states.contains(row.state) else { return nil }
        let remedy =
            switch row.state {
            case .sent: "; to correct something, use fortnight issue correct \(row.number)"
            case .sending: "; stop it with fortnight issue hold \(row.number)"
            case .skipped: "; its items go into the next one"
            case .open, .closed, .held: ""
            }
        return "\(name) is \(words)\(remedy)"
    }

    private var words: String {
        switch row.state {
        case .sending: "being sent"
        case .held, .skipped: row.reason ?? row.state.rawValue
        case .open, .closed, .sent: row.state.rawValue
        }
    }

    private func begun(remedy: String) -> String {
        "\(name) has gone out to some readers already, and cannot be changed: \(remedy)"
    }

    private func release() -> String? {
        if row.state == .closed, row.isReleased { return "\(name) is released already" }
        if row.state == .open, row.reason == nil {
            let closes = row.closes.inWords(in: context.zone)
            return context.needsApproval
                ? "\(name) is still open; it closes on \(closes), and can be released after that"
                : "\(name) needs no release; nothing holds it"
        }
        if row.state == .closed, !context.needsApproval { return "\(name) needs no release; nothing holds it" }
        return unless([.open, .closed, .held])
    }

    private func sendNow() throws -> String? {
        if let objection = unless([.open, .closed, .held]) { return objection }
        guard let lowest = try forecast.lowestUnsent(at: now), lowest != row.number else { return nil }
        return "issue \(lowest) comes before \(name): send or skip that one first"
    }

    private func move(to time: LocalDateTime) throws -> String? {
        if let objection = arrange() { return objection }
        let sends = time.instant(in: context.zone)
        guard sends > now else {
            return "\(time.inWords) is in the past; to send \(name) at once, use fortnight issue send-now \(row.number)"
        }
        if sends == row.sends { return "\(name) is sent on \(time.inWords) as it is" }
        let (before, after) = try neighbours()
        if let before, sends <= before.sends {
            return
                "\(sent(before)), and \(name) comes after it; give a later time, or move issue \(before.number) first"
        }
        if let after, sends >= after.sends {
            return
                "\(sent(after)), and \(name) comes before it; give an earlier time, or move issue \(after.number) first"
        }
        return nil
    }

    private func sent(_ row: IssueForecast.Row) -> String {
        "issue \(row.number) is sent on \(row.sends.inWords(in: context.zone))"
    }

    /// The nearest issues before and after that are not skipped.
    private func neighbours() throws -> (before: IssueForecast.Row?, after: IssueForecast.Row?) {
        let rows = try forecast.rows(at: now, through: IssueNumber(row.number.value + 3)).filter {
            $0.state != .skipped
        }
        return (rows.last { $0.number < row.number }, rows.first { $0.number > row.number })
    }
}
