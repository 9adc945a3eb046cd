import Basics
package import Bulletin
package import Foundation
import Records
import Rendering
import Settings

/// The checks before an issue is printed, for whole issues and for single items.
package struct CheckItems: Sendable {
    private let context: PublishingContext
    private let check: ItemCheck

    package init(_ context: PublishingContext) {
        self.context = context
        check = ItemCheck(
            language: context.configuration.bulletin.language, readingAge: context.configuration.check.readingAge)
    }

    /// The findings in `items`, in their order. Duplicates are looked for among them, `queue`, and the meetings that
    /// networks announce on their days.
    package func findings(in items: [Item], among queue: [Item] = [], at now: Date) throws -> [CheckFinding] {
        let networks = try context.folder.networks.list().networks
        return items.flatMap { item in
            let others = items + queue + announced(by: networks, beside: item)
            return check.findings(in: item, among: others, at: now)
        }
    }

    /// Those that hold an issue for a person (`check.blocking`).
    package func blocking(_ findings: [CheckFinding]) -> [CheckFinding] {
        findings.filter { context.configuration.check.blocking.contains($0.rule) }
    }

    /// Why an issue of `items` is held, in a sentence; nil where nothing holds it.
    package func reason(against items: [Item], at now: Date) throws -> String? {
        guard !context.configuration.check.blocking.isEmpty else { return nil }
        let blocking = blocking(try findings(in: items, at: now))
        guard let first = blocking.first else { return nil }
        let rest = blocking.count == 1 ? "" : " (and \(blocking.count - 1) more: see fortnight check)"
        return "the check \(first.rule.rawValue) found in \(first.item), \(first.field): \(first.message)\(rest)"
    }

    /// Meetings that begin when `item` does, of networks that do not give way to it.
    private func announced(by networks: [Network], beside item: Item) -> [Item] {
        guard let starts = item.starts, !item.isAnnounced else { return [] }
        return networks.filter { $0.slug != item.network }.flatMap { network in
            network.meetings(on: starts.date...starts.date).filter { !$0.isCancelled }
                .map { Announcing.item(of: network, $0, domain: context.configuration.bulletin.from.address.domain) }
        }
    }
}
