import Basics
package import Bulletin
package import Foundation
package import Planning
import Records
import Settings

/// An issue after its order, pins or introduction were changed.
package struct ArrangedIssue: Sendable {
    package let row: IssueForecast.Row
    /// The closed issues that are printed again.
    package let reprints: [Reprint]
}

/// Sets the order, pins and introduction of an issue that is not being sent yet: it writes the plan that the issue is
/// composed with, and records in the decisions whose change it was.
package struct ArrangeIssue: Sendable {
    private let context: PublishingContext
    private let number: IssueNumber
    private let now: Date
    private let person: String

    package init(_ context: PublishingContext, _ number: IssueNumber, at now: Date, by person: String) {
        (self.context, self.number, self.now, self.person) = (context, number, now, person)
    }

    /// These come first, in this order; an empty list restores the usual order.
    package func order(_ ids: [ItemID]) throws -> ArrangedIssue {
        let row = try fitting(.arrange(""))
        if let twice = ids.enumerated().first(where: { ids[..<$0.offset].contains($0.element) })?.element {
            throw UnfitDecision("\(twice) is named twice: name each item once")
        }
        for id in ids where !row.items.contains(where: { $0.id == id }) {
            throw UnfitDecision("\(id) is not in issue \(number)\(try why(id, row))")
        }
        return try arrange(ids.isEmpty ? "usual order" : "order: \(names(ids))") { $0.order = ids }
    }

    /// The item is in this issue although it was in another, or its days say otherwise.
    package func pin(_ id: ItemID) throws -> ArrangedIssue {
        let row = try fitting(.arrange(""))
        guard let item = try context.folder.queue.item(id) else { throw missing(id) }
        let against = ItemSelection.reasonAgainst(
            item, appearances: [], issue: number, closes: row.closes, sends: row.sends, zone: context.zone, pinned: true
        )
        if let against { throw UnfitDecision("\(id) cannot be in issue \(number): it \(against.words)") }
        return try arrange("pinned: \(id)") { plan in
            guard !plan.pins.contains(id) else { throw UnfitDecision("\(id) is pinned to issue \(number) already") }
            plan.pins.append(id)
        }
    }

    package func unpin(_ id: ItemID) throws -> ArrangedIssue {
        _ = try fitting(.arrange(""))
        return try arrange("no longer pinned: \(id)") { plan in
            guard plan.pins.contains(id) else { throw UnfitDecision("\(id) is not pinned to issue \(number)") }
            plan.pins.removeAll { $0 == id }
        }
    }

    /// Puts Markdown before the items; nil removes it. Throws ``Problems`` where it may not stand there.
    package func introduce(_ text: String?) throws -> ArrangedIssue {
        _ = try fitting(.arrange(""))
        let text = text.map { $0.replacing("\r\n", with: "\n").trimmingCharacters(in: .whitespacesAndNewlines) }
        if let text { try Introduction.check(text) }
        return try arrange(text == nil ? "introduction removed" : "introduction written") { plan in
            if text == nil, plan.introduction == nil { throw UnfitDecision("issue \(number) has no introduction") }
            plan.introduction = text
        }
    }

    private func fitting(_ kind: Decision.Kind) throws -> IssueForecast.Row {
        try DecideIssue(context).fitting(kind, number, at: now)
    }

    private func arrange(_ words: String, _ change: (inout IssuePlan) throws -> Void) throws -> ArrangedIssue {
        let closed = try ClosedIssues(context)
        // The plan first: the issue is composed from it, and the record only tells of it.
        _ = try context.folder.plans.change(number, change)
        try context.folder.decisions.append(Decision(issue: number, kind: .arrange(words), at: now, by: person))
        guard let row = try IssueForecast(context).row(number, at: now) else { throw UnfitDecision.unknown(number) }
        return ArrangedIssue(row: row, reprints: try closed.reprints())
    }

    private func why(_ id: ItemID, _ row: IssueForecast.Row) throws -> String {
        if let left = row.leftOut.first(where: { $0.id == id }) { return ": it \(left.reason)" }
        let isQueued = try context.folder.queue.item(id) != nil
        guard isQueued else { return ", nor in the queue: see fortnight items" }
        return ": fortnight issue show \(number) lists its items"
    }

    private func missing(_ id: ItemID) -> UnfitDecision {
        UnfitDecision("there is no item \(id) in the queue: see fortnight items")
    }

    private func names(_ ids: [ItemID]) -> String { ids.map(\.description).joined(separator: " ") }
}

/// The text before the items of an issue.
package enum Introduction {
    /// About a page: readers came for what follows.
    package static let most = 3000

    /// Throws ``Problems`` with everything that is wrong with `text`, which is Markdown.
    package static func check(_ text: String) throws {
        var found: [Problem] = []
        func add(_ message: String) { found.append(Problem(field: "introduction", message: message)) }
        if text.isEmpty { add("is blank; write something, or remove it with --remove") }
        if let unfit = UnfitCharacter.first(in: text, oneLine: false) {
            add("has \(unfit) in line \(unfit.line); take it out")
        }
        if text.count > most { add("has \(text.count) characters, and \(most) are the most; shorten it") }
        for target in targets(text) where !isAddress(target) {
            add("\(target) is not a link that readers can follow; write it whole, as https://example.org/page")
        }
        if !found.isEmpty { throw Problems(found) }
    }

    /// The targets of its links: `[words](target)`.
    private static func targets(_ text: String) -> [String] {
        text.matches(of: /\]\(\s*<?([^)\s>]*)/).map { String($0.1) }
    }

    private static func isAddress(_ target: String) -> Bool {
        guard let url = URL(string: target), let scheme = url.scheme?.lowercased() else { return false }
        switch scheme {
        case "https", "http": return url.host()?.isEmpty == false
        case "mailto": return target.contains("@")
        case "tel": return target.contains(where: \.isNumber)
        default: return false
        }
    }
}
