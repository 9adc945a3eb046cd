package import Basics
package import Foundation

/// How an issue stands. `open` is never written: an issue without a file is open.
package enum IssueState: String, Sendable, Codable, CaseIterable {
    case open, closed, held, sending, sent, skipped
}

/// An item that was in the queue and is not in the issue, with the reason in a sentence.
package struct LeftOut: Hashable, Sendable, Codable {
    package let id: ItemID
    package let title: String
    package let reason: String

    package init(id: ItemID, title: String, reason: String) {
        (self.id, self.title, self.reason) = (id, title, reason)
    }
}

/// A closed issue: whom it holds, in order, as they were when it was last printed, and what was left out and why.
package struct Issue: Hashable, Sendable {
    package let number: IssueNumber
    /// The slot that it uses up: when the schedule had it sent at the time of closing.
    package let slot: Date
    /// When it is due to be sent: its slot, unless a person moved it.
    package var sends: Date
    package var closedAt: Date
    package var introduction: String?
    package var items: [Item]
    package var leftOut: [LeftOut]

    package init(
        number: IssueNumber, slot: Date, sends: Date, closedAt: Date, introduction: String? = nil, items: [Item],
        leftOut: [LeftOut]
    ) {
        (self.number, self.slot, self.sends, self.closedAt) = (number, slot, sends, closedAt)
        (self.introduction, self.items, self.leftOut) = (introduction, items, leftOut)
    }
}

/// `state.json`: how a closed issue stands, since when and why.
package struct IssueStatus: Hashable, Sendable {
    package var state: IssueState
    package var since: Date
    /// In words, when held or skipped.
    package var reason: String?
    /// When it was sent to the last of its audience.
    package var sentAt: Date?
    /// SHA-256 of the editions, in hex, fixed at the first handing.
    package var editionsHash: String?
    /// Whether a check holds it (`check.blocking`): it goes on by itself when what the check found is mended.
    package var isHeldByCheck = false
    /// Whether it is held because of deliveries whose outcome is unknown: it goes on by itself when a person has settled
    /// them (`deliveries resolve`).
    package var isHeldForUnknown = false
    /// How its deliveries stood when refusals stopped it last (`delivery.stopAfterRefusals`): those are not counted again.
    package var stoppedAt: DeliveryCounts?
    /// Whether a person has released it, where `schedule.release` is `approval`, or after it was held.
    package var released: Bool
    /// How many of the decisions about this issue have been acted on.
    package var decided: Int
    /// How its deliveries stand, as of `since` and of each pause in sending; nil before the first handing.
    package var counts: DeliveryCounts?

    package init(state: IssueState, since: Date, reason: String? = nil) {
        (self.state, self.since, self.reason) = (state, since, reason)
        (released, decided) = (false, 0)
    }
}

/// What a person decided about an issue, a line of `editorial/decisions.jsonl`: a record, not a lock.
package struct Decision: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case hold(reason: String?)
        case release
        case skip(reason: String?)
        case sendNow
        /// To another time, in the schedule's zone.
        case move(to: LocalDateTime)
        /// Told at once to those who were sent the issue; Markdown, and the item that it is about.
        case correct(item: ItemID?, text: String)
        /// An order, a pin or an introduction was laid down, said in words: it stands in the issue's plan.
        case arrange(String)
    }

    package let issue: IssueNumber
    package let kind: Kind
    package let at: Date
    /// The login name of who decided.
    package let by: String
    /// Of a closed issue that is released: the fingerprint of what the person saw. It holds for nothing else.
    package let approves: String?

    package init(issue: IssueNumber, kind: Kind, at: Date, by: String, approves: String? = nil) {
        (self.issue, self.kind, self.at, self.by, self.approves) = (issue, kind, at, by, approves)
    }
}

/// The forms an issue is printed in. `mailHTML` and `mailText` hold no personal part yet: Mail puts it in.
package struct Editions: Hashable, Sendable {
    package var subject: String
    package var mailHTML: String
    package var mailText: String
    /// The page of the archive, and its text.
    package var webHTML: String
    package var webText: String
    /// For paper, in large print; empty in an issue that was printed before there was this form.
    package var printHTML: String

    package init(
        subject: String, mailHTML: String, mailText: String, webHTML: String, webText: String, printHTML: String = ""
    ) {
        (self.subject, self.mailHTML, self.mailText) = (subject, mailHTML, mailText)
        (self.webHTML, self.webText, self.printHTML) = (webHTML, webText, printHTML)
    }
}
