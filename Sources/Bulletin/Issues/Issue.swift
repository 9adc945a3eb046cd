package import Basics
package import Foundation

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
