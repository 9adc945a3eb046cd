package import Bulletin
import Foundation

/// A bounded queue of messages between the thread that composes and the loop that sends.
///
/// `@unchecked`: every field is guarded by `condition`, on which the composing side waits.
package final class MessageQueue: MessageSource, @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    private var messages: [OutgoingMessage] = []
    private var finished = false
    private var abandoned = false
    private var wake: @Sendable () -> Void = {}

    /// `capacity` is the number of messages composed ahead, which bounds the memory.
    package init(capacity: Int = 64) {
        self.capacity = max(1, capacity)
        messages.reserveCapacity(self.capacity)
    }

    /// Waits while the queue is full. False if the submission has ended: the message was not taken.
    package func put(_ message: OutgoingMessage) -> Bool { put([message]) }

    /// As ``put(_:)``, for several at once, which wakes the loop once; the queue may exceed its capacity by as many.
    package func put(_ new: [OutgoingMessage]) -> Bool {
        condition.lock()
        while messages.count >= capacity && !abandoned { condition.wait() }
        let taken = !abandoned
        let wakeUp = taken && messages.isEmpty && !new.isEmpty ? wake : nil
        if taken { messages += new }
        condition.unlock()
        wakeUp?()
        return taken
    }

    /// No message comes after this.
    package func finish() {
        condition.lock()
        finished = true
        let wakeUp = wake
        condition.unlock()
        wakeUp()
    }

    package func take(_ most: Int) -> [OutgoingMessage] {
        condition.lock()
        defer { condition.unlock() }
        guard !messages.isEmpty, most > 0 else { return [] }
        let count = min(most, messages.count)
        let taken = Array(messages.prefix(count))
        let before = messages.count
        messages.removeFirst(count)
        // Not for each free place: waking the composing thread costs as much as a message.
        let few = capacity / 2
        if before > few, messages.count <= few { condition.broadcast() }
        return taken
    }

    package var isFinished: Bool {
        condition.lock()
        defer { condition.unlock() }
        return finished && messages.isEmpty
    }

    package func whenReady(_ wake: @escaping @Sendable () -> Void) {
        condition.lock()
        self.wake = wake
        condition.unlock()
    }

    package func abandon() {
        condition.lock()
        abandoned = true
        messages.removeAll()
        condition.broadcast()
        condition.unlock()
    }
}
