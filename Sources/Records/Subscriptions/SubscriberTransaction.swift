package import Bulletin

/// The subscriber list while one transaction holds it: records are read and put here, and nobody else changes any of them
/// meanwhile. It lasts as long as the call of ``SubscriberList/transaction(_:)`` that gave it.
package struct SubscriberTransaction: ~Copyable {
    private let find: (SubscriberID) throws -> Subscriber?
    private var known: [SubscriberID: Subscriber?] = [:]
    private var order: [SubscriberID] = []
    private var puts: [SubscriberID: Subscriber] = [:]

    /// `find` reads a record as the list has it.
    init(find: @escaping (SubscriberID) throws -> Subscriber?) { self.find = find }

    /// The record as this transaction has it; nil for an id that was never on the list.
    package mutating func subscriber(_ id: SubscriberID) throws -> Subscriber? {
        if let put = puts[id] { return put }
        if let known = known[id] { return known }
        let found = try find(id)
        known[id] = .some(found)
        return found
    }

    /// The record becomes `subscriber`, as soon as the transaction ends well. False where it says so already.
    @discardableResult
    package mutating func put(_ subscriber: Subscriber) throws -> Bool {
        let new = SubscriberLine.stored(subscriber)
        guard try self.subscriber(new.id) != new else { return false }
        if puts.updateValue(new, forKey: new.id) == nil { order.append(new.id) }
        return true
    }

    /// The records that were put, each once, in the order in which they were put first.
    package var changed: [Subscriber] { order.compactMap { puts[$0] } }

    /// How often a change of address may lead to another; more is a circle.
    private static let mostMoves = 16

    /// The record of `id`, and those that it moved to one after the other, the present one last.
    package mutating func trail(of id: SubscriberID) throws -> [Subscriber] {
        var trail: [Subscriber] = []
        var next: SubscriberID? = id
        while trail.count < Self.mostMoves, let id = next, let subscriber = try subscriber(id) {
            trail.append(subscriber)
            next = subscriber.status == .moved ? subscriber.movedTo : nil
        }
        return trail
    }
}

extension SubscriberList {
    /// A transaction on one record: `body` takes the present record, and returns the new one, or nil for no change. Returns
    /// the record after that.
    @discardableResult
    package func change(_ id: SubscriberID, _ body: (Subscriber?) throws -> Subscriber?) throws -> Subscriber? {
        try transaction { records in
            guard let new = try body(records.subscriber(id)) else { return try records.subscriber(id) }
            precondition(new.id == id, "a change keeps the id")
            try records.put(new)
            return try records.subscriber(id)
        }
    }

    /// As ``change(_:_:)`` for each of them, in one transaction. The number of records that changed.
    @discardableResult
    package func changeMany(
        _ ids: [SubscriberID], _ body: (SubscriberID, Subscriber?) throws -> Subscriber?
    ) throws -> Int {
        try transaction { records in
            for id in ids {
                guard let new = try body(id, records.subscriber(id)) else { continue }
                precondition(new.id == id, "a change keeps the id")
                try records.put(new)
            }
            return records.changed.count
        }
    }
}
