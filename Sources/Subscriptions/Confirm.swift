package import Bulletin
package import Foundation
package import Records

/// A person confirms that the bulletin is to come to an address: a sign-up, a return after leaving, or the new address
/// after a change. Then the old record is changed together with the new one.
package struct Confirm: SubscriberOperation {
    package enum Outcome: Hashable, Sendable {
        /// Confirmed now: the record as it stands.
        case confirmed(Subscriber)
        /// Was confirmed before, and nothing changed.
        case already(Subscriber)
        /// The link or address was used, or there is no such record.
        case usedUp
    }

    private let id: SubscriberID
    private let version: Int
    private let consent: Consent
    private let now: Date

    /// `version` is that of the link, or of the address, by which it is confirmed.
    package init(_ id: SubscriberID, version: Int, consent: Consent, at now: Date) {
        (self.id, self.version, self.consent, self.now) = (id, version, consent, now)
    }

    package func run(in records: inout SubscriberTransaction) throws -> Outcome {
        guard let record = try records.subscriber(id) else { return .usedUp }
        switch record.confirming(version: version, consent: consent, at: now) {
        case .already: return .already(record)
        case .usedUp: return .usedUp
        case .confirmed(let new):
            let old = try new.movedFrom.flatMap { try records.subscriber($0) }
            guard let pair = old.flatMap({ Subscriber.moved(from: $0, to: new, at: now) }) else {
                try records.put(new)
                return .confirmed(new)
            }
            try records.put(pair.old)
            try records.put(pair.new)
            return .confirmed(pair.new)
        }
    }
}

extension Subscriber {
    /// The outcome of following a link to confirm.
    package enum Confirmation: Hashable, Sendable {
        /// Confirmed now: the record as it becomes.
        case confirmed(Subscriber)
        /// Was confirmed before, and nothing is to change.
        case already
        /// The link was used, and the person has left since, or asked anew.
        case usedUp
    }

    /// The person pressed the button of the link of `version`, or answered the letter.
    package func confirming(version: Int, consent: Consent, at now: Date) -> Confirmation {
        if status == .active || status == .paused { return .already }
        guard version == tokenVersion, address != nil, status != .forgotten else { return .usedUp }
        var subscriber = self
        subscriber.become(.active, at: now, reason: "confirmed")
        subscriber.consent = consent
        subscriber.medium = .email
        subscriber.movedTo = nil
        subscriber.tokenVersion += 1
        subscriber.owes = nil
        subscriber.asked = []
        return .confirmed(subscriber)
    }
}
