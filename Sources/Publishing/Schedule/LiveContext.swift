package import Foundation
package import Planning
import Synchronization

/// The one office that the daemon works by at a time, and what became of the last wish to change it. A step takes the
/// office once, at its beginning, so that none sees two configurations.
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
        /// Counts the offices, so that a change is seen.
        var edition = 0
        var status: Status
    }

    private let state: Mutex<State>

    package init(_ context: PublishingContext, at now: Date) {
        state = Mutex(State(context: context, status: Status(since: now)))
    }

    package var context: PublishingContext { state.withLock { $0.context } }
    package var status: Status { state.withLock { $0.status } }

    /// The office where it is another than that of `edition`, which becomes its own; nil where it is the same.
    func taken(after edition: inout Int) -> PublishingContext? {
        let (context, latest) = state.withLock { ($0.context, $0.edition) }
        guard latest != edition else { return nil }
        edition = latest
        return context
    }

    /// Every step that begins from now on works by `context`.
    package func adopt(_ context: PublishingContext, awaitingRestart: [String], at now: Date) {
        state.withLock { state in
            var context = context
            // The relays' limits hold over a change of configuration as well.
            context.traffic = state.context.traffic
            (state.context, state.edition) = (context, state.edition + 1)
            state.status = Status(since: now, awaitingRestart: awaitingRestart)
        }
    }

    /// Keeps the configuration in force, and remembers why the new one was refused.
    package func refuse(_ refusal: Refusal) { state.withLock { $0.status.refused = refusal } }
}
