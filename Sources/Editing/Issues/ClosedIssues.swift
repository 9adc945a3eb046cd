package import Bulletin
package import Foundation
package import Planning

/// A closed issue that is printed again because something in it was changed.
package struct Reprint: Hashable, Sendable {
    package let number: IssueNumber
    package let sends: Date
    /// Whether a person had released it, and has to do so again.
    package let approvalWithdrawn: Bool
}

/// The closed issues that are not being sent yet, remembered before a change. Every operation compares them with what they
/// are afterwards, so that it can report what the daemon will print again.
package struct ClosedIssues: Sendable {
    private let context: PublishingContext
    private let before: [IssueForecast.Row]

    package init(_ context: PublishingContext) throws {
        self.context = context
        before = try IssueForecast(context).mendable()
    }

    /// Those that read differently now, in order.
    package func reprints() throws -> [Reprint] {
        guard !before.isEmpty else { return [] }
        let now = try IssueForecast(context).mendable()
        return before.compactMap { old in
            guard let new = now.first(where: { $0.number == old.number }) else { return nil }
            let same = new.items == old.items && new.introduction == old.introduction && new.sends == old.sends
            guard !same else { return nil }
            let withdrawn = context.needsApproval && old.isReleased && !new.isReleased
            return Reprint(number: new.number, sends: new.sends, approvalWithdrawn: withdrawn)
        }
    }
}
