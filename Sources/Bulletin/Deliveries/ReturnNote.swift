package import Foundation

/// One thing that came back from somebody's address, as their record keeps it.
package struct ReturnNote: Hashable, Sendable {
    package let at: Date
    /// What was sent: an issue, or a correction of one; nil where what came back does not say it under a seal.
    package let mailing: Mailing?
    package let `class`: ReturnClass
    package let cause: ReturnCause?
    package let status: EnhancedCode?
    /// What their server said, as ``ServerWords/clean(_:)`` leaves it.
    package let words: String

    package init(
        at: Date, mailing: Mailing?, class: ReturnClass, cause: ReturnCause? = nil, status: EnhancedCode? = nil,
        words: String = ""
    ) {
        (self.at, self.mailing, self.class) = (at, mailing, `class`)
        (self.cause, self.status, self.words) = (cause, status, words)
    }

    /// `no such mailbox, 5.1.1`: why a status is what it is, and the middle of a sentence.
    package var inWords: String {
        let code = status.map { ", \($0)" } ?? ""
        return switch `class` {
        case .complaint: "complained about it to their provider"
        case .delayed: "delayed\(code)"
        default: (cause?.inWords ?? "came back") + code
        }
    }

    /// `issue 24: no such mailbox, 5.1.1`.
    package var story: String {
        "\(mailing?.inWords ?? "a message"): \(inWords)"
    }
}
