package import Bulletin
package import Foundation
package import Records

/// A subscriber asks that the bulletin comes to another address. That address is asked to confirm (``Confirm``), and until
/// then nothing changes. Whether a letter is owed for it.
package struct ChangeAddress: SubscriberOperation {
    private let old: SubscriberID
    private let new: SubscriberID
    private let address: EmailAddress
    private let now: Date

    /// `new` is the id of `address`.
    package init(from old: SubscriberID, to new: SubscriberID, _ address: EmailAddress, at now: Date) {
        (self.old, self.new, self.address, self.now) = (old, new, address, now)
    }

    package func run(in records: inout SubscriberTransaction) throws -> Bool {
        guard let person = try records.subscriber(old) else { return false }
        let record = try records.subscriber(new)
        let asked = Subscriber.asksToMove(from: person, to: record, id: new, address: address, at: now)
        guard let asked else { return false }
        try records.put(asked)
        return true
    }
}

extension Subscriber {
    /// The person behind `old` asks to get the bulletin at `address`, whose record is `record`. The new one is asked to
    /// confirm, and until then nothing changes at the old one. Nil where nothing is to change.
    package static func asksToMove(
        from old: Subscriber, to record: Subscriber?, id: SubscriberID, address: EmailAddress, at now: Date
    ) -> Subscriber? {
        guard id != old.id, old.status == .active || old.status == .paused else { return nil }
        guard var subscriber = asksToJoin(record, id: id, address: address, name: old.name, at: now) else { return nil }
        guard subscriber.status != .active, subscriber.status != .paused else { return subscriber }
        subscriber.movedFrom = old.id
        return subscriber
    }

    /// The two records after the new address was confirmed: the new one as the person had chosen at the old one, which
    /// names it and owes a letter about it. Nil where the old one gets nothing any more: then the new one stands alone.
    package static func moved(
        from old: Subscriber, to new: Subscriber, at now: Date
    ) -> (old: Subscriber, new: Subscriber)? {
        guard old.status == .active || old.status == .paused, new.movedFrom == old.id else { return nil }
        var (old, new) = (old, new)
        (new.name, new.format, new.consent) = (old.name, old.format, old.consent ?? new.consent)
        (new.phone, new.post) = (old.phone, old.post)
        if old.status == .paused {
            let until = old.pausedUntil
            new.become(.paused, at: now, reason: "choice")
            new.pausedUntil = until
        }
        old.become(.moved, at: now, reason: "change of address")
        old.movedTo = new.id
        old.tokenVersion += 1
        old.owes = OwedRequest(.changeOfAddress, version: old.tokenVersion)
        return (old, new)
    }
}
