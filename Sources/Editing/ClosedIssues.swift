package import Bulletin
package import Foundation
package import Planning

/// The closed issues that are not being sent yet, remembered before a change, so that whoever changes something can say
/// what becomes of them. One place for every command: what it says is what the daemon does.
package struct ClosedIssues: Sendable {
    /// A closed issue that is printed again because of the change.
    package struct Mended: Hashable, Sendable {
        package let number: IssueNumber
        package let sends: Date
        /// Whether a person had released it, and has to do so again.
        package let approvalWithdrawn: Bool
    }

    private let context: PublishingContext
    private let before: [IssueForecast.Row]

    package init(_ context: PublishingContext) throws {
        self.context = context
        before = try IssueForecast(context).mendable()
    }

    /// Those that read otherwise now than they did before, in order.
    package func mended() throws -> [Mended] {
        guard !before.isEmpty else { return [] }
        let now = try IssueForecast(context).mendable()
        return before.compactMap { old in
            guard let new = now.first(where: { $0.number == old.number }) else { return nil }
            let same = new.items == old.items && new.introduction == old.introduction && new.sends == old.sends
            guard !same else { return nil }
            let withdrawn = context.needsApproval && old.isReleased && !new.isReleased
            return Mended(number: new.number, sends: new.sends, approvalWithdrawn: withdrawn)
        }
    }
}
