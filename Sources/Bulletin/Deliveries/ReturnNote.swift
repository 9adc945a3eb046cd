package import Foundation

/// One return from a subscriber's address, as kept in their record.
package struct ReturnNote: Hashable, Sendable {
    package let at: Date
    /// The returned issue or correction; nil if no valid return path names it.
    package let mailing: Mailing?
    package let `class`: ReturnClass
    package let cause: ReturnCause?
    package let status: EnhancedCode?
    /// The server's text, cleaned by ``ServerWords/clean(_:)``.
    package let words: String

    package init(
        at: Date, mailing: Mailing?, class: ReturnClass, cause: ReturnCause? = nil, status: EnhancedCode? = nil,
        words: String = ""
    ) {
        (self.at, self.mailing, self.class) = (at, mailing, `class`)
        (self.cause, self.status, self.words) = (cause, status, words)
    }

    /// `no such mailbox, 5.1.1`: the reason for a status, or the middle of a sentence.
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
