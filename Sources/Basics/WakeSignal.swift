import Synchronization

/// Wakes a loop that waits for something to do. A signal that comes while nobody waits is kept for the next wait; several
/// are one.
package final class WakeSignal: Sendable {
    private struct State {
        var isSet = false
        var waiter: CheckedContinuation<Void, Never>?

        mutating func takeWaiter() -> CheckedContinuation<Void, Never>? {
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
        waiter?.resume()
    }

    /// Until it is woken, `most` has gone by, or the task is cancelled. One task waits at a time.
    package func wait(for most: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await Task.sleep(for: most) }
            group.addTask { await self.signal() }
            await group.next()
            group.cancelAll()
        }
    }

    private func signal() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    guard !state.isSet, !Task.isCancelled else {
                        state.isSet = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.takeWaiter() }?.resume()
        }
    }
}
