package import Bulletin
package import Foundation
package import Records

/// Details of a subscriber, as a person who keeps the list gives them; nil leaves one as it is.
package struct SubscriberDetails: Hashable, Sendable {
    /// An empty name takes the name away.
    package var name: String?
    package var phone: PhoneNumber?
    package var post: String?
    package var medium: Subscriber.Medium?
    package var format: Subscriber.Format?

    package init() {}

    /// Throws ``UnreachableSubscriber`` where nothing would be known by which the medium reaches them.
    func change(_ subscriber: inout Subscriber) throws {
        if let name { subscriber.name = name.isEmpty ? nil : name }
        if let phone { subscriber.phone = phone }
        if let post { subscriber.post = post }
        if let medium { subscriber.medium = medium }
        if let format { subscriber.format = format }
        let isReached =
            switch subscriber.medium {
            case .email: subscriber.address != nil
            case .post: subscriber.post != nil
            case .phone: subscriber.phone != nil
            }
        guard isReached else { throw UnreachableSubscriber(medium: subscriber.medium) }
    }
}

/// A subscriber is to be reached in a way for which nothing is known.
package struct UnreachableSubscriber: Error, Hashable, Sendable {
    package let medium: Subscriber.Medium
}

/// A person who keeps the list adds somebody who agreed to get the bulletin.
package struct AddSubscriber: SubscriberOperation {
    package enum Outcome: Hashable, Sendable {
        case added(Subscriber)
        /// On the list already, and unchanged. A person who left comes back by ``Reactivate``; one who is forgotten, by
        /// evidence of their own consent.
        case there(Subscriber)
    }

    private let id: SubscriberID
    private let address: EmailAddress?
    private let details: SubscriberDetails
    private let consent: Consent
    private let now: Date

    package init(
        _ id: SubscriberID, address: EmailAddress?, _ details: SubscriberDetails, consent: Consent, at now: Date
    ) {
        (self.id, self.address, self.details, self.consent, self.now) = (id, address, details, consent, now)
    }

    /// Throws ``UnreachableSubscriber``.
    package func run(in records: inout SubscriberTransaction) throws -> Outcome {
        if let old = try records.subscriber(id), !(old.status == .forgotten && consent.isTheirOwn) {
            return .there(old)
        }
        var new = Subscriber(
            id: id, status: .active, since: now, address: address,
            medium: address != nil ? .email : details.post != nil ? .post : .phone, consent: consent)
        try details.change(&new)
        try records.put(new)
        return .added(new)
    }
}

/// A person who keeps the list changes a subscriber's details. Returns whether anything changed.
package struct EditSubscriber: SubscriberOperation {
    private let id: SubscriberID
    private let details: SubscriberDetails

    package init(_ id: SubscriberID, _ details: SubscriberDetails) { (self.id, self.details) = (id, details) }

    /// Throws ``UnreachableSubscriber``.
    package func run(in records: inout SubscriberTransaction) throws -> Bool {
        guard var new = try records.subscriber(id) else { return false }
        try details.change(&new)
        return try records.put(new)
    }
}

extension Consent {
    /// Whether it is evidence that the person themselves agreed, and not that somebody had a list.
    package var isTheirOwn: Bool { how != .import && wording?.isEmpty == false }
}
