/// Why a message came back, as far as it matters for the consequences (RFC 3463 sections 3.2 to 3.8).
package enum ReturnCause: String, Sendable, Codable, CaseIterable {
    /// The address does not exist, or the mailbox is closed: X.1.1, X.1.2, X.1.3, X.1.6, X.1.10, X.2.1, X.4.4.
    case badAddress = "bad-address"
    /// A permanent refusal without a reason: 5.0.0 and the like.
    case refused
    /// X.2.2.
    case full
    /// X.2.3, X.3.4.
    case tooLarge = "too-large"
    /// Our content or our identity is not accepted there: X.7.*.
    case policy
    /// X.4.*, and other temporary faults.
    case passing
    /// Our own fault: X.5.*, X.6.*, and one of our addresses being wrong, X.1.7 and X.1.8.
    case ours

    /// The cause given by a server's code; ``refused`` if the code is no more exact.
    package init(_ code: EnhancedCode) {
        switch (code.subject, code.detail) {
        case (1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1), (4, 4): self = .badAddress
        case (1, 7), (1, 8), (5, _), (6, _): self = .ours
        case (2, 2): self = .full
        case (2, 3), (3, 4): self = .tooLarge
        case (7, _): self = .policy
        case (4, _): self = .passing
        default: self = code.klass == 5 ? .refused : .passing
        }
    }

    /// Whether the cause is the address, and not us, the route or the time.
    package var isOfAddress: Bool { self == .badAddress || self == .refused }

    /// In words, after "their mailbox" or alone.
    package var inWords: String {
        switch self {
        case .badAddress: "no such mailbox"
        case .refused: "refused by their server"
        case .full: "mailbox full"
        case .tooLarge: "message too large for them"
        case .policy: "refused by their server's policy"
        case .passing: "not reachable"
        case .ours: "refused for a fault of ours"
        }
    }
}
