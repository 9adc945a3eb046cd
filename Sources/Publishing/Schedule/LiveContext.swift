package import Basics
package import Foundation
package import Planning
package import SMTP
import Synchronization

/// The configuration that the daemon works by, and what became of the last request to change it. A step takes the context
/// once, at its beginning, so that none sees two configurations.
package final class LiveContext: Sendable {
    /// How the configuration stands, for people.
    package struct Status: Hashable, Sendable {
        /// When what is in force was read.
        package var since: Date
        /// Why a newer one was not taken on; nil where the newest is in force.
        package var refused: Refusal?
        /// The settings of it whose new values wait for a restart, as they stand in the file: `web.listen`.
        package var awaitingRestart: [String] = []
    }

    /// A configuration, or templates, that were not taken on.
    package struct Refusal: Hashable, Sendable {
        package var at: Date
        /// A line for each fault.
        package var reason: String

        package init(at: Date, reason: String) { (self.at, self.reason) = (at, reason) }
    }

    private struct State {
        var context: PublishingContext
        /// Counts the contexts, so that a change is seen.
        var edition = 0
        var status: Status
        /// Those that work by it and sleep, with the changes that concern them.
        var sleepers: [(signal: WakeSignal, changes: Set<StateChange>)] = []
        var isWatched = true
    }

    /// All mail through the relays, whichever step sends it: their limits hold over all of it, and over a change of
    /// configuration.
    package let traffic = RelayTraffic()

    private let state: Mutex<State>

    package init(_ context: PublishingContext, at now: Date) {
        state = Mutex(State(context: context, status: Status(since: now)))
    }

    package var context: PublishingContext { state.withLock { $0.context } }
    package var status: Status { state.withLock { $0.status } }

    /// Wakes `sleeper` whenever one of those may have changed.
    package func wake(_ sleeper: WakeSignal, on changes: Set<StateChange>) {
        state.withLock { $0.sleepers.append((sleeper, changes)) }
    }

    package func changed(_ changes: Set<StateChange>) {
        let sleepers = state.withLock { $0.sleepers.filter { !$0.changes.isDisjoint(with: changes) } }
        for sleeper in sleepers { sleeper.signal.wake() }
    }

    /// Whether the kernel tells of changes in the state folder; where it does not, they are looked for.
    package var isWatched: Bool {
        get { state.withLock(\.isWatched) }
        set { state.withLock { $0.isWatched = newValue } }
    }

    /// The context where it is another than that of `edition`, which becomes its own; nil where it is the same.
    func taken(after edition: inout Int) -> PublishingContext? {
        let (context, latest) = state.withLock { ($0.context, $0.edition) }
        guard latest != edition else { return nil }
        edition = latest
        return context
    }

    /// Every step that begins from now on works by `context`.
    package func adopt(_ context: PublishingContext, awaitingRestart: [String], at now: Date) {
        state.withLock { state in
            (state.context, state.edition) = (context, state.edition + 1)
            state.status = Status(since: now, awaitingRestart: awaitingRestart)
        }
        changed([.configuration])
    }

    /// The configuration in force stays, and the reason is remembered.
    package func refuse(_ refusal: Refusal) {
        state.withLock { $0.status.refused = refusal }
        changed([.configuration])
    }
}
