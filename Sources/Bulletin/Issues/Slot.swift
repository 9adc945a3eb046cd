package import Foundation

/// When one issue is closed and sent, worked out from the schedule.
package struct Slot: Hashable, Sendable {
    package let number: IssueNumber
    /// The copy deadline: items queued before it may be in the issue.
    package let closes: Date
    package let sends: Date
    /// An exception cancels this slot; it keeps its number.
    package let skipped: Bool

    package init(number: IssueNumber, closes: Date, sends: Date, skipped: Bool = false) {
        (self.number, self.closes, self.sends, self.skipped) = (number, closes, sends, skipped)
    }
}
