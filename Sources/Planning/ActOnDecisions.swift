import Basics
package import Bulletin
package import Foundation

/// Applies people's decisions to an issue. Pure: a decision that no longer fits, such as holding an issue that is sent,
/// changes nothing. Each is acted on once, because the issue's status counts them.
package enum ActOnDecisions {
    /// An issue as decisions change it: its standing, and the time it is due.
    package struct Subject: Hashable, Sendable {
        package var status: IssueStatus
        package var sends: Date

        package init(status: IssueStatus, sends: Date) { (self.status, self.sends) = (status, sends) }
    }

    /// The subject after those of `decisions`, which are all about this issue, that it has not acted on yet.
    package static func apply(_ decisions: [Decision], to subject: Subject, zone: TimeZone) -> Subject {
        var subject = subject
        for decision in decisions.dropFirst(subject.status.decided) {
            apply(decision, to: &subject, zone: zone)
        }
        subject.status.decided = max(subject.status.decided, decisions.count)
        return subject
    }

    private static func apply(_ decision: Decision, to subject: inout Subject, zone: TimeZone) {
        let hasBegun = subject.status.editionsHash != nil
        switch (decision.kind, subject.status.state) {
        case (.hold(let why), .closed), (.hold(let why), .sending):
            become(.held, decision, &subject, reason: words("held", by: decision.by, why))
            subject.status.released = false
        case (.release, .held), (.release, .closed):
            if subject.status.state == .held { become(hasBegun ? .sending : .closed, decision, &subject) }
            subject.status.released = true
        case (.skip(let why), .closed), (.skip(let why), .held):
            guard !hasBegun else { return }
            become(.skipped, decision, &subject, reason: words("skipped", by: decision.by, why))
        case (.sendNow, .closed), (.sendNow, .held):
            if subject.status.state == .held { become(hasBegun ? .sending : .closed, decision, &subject) }
            subject.status.released = true
            if !hasBegun { subject.sends = min(subject.sends, decision.at) }
        case (.move(let time), .closed), (.move(let time), .held):
            guard !hasBegun else { return }
            subject.sends = time.instant(in: zone)
            subject.status.released = false
        default: break
        }
    }

    /// The standing of a correction after those decisions about its issue that it has not acted on yet: it is held and
    /// released with its issue, and dropped where its issue is skipped, which one that went out is not itself.
    package static func apply(_ decisions: [Decision], toCorrection status: IssueStatus) -> IssueStatus {
        var subject = Subject(status: status, sends: status.since)
        for decision in decisions.dropFirst(status.decided) {
            switch (decision.kind, subject.status.state) {
            case (.hold(let why), .sending):
                become(.held, decision, &subject, reason: words("held", by: decision.by, why))
            case (.release, .held), (.sendNow, .held): become(.sending, decision, &subject)
            case (.skip(let why), .sending), (.skip(let why), .held):
                become(.skipped, decision, &subject, reason: words("dropped", by: decision.by, why))
            default: break
            }
        }
        subject.status.decided = max(status.decided, decisions.count)
        return subject.status
    }

    private static func become(
        _ state: IssueState, _ decision: Decision, _ subject: inout Subject, reason: String? = nil
    ) {
        subject.status.state = state
        subject.status.since = decision.at
        subject.status.reason = reason
        (subject.status.isHeldByCheck, subject.status.isHeldForUnknown) = (false, false)
    }

    private static func words(_ deed: String, by person: String, _ why: String?) -> String {
        "\(deed) by \(person)" + (why.map { ": \($0)" } ?? "")
    }

    /// The effect of the decisions about an issue that is still open.
    package enum OpenDecision: Hashable, Sendable {
        case nothing
        case sendNow
        /// It is not to be published at all.
        case skip(reason: String)
        /// It is to be held as soon as it closes.
        case hold(reason: String)
    }

    /// The last word of `decisions`, which are all about one open issue.
    package static func request(of decisions: [Decision]) -> OpenDecision {
        for decision in decisions.reversed() {
            switch decision.kind {
            case .hold(let why): return .hold(reason: words("held", by: decision.by, why))
            case .skip(let why): return .skip(reason: words("skipped", by: decision.by, why))
            case .sendNow: return .sendNow
            case .release: return .nothing
            case .move, .correct, .arrange: continue
            }
        }
        return .nothing
    }
}
