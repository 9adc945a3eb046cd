import Basics
import Bulletin
import Foundation
import Records
import Subscriptions
import Synchronization

/// Runs what visitors ask for on the subscriber list, all that waits in one transaction: a thousand confirmations cost a
/// few syncs of the disk and not a thousand. A change is durable before it is answered. The work waits for the disk, so it
/// is done on a queue of its own.
actor GroupCommit {
    private typealias Step = @Sendable (inout SubscriberTransaction) throws -> Void

    private let subscriberList: any SubscriberList
    private let onCommit: @Sendable () -> Void
    private let executor = QueueExecutor(label: "fortnight.web.subscribers")
    /// The operations that wait for the one that gathers them.
    private var waiting: [(step: Step, answer: CheckedContinuation<Void, any Error>)] = []
    private var isGathering = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// `onCommit` is called after each transaction that ended well: a letter may be owed since.
    init(subscriberList: any SubscriberList, onCommit: @escaping @Sendable () -> Void = {}) {
        (self.subscriberList, self.onCommit) = (subscriberList, onCommit)
    }

    func record(_ id: SubscriberID) throws -> Subscriber? { try subscriberList.subscriber(id) }

    /// As ``Records/SubscriberList/perform(_:)``, in one transaction with all others that wait.
    @discardableResult
    func perform<Operation: SubscriberOperation>(_ operation: Operation) async throws -> Operation.Outcome {
        let result = Box<Operation.Outcome>()
        let step: Step = { records in
            let outcome = try operation.run(in: &records)
            result.value.withLock { $0 = outcome }
        }
        if isGathering {
            try await withCheckedThrowingContinuation { waiting.append((step, $0)) }
        } else {
            isGathering = true
            // Operations that arrive meanwhile join this transaction.
            await Task.yield()
            isGathering = false
            try commit(step)
        }
        guard let value = result.value.withLock({ $0 }) else { throw CancellationError() }
        return value
    }

    /// Commits all of them at once: the waiting operations, and the one that gathered them.
    private func commit(_ step: Step) throws {
        let others = waiting
        waiting = []
        let outcome = Result {
            try subscriberList.transaction { records in
                try step(&records)
                for other in others { try other.step(&records) }
            }
        }
        for other in others { other.answer.resume(with: outcome) }
        try outcome.get()
        onCommit()
    }

    private final class Box<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }
}
