/// Why a message came back, as far as it matters for what follows (RFC 3463 sections 3.2 to 3.8).
package enum ReturnCause: String, Sendable, Codable, CaseIterable {
    /// Nobody has that address, or the mailbox is closed: X.1.1, X.1.2, X.1.3, X.1.6, X.1.10, X.2.1, X.4.4.
    case badAddress = "bad-address"
    /// Refused for good, and the server does not say why: 5.0.0 and the like.
    case refused
    /// X.2.2.
    case full
    /// X.2.3, X.3.4.
    case tooLarge = "too-large"
    /// What we send, or who we are, is not wanted there: X.7.*.
    case policy
    /// X.4.*, and whatever may pass.
    case passing
    /// Our own fault: X.5.*, X.6.*, and an address of ours that is wrong, X.1.7 and X.1.8.
    case ours

    /// What the code of a server says of the cause; ``refused`` where it says nothing more exact.
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

    /// Whether it lies with the address, and not with us, the way or the hour.
    package var isOfAddress: Bool { self == .badAddress || self == .refused }

    /// In words, going on from "their mailbox" or standing alone.
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
