import Basics
import Bulletin
import Foundation
import Records
import Synchronization

/// Takes the wishes of visitors to the roll, all that wait at once: a thousand confirmations cost a few syncs of the disk
/// and not a thousand. What is answered is durable. Its work waits for the disk, so it is done on a queue of its own.
actor GroupCommit {
    /// Records by their ids; who has none is not in it.
    typealias Records = [SubscriberID: Subscriber]

    private struct Change {
        let ids: [SubscriberID]
        let apply: @Sendable (Records) -> [Subscriber]
    }

    private let subscriberList: any SubscriberList
    private let executor = QueueExecutor(label: "fortnight.web.roll")
    /// Those who wait for the one who gathers.
    private var waiting: [(wish: Change, answer: CheckedContinuation<Void, any Error>)] = []
    private var isGathering = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(subscriberList: any SubscriberList) { self.subscriberList = subscriberList }

    func record(_ id: SubscriberID) throws -> Subscriber? { try subscriberList.subscriber(id) }

    /// The records of `ids` are given to `body` while nobody else can change them, and become what it gives back: those
    /// that it leaves out stay. Durable on return.
    func change<Result: Sendable>(
        _ ids: [SubscriberID], _ body: @escaping @Sendable (Records) -> (changed: [Subscriber], result: Result)
    ) async throws -> Result {
        let result = Box<Result>()
        let wish = Change(ids: ids) { records in
            let (changed, value) = body(records)
            result.value.withLock { $0 = value }
            return changed
        }
        if isGathering {
            try await withCheckedThrowingContinuation { waiting.append((wish, $0)) }
        } else {
            isGathering = true
            // Whoever stands at the door meanwhile comes in.
            await Task.yield()
            isGathering = false
            try settle(with: wish)
        }
        guard let value = result.value.withLock({ $0 }) else { throw CancellationError() }
        return value
    }

    /// All at once: for those who wait, and for the one who gathered them.
    private func settle(with wish: Change) throws {
        let others = waiting
        waiting = []
        var turn = Turn(wishes: [wish] + others.map(\.wish))
        let outcome = Result { try subscriberList.changeMany(turn.sequence) { turn.take($0, $1) } }
        for other in others { other.answer.resume(with: outcome.map { _ in }) }
        _ = try outcome.get()
    }

    private final class Box<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }

    /// The wishes one after the other, each going through its ids twice: to gather the records, and to change them.
    private struct Turn {
        let wishes: [Change]
        private var index = 0
        private var step = 0
        private var records: Records = [:]
        private var changed: Records = [:]

        init(wishes: [Change]) { self.wishes = wishes }

        var sequence: [SubscriberID] { wishes.flatMap { $0.ids + $0.ids } }

        mutating func take(_ id: SubscriberID, _ current: Subscriber?) -> Subscriber? {
            let wish = wishes[index]
            step += 1
            if step <= wish.ids.count {
                records[id] = current
                if step == wish.ids.count {
                    changed = Dictionary(wish.apply(records).map { ($0.id, $0) }, uniquingKeysWith: { $1 })
                }
                return nil
            }
            let new = changed[id]
            if step == 2 * wish.ids.count { (index, step, records, changed) = (index + 1, 0, [:], [:]) }
            return new
        }
    }
}
