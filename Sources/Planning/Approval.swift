package import Bulletin
import Foundation
import Tokens

/// What a person's release of a closed issue is worth: it was given to what they could see, and to nothing else.
package enum Approval {
    /// Whether the last release among `decisions` holds for `issue`, which is what was `closed` with every change since. A
    /// release that does not say what it was given to holds until something changes.
    package static func covers(_ issue: Issue, closed: Issue, decisions: [Decision]) -> Bool {
        let last = decisions.last { decision in
            decision.issue == issue.number && [.release, .sendNow].contains(decision.kind)
        }
        guard let approved = last?.approves else { return issue.readsLike(closed) }
        return approved == issue.fingerprint
    }
}

extension Issue {
    /// What readers see of it, as 64 hexadecimal digits: number, day, introduction, and the items in their order.
    package var fingerprint: String {
        var seen = self
        // Neither is printed.
        (seen.closedAt, seen.leftOut) = (slot, [])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let bytes = try? encoder.encode(seen) else { preconditionFailure("an issue can be written") }
        return ContentHash.hexadecimal(of: Array(bytes))
    }

    /// Whether a reader would see no difference between the two.
    package func readsLike(_ other: Issue) -> Bool {
        number == other.number && sends == other.sends && introduction == other.introduction && items == other.items
    }
}
