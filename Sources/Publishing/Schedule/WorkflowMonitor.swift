package import Basics
package import Bulletin
package import Foundation
import Synchronization

/// The workflow's state while it works, for readers on other threads: nothing here waits for anything.
package final class WorkflowMonitor: Sendable {
    package struct Trouble: Hashable, Sendable {
        package let words: String
        package let since: Date
    }

    /// As it stands now.
    package struct Reading: Sendable {
        /// How long ago the workflow ended its last look at what is due, by a clock that nobody sets; nil before the first.
        package var sinceTurn: Duration?
        package var turns = 0
        package var timeInTurns = Duration.zero
        package var doing = "starting"
        package var trouble: Trouble?
        /// Why what is to be sent does not go out.
        package var delivery: Trouble?
        package var sending: [Mailing: DeliveryCounts] = [:]
    }

    private struct State {
        var reading = Reading()
        var lastTurn: SuspendingClock.Instant?
    }

    private let state = Mutex(State())
    private let clock = SuspendingClock()
    /// Rung whenever something else is to be seen.
    package let changed = WakeSignal()

    package init() {}

    package var reading: Reading {
        state.withLock { state in
            var reading = state.reading
            reading.sinceTurn = state.lastTurn.map { clock.now - $0 }
            return reading
        }
    }

    /// One look at what is due is done; `sending` is how what is being sent stands.
    func turned(since begin: SuspendingClock.Instant, sending: [Mailing: DeliveryCounts]) {
        let now = clock.now
        let isOther = state.withLock { state in
            // The first look tells that the workflow has begun.
            let isOther = state.reading.sending != sending || state.lastTurn == nil
            state.lastTurn = now
            state.reading.turns += 1
            state.reading.timeInTurns += now - begin
            state.reading.sending = sending
            return isOther
        }
        if isOther { changed.wake() }
    }

    /// The workflow is well, and nothing is to be looked at.
    func beat() {
        let now = clock.now
        state.withLock { $0.lastTurn = now }
    }

    /// In a line.
    package func doing(_ words: String) {
        let isOther = state.withLock { state in
            defer { state.reading.doing = words }
            return state.reading.doing != words
        }
        if isOther { changed.wake() }
    }

    /// The fault that stops the workflow; nil once it is over.
    func trouble(_ words: String?, at now: Date) { note(words, at: now, \.trouble) }

    /// Why mail that is due does not go out; nil when it does.
    func delivery(_ words: String?, at now: Date) { note(words, at: now, \.delivery) }

    private func note(_ words: String?, at now: Date, _ place: WritableKeyPath<Reading, Trouble?>) {
        let isOther = state.withLock { state in
            guard words != state.reading[keyPath: place]?.words else { return false }
            let since = state.reading[keyPath: place]?.since ?? now
            state.reading[keyPath: place] = words.map { Trouble(words: $0, since: since) }
            return true
        }
        if isOther { changed.wake() }
    }
}
