package import Bulletin
import Foundation
import Tokens

/// A person's release of a closed issue approves the issue that they could see, and no later one.
package enum Approval {
    /// Whether the last release among `decisions` holds for `issue`, which is `closed` with every change since. A release
    /// without a fingerprint holds until something changes.
    package static func covers(_ issue: Issue, closed: Issue, decisions: [Decision]) -> Bool {
        let last = decisions.last { decision in
            decision.issue == issue.number && [.release, .sendNow].contains(decision.kind)
        }
        guard let approved = last?.approves else { return issue.readsLike(closed) }
        return approved == issue.fingerprint
    }
}

extension Issue {
    /// A hash of all that readers see, as 64 hexadecimal digits: number, day, introduction, and the items in their order.
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
