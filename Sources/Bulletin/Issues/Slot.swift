package import Foundation

/// When one issue is closed and sent, worked out from the schedule (DESIGN section 5, slots and numbers).
package struct Slot: Hashable, Sendable {
    package let number: IssueNumber
    /// The copy deadline: what is queued before it may be in the issue.
    package let closes: Date
    package let sends: Date
    /// An exception says that nothing is sent at this slot; it keeps its number.
    package let skipped: Bool

    package init(number: IssueNumber, closes: Date, sends: Date, skipped: Bool = false) {
        (self.number, self.closes, self.sends, self.skipped) = (number, closes, sends, skipped)
    }
}
