package import Bulletin
import Foundation

/// A bounded queue of letters between the thread that composes and the loop that sends.
///
/// `@unchecked`: every field is guarded by `condition`, on which the composing side waits.
package final class LetterQueue: LetterSource, @unchecked Sendable {
    private let condition = NSCondition()
    private let capacity: Int
    private var letters: [OutgoingMessage] = []
    private var finished = false
    private var abandoned = false
    private var wake: @Sendable () -> Void = {}

    /// `capacity` in letters: what is composed ahead, and so what it may cost in memory.
    package init(capacity: Int = 64) {
        self.capacity = max(1, capacity)
        letters.reserveCapacity(self.capacity)
    }

    /// Waits while the queue is full. False where the submission has ended: the letter was not taken.
    package func put(_ letter: OutgoingMessage) -> Bool { put([letter]) }

    /// As ``put(_:)``, of several at once, for which the loop wakes once; the queue may hold so many more than it should.
    package func put(_ new: [OutgoingMessage]) -> Bool {
        condition.lock()
        while letters.count >= capacity && !abandoned { condition.wait() }
        let taken = !abandoned
        let ring = taken && letters.isEmpty && !new.isEmpty ? wake : nil
        if taken { letters += new }
        condition.unlock()
        ring?()
        return taken
    }

    /// No letter comes after this.
    package func finish() {
        condition.lock()
        finished = true
        let ring = wake
        condition.unlock()
        ring()
    }

    package func take(_ most: Int) -> [OutgoingMessage] {
        condition.lock()
        defer { condition.unlock() }
        guard !letters.isEmpty, most > 0 else { return [] }
        let count = min(most, letters.count)
        let taken = Array(letters.prefix(count))
        let before = letters.count
        letters.removeFirst(count)
        // Not for each place that comes free: a turn of the composing thread costs as much as a letter.
        let few = capacity / 2
        if before > few, letters.count <= few { condition.broadcast() }
        return taken
    }

    package var isFinished: Bool {
        condition.lock()
        defer { condition.unlock() }
        return finished && letters.isEmpty
    }

    package func whenReady(_ wake: @escaping @Sendable () -> Void) {
        condition.lock()
        self.wake = wake
        condition.unlock()
    }

    package func abandon() {
        condition.lock()
        abandoned = true
        letters.removeAll()
        condition.broadcast()
        condition.unlock()
    }
}
