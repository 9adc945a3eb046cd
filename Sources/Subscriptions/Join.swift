package import Bulletin
package import Foundation
package import Records

/// Somebody gave an address that is to get the bulletin, by the form or by mail. Whether a letter is owed for it.
package struct Join: SubscriberOperation {
    private let id: SubscriberID
    private let address: EmailAddress
    private let name: String?
    private let now: Date

    /// `id` is that of the address. A name that the list may not have is left out.
    package init(_ id: SubscriberID, address: EmailAddress, name: String?, at now: Date) {
        (self.id, self.address, self.now) = (id, address, now)
        self.name = name.flatMap { Subscriber.isFit(name: $0) ? $0 : nil }
    }

    package func run(in records: inout SubscriberTransaction) throws -> Bool {
        let old = try records.subscriber(id)
        guard let joined = Subscriber.asksToJoin(old, id: id, address: address, name: name, at: now) else {
            return false
        }
        try records.put(joined)
        return true
    }
}

/// A subscriber asks for the link to their choices, from a message of ours. Whether a letter is owed for it.
package struct AskForChoices: SubscriberOperation {
    private let id: SubscriberID
    private let now: Date

    package init(_ id: SubscriberID, at now: Date) { (self.id, self.now) = (id, now) }

    package func run(in records: inout SubscriberTransaction) throws -> Bool {
        guard let asking = try records.subscriber(id)?.asksForChoices(at: now) else { return false }
        return try records.put(asking)
    }
}

extension Subscriber {
    /// Owes this person a letter, unless letters were asked for too often of late; whether it does.
    private mutating func owe(_ request: SubscriberRequest, at now: Date) -> Bool {
        let recent = asked.filter { now.timeIntervalSince($0) < AskingLimit.period && $0 <= now }
        guard recent.count < AskingLimit.most,
            recent.last.map({ now.timeIntervalSince($0) >= AskingLimit.interval }) ?? true
        else { return false }
        asked = recent + [now]
        owes = OwedRequest(request, version: tokenVersion)
        return true
    }

    /// Somebody gave `address`. A newcomer is unconfirmed and is asked to confirm. So is a person who left, and stays gone
    /// until then. A person who gets the bulletin already is sent the link to their choices. Nil where nothing is to
    /// change: letters were asked for too often.
    package static func asksToJoin(
        _ old: Subscriber?, id: SubscriberID, address: EmailAddress, name: String?, at now: Date
    ) -> Subscriber? {
        var subscriber = old ?? Subscriber(id: id, status: .unconfirmed, since: now, name: name)
        if subscriber.status == .forgotten {
            let version = subscriber.tokenVersion
            subscriber = Subscriber(id: id, status: .unconfirmed, since: now, name: name)
            subscriber.tokenVersion = version
        }
        // A stranger's spelling does not change what the person themselves gave.
        if subscriber.status == .unconfirmed || subscriber.address == nil { subscriber.address = address }
        switch subscriber.status {
        case .active, .paused:
            return subscriber.owe(.choices, at: now) ? subscriber : nil
        case .unconfirmed:
            subscriber.statusSince = now
            return subscriber.owe(.confirm, at: now) ? subscriber : nil
        case .unsubscribed, .bounced, .complained, .forgotten, .moved:
            return subscriber.owe(.confirm, at: now) ? subscriber : nil
        }
    }

    /// The person asks for the link to their choices. Nil where nothing is to change.
    package func asksForChoices(at now: Date) -> Subscriber? {
        guard status == .active || status == .paused, address != nil else { return nil }
        var subscriber = self
        return subscriber.owe(.choices, at: now) ? subscriber : nil
    }
}
