/// A part of the state, or of the daemon's surroundings, that may have changed.
package enum StateChange: Hashable, Sendable, CaseIterable {
    /// Another configuration is in force, or one was refused.
    case configuration
    /// `editorial/`: items, networks, plans, decisions, requests for proofs.
    case editorial
    /// The subscriber list, or the outbox.
    case letters
    /// A ledger was closed by a program: deliveries were resolved.
    case deliveries
    /// Returned mail was noted.
    case returns
    /// Something at the top of the state folder: a restoration was accepted.
    case folder
    /// The clock on the wall was set.
    case clock
}
