package import Records

/// Something that subscribers, or the people who keep the list, do to a record. It is a value with all that it needs: who
/// it is about, at what time, and on which way it was asked for. The web, the mailbox and the commands run the same ones,
/// and only read their input and say how it went.
package protocol SubscriberOperation<Outcome>: Sendable {
    associatedtype Outcome: Sendable

    /// Runs in a transaction: it sees the records as nobody else can change them, and puts what they become.
    func run(in records: inout SubscriberTransaction) throws -> Outcome
}

extension SubscriberList {
    /// Runs `operation` in a transaction of its own. Durable on return.
    @discardableResult
    package func perform<Operation: SubscriberOperation>(_ operation: Operation) throws -> Operation.Outcome {
        try transaction { records in try operation.run(in: &records) }
    }
}
