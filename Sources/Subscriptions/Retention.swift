package import Basics
package import Bulletin
package import Foundation

// Changes that the passing of time brings to records.

extension Subscriber {
    /// Gets the bulletin again where its pause is over on `today`; nil where it is not.
    package func resuming(on today: LocalDate, at now: Date) -> Subscriber? {
        guard status == .paused, let until = pausedUntil, until <= today else { return nil }
        var subscriber = self
        subscriber.become(.active, at: now, reason: "pause over")
        return subscriber
    }

    /// Whether a sign-up has waited in vain, or a person has been gone for as long as their details are kept.
    package func isToBeReduced(at now: Date, keepingUnsubscribed kept: TimeInterval) -> Bool {
        switch status {
        case .unconfirmed: now.timeIntervalSince(statusSince) >= AskingLimit.linkLife
        case .unsubscribed, .bounced, .complained:
            now.timeIntervalSince(statusSince) >= kept
                && (address != nil || name != nil || phone != nil || post != nil || consent != nil)
        case .active, .paused, .forgotten, .moved: false
        }
    }

    /// The rest that is kept: an unconfirmed sign-up is forgotten; id, date and reason stay of a person who left.
    package func reduced(at now: Date) -> Subscriber {
        guard status != .unconfirmed else { return forgotten(at: now) }
        var rest = Subscriber(id: id, status: status, since: statusSince, reason: reason)
        rest.tokenVersion = tokenVersion
        return rest
    }
}
