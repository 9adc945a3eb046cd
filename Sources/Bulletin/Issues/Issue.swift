package import Basics
package import Foundation

/// The state of an issue. `open` is never written: an issue without a file is open.
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

/// A closed issue: its items in order, as they were when last rendered, and the items left out with the reasons.
package struct Issue: Hashable, Sendable {
    package let number: IssueNumber
    /// The slot it belongs to: the scheduled sending time when it was closed.
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

/// `state.json`: the state of a closed issue, since when and why.
package struct IssueStatus: Hashable, Sendable {
    package var state: IssueState
    package var since: Date
    /// In words, when held or skipped.
    package var reason: String?
    /// When its last message was sent.
    package var sentAt: Date?
    /// SHA-256 of the editions, in hex, fixed when the first message is handed over.
    package var editionsHash: String?
    /// Whether a check holds it (`check.blocking`): it continues by itself once the finding is corrected.
    package var isHeldByCheck = false
    /// Whether it is held because of deliveries whose outcome is unknown: it continues by itself once a person has
    /// resolved them (`deliveries resolve`).
    package var isHeldForUnknown = false
    /// The state of its deliveries when refusals last stopped it (`delivery.stopAfterRefusals`): those are not counted
    /// again.
    package var stoppedAt: DeliveryCounts?
    /// Whether a person has released it, either because `schedule.release` is `approval` or after it was held.
    package var released: Bool
    /// The number of decisions on this issue that have been carried out.
    package var decided: Int
    /// The state of its deliveries, as of `since` and of each pause in sending; nil before the first handover.
    package var counts: DeliveryCounts?

    package init(state: IssueState, since: Date, reason: String? = nil) {
        (self.state, self.since, self.reason) = (state, since, reason)
        (released, decided) = (false, 0)
    }
}

/// A person's decision on an issue, a line of `editorial/decisions.jsonl`: a record, not a lock.
package struct Decision: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case hold(reason: String?)
        case release
        case skip(reason: String?)
        case sendNow
        /// To another time, in the schedule's zone.
        case move(to: LocalDateTime)
        /// Mailed at once to the people who were sent the issue; Markdown, and the item it is about.
        case correct(item: ItemID?, text: String)
        /// An order, a pin or an introduction was set, described in words: it is in the issue's plan.
        case arrange(String)
    }

    package let issue: IssueNumber
    package let kind: Kind
    package let at: Date
    /// The person's login name.
    package let by: String
    /// For the release of a closed issue: the fingerprint of the version that the person saw. It is valid for no other
    /// version.
    package let approves: String?

    package init(issue: IssueNumber, kind: Kind, at: Date, by: String, approves: String? = nil) {
        (self.issue, self.kind, self.at, self.by, self.approves) = (issue, kind, at, by, approves)
    }
}

/// The rendered forms of an issue. `mailHTML` and `mailText` contain no personal parts yet: Mail adds them.
package struct Editions: Hashable, Sendable {
    package var subject: String
    package var mailHTML: String
    package var mailText: String
    /// The page in the archive, and its text form.
    package var webHTML: String
    package var webText: String
    /// For paper, in large print; empty in an issue rendered before this form existed.
    package var printHTML: String

    package init(
        subject: String, mailHTML: String, mailText: String, webHTML: String, webText: String, printHTML: String = ""
    ) {
        (self.subject, self.mailHTML, self.mailText) = (subject, mailHTML, mailText)
        (self.webHTML, self.webText, self.printHTML) = (webHTML, webText, printHTML)
    }
}
