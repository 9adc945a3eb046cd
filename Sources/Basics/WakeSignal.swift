import Synchronization

/// Wakes a loop that waits for something to do. A signal that comes while nobody waits is kept for the next wait; several
/// are one.
package final class WakeSignal: Sendable {
    private struct State {
        var isSet = false
        var waiter: CheckedContinuation<Bool, Never>?

        mutating func takeWaiter() -> CheckedContinuation<Bool, Never>? {
            defer { waiter = nil }
            return waiter
        }
    }

    private let state = Mutex(State())

    package init() {}

    /// From anywhere; returns at once.
    package func wake() {
        let waiter = state.withLock { state in
            state.isSet = state.waiter == nil
            return state.takeWaiter()
        }
        waiter?.resume(returning: true)
    }

    /// Until it is woken, `most` has gone by, or the task is cancelled; whether it was woken. One task waits at a time.
    @discardableResult
    package func wait(for most: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                try? await Task.sleep(for: most)
                return false
            }
            group.addTask { await self.signal() }
            var isWoken = false
            // A signal that comes with the end of the time is not lost.
            for await woken in group {
                isWoken = isWoken || woken
                group.cancelAll()
            }
            return isWoken
        }
    }

    private func signal() async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWoken: Bool? = state.withLock { state in
                    if state.isSet {
                        state.isSet = false
                        return true
                    }
                    if Task.isCancelled { return false }
                    state.waiter = continuation
                    return nil
                }
                if let isWoken { continuation.resume(returning: isWoken) }
            }
        } onCancel: {
            state.withLock { $0.takeWaiter() }?.resume(returning: false)
        }
    }
}
