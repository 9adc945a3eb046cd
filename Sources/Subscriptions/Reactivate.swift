package import Bulletin
package import Foundation
package import Records

/// A person who keeps the list brings somebody back who asked for it: after leaving, a bounce or a pause. After all but a
/// pause it takes their own new consent.
package struct Reactivate: SubscriberOperation {
    package enum Outcome: Hashable, Sendable {
        case reactivated(Subscriber)
        /// Gets the bulletin already.
        case already(Subscriber)
        /// Only the person's own new consent brings them back.
        case needsConsent(Subscriber)
        /// No record is left that could be brought back: forgotten, or moved.
        case gone(Subscriber)
        /// Nothing is known any more by which they could be reached.
        case unreachable(Subscriber)
        /// There is no such record.
        case unknown
    }

    private let id: SubscriberID
    private let consent: Consent?
    private let now: Date

    package init(_ id: SubscriberID, consent: Consent?, at now: Date) {
        (self.id, self.consent, self.now) = (id, consent, now)
    }

    package func run(in records: inout SubscriberTransaction) throws -> Outcome {
        guard var record = try records.subscriber(id) else { return .unknown }
        switch record.status {
        case .active: return .already(record)
        case .paused: break
        case .forgotten, .moved: return .gone(record)
        case .unconfirmed, .unsubscribed, .bounced, .complained:
            guard consent?.wording?.isEmpty == false else { return .needsConsent(record) }
            guard record.address != nil || record.post != nil || record.phone != nil else {
                return .unreachable(record)
            }
        }
        record.become(.active, at: now, reason: "reactivated")
        if let consent { record.consent = consent }
        record.owes = nil
        try records.put(record)
        return .reactivated(record)
    }
}
