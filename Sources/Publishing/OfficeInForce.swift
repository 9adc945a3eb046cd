package import Foundation
import Synchronization

/// The one office that the daemon works by at a time, and what became of the last wish to change it. A step takes the
/// office once, at its beginning, so that none sees two configurations.
package final class OfficeInForce: Sendable {
    /// How the configuration stands, for people.
    package struct Standing: Hashable, Sendable {
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
        var office: Office
        /// Counts the offices, so that a change is seen.
        var edition = 0
        var standing: Standing
    }

    private let state: Mutex<State>

    package init(_ office: Office, at now: Date) {
        state = Mutex(State(office: office, standing: Standing(since: now)))
    }

    package var office: Office { state.withLock { $0.office } }
    package var standing: Standing { state.withLock { $0.standing } }

    /// The office where it is another than that of `edition`, which becomes its own; nil where it is the same.
    func taken(after edition: inout Int) -> Office? {
        let (office, latest) = state.withLock { ($0.office, $0.edition) }
        guard latest != edition else { return nil }
        edition = latest
        return office
    }

    /// Every step that begins from now on works by `office`.
    package func adopt(_ office: Office, awaitingRestart: [String], at now: Date) {
        state.withLock { state in
            var office = office
            // The relays' limits hold over a change of configuration as well.
            office.traffic = state.office.traffic
            (state.office, state.edition) = (office, state.edition + 1)
            state.standing = Standing(since: now, awaitingRestart: awaitingRestart)
        }
    }

    /// What is in force stays, and why is remembered.
    package func refuse(_ refusal: Refusal) { state.withLock { $0.standing.refused = refusal } }
}
