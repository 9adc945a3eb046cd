package import Foundation

/// How an issue stands. `open` is never written: an issue without a file is open.
package enum IssueState: String, Sendable, Codable, CaseIterable {
    case open, closed, held, sending, sent, skipped
}

/// `state.json`: how a closed issue, or a correction, stands, since when and why. Only ``transition(_:_:of:at:)`` changes
/// it.
package struct IssueStatus: Hashable, Sendable {
    /// The state with what belongs to it alone.
    package enum Condition: Hashable, Sendable {
        case closed
        case held(Hold)
        case sending
        /// `onTheWordOf` is the person who said so after the state was restored.
        case sent(onTheWordOf: String? = nil)
        case skipped(Skip)
    }

    package internal(set) var condition: Condition
    package internal(set) var since: Date
    /// When it was sent to the last of its audience.
    package internal(set) var sentAt: Date?
    /// SHA-256 of the editions, in hex, fixed at the first handing.
    package internal(set) var editionsHash: String?
    /// How its deliveries stood when refusals stopped it last (`delivery.stopAfterRefusals`): those are not counted again.
    package internal(set) var stoppedAt: DeliveryCounts?
    /// Whether a person has released it, where `schedule.release` is `approval`, or after it was held.
    package internal(set) var released: Bool
    /// How many of the decisions about this issue have been acted on.
    package internal(set) var decided: Int
    /// How its deliveries stand, as of `since` and of each pause in sending; nil before the first handing.
    package internal(set) var counts: DeliveryCounts?

    package init(
        _ condition: Condition, since: Date, sentAt: Date? = nil, editionsHash: String? = nil,
        stoppedAt: DeliveryCounts? = nil, released: Bool = false, decided: Int = 0, counts: DeliveryCounts? = nil
    ) {
        (self.condition, self.since, self.sentAt, self.editionsHash) = (condition, since, sentAt, editionsHash)
        (self.stoppedAt, self.released, self.decided, self.counts) = (stoppedAt, released, decided, counts)
    }

    package var state: IssueState {
        switch condition {
        case .closed: .closed
        case .held: .held
        case .sending: .sending
        case .sent: .sent
        case .skipped: .skipped
        }
    }

    /// Why it is held; nil where it is not.
    package var hold: Hold? { if case .held(let hold) = condition { hold } else { nil } }

    /// Why, for people, when held or skipped, or sent on somebody's word.
    package var reason: String? {
        switch condition {
        case .held(let hold): hold.inWords
        case .skipped(let skip): skip.inWords
        case .sent(let person): person.map(Skip.sentBeforeRestore)
        case .closed, .sending: nil
        }
    }

    /// Whether its first message was handed to the relay, or may have been: from then on its bytes are fixed.
    package var hasBegun: Bool { editionsHash != nil }
}
