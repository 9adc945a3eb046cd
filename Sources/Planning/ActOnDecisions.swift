import Basics
package import Bulletin
package import Foundation

/// Applies people's decisions to an issue. Pure: a decision that no longer fits, such as holding an issue that is sent,
/// changes nothing. Each is acted on once, because the issue's status counts them.
package enum ActOnDecisions {
    /// An issue as decisions change it: its status, and the time it is due.
    package struct Subject: Hashable, Sendable {
        package var status: IssueStatus
        package var sends: Date

        package init(status: IssueStatus, sends: Date) { (self.status, self.sends) = (status, sends) }
    }

    /// The subject after those of `decisions`, which are all about this issue, that it has not acted on yet.
    package static func apply(_ decisions: [Decision], to subject: Subject, zone: TimeZone) -> Subject {
        // The decisions bring their own times.
        let (status, effects) = IssueStatus.transition(
            subject.status, .decided(decisions), of: .issue, at: subject.status.since)
        return Subject(status: status ?? subject.status, sends: effects.sends(from: subject.sends, zone: zone))
    }

    /// The changes that decisions ask for in an issue that is still open.
    package enum OpenDecision: Hashable, Sendable {
        case nothing
        case sendNow
        /// It is not to be published at all.
        case skip(Skip)
        /// It is to be held as soon as it closes.
        case hold(Hold)
    }

    /// The last word of `decisions`, which are all about one open issue.
    package static func request(of decisions: [Decision]) -> OpenDecision {
        for decision in decisions.reversed() {
            switch decision.kind {
            case .hold(let why): return .hold(.byPerson(decision.by, why: why))
            case .skip(let why): return .skip(.byPerson(decision.by, why: why))
            case .sendNow: return .sendNow
            case .release: return .nothing
            case .move, .correct, .arrange: continue
            }
        }
        return .nothing
    }
}

extension [IssueEffect] {
    /// When an issue is due after them that was due at `sends`.
    package func sends(from sends: Date, zone: TimeZone) -> Date {
        reduce(sends) { sends, effect in
            switch effect {
            case .dueAt(let time): time.instant(in: zone)
            case .dueBy(let time): Swift.min(sends, time)
            case .became: sends
            }
        }
    }
}
