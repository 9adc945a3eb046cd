package import Basics
package import Bulletin
package import Foundation
package import Planning
import Records
import Settings

/// A network after it was added, changed or removed, and what follows for readers.
package struct NetworkChange: Sendable {
    /// As it is now; as it was, where it was removed.
    package let network: Network
    /// False where it was so already.
    package let isChanged: Bool
    /// Warnings for the editor: the network is kept all the same.
    package let warnings: [Problem]
    /// The moved and cancelled meetings to come that are lost, since the network no longer meets on those days.
    package let lost: [Network.Exception]
    /// The announcements that readers have, and that no longer hold.
    package let contradicted: [StaleAnnouncement]
    /// The closed issues that are printed again.
    package let reprints: [Reprint]
}

/// A meeting that readers were told of, and that does not take place then any more.
package struct StaleAnnouncement: Sendable {
    package let issue: IssueNumber
    /// The item of that issue.
    package let item: ItemID
    /// The first of its meetings that no longer holds.
    package let first: LocalDateTime
    /// How many more of them do not.
    package let more: Int
}

/// Adds, changes and removes networks, and works out what that means for readers.
package struct KeepNetwork: Sendable {
    private let context: PublishingContext
    private let now: Date

    package init(_ context: PublishingContext, at now: Date) { (self.context, self.now) = (context, now) }

    /// Durable on return. Throws ``Problems`` with everything that is wrong, or ``NetworkFault`` where there is one of that
    /// name; nothing is written then.
    package func add(_ network: Network) throws -> NetworkChange {
        guard try context.folder.networks.network(network.slug) == nil else {
            throw NetworkFault(
                "there is a network \(network.slug) already: change it with fortnight networks edit \(network.slug)")
        }
        let warnings = try checked(network)
        let closed = try ClosedIssues(context)
        try context.folder.networks.put(network)
        return NetworkChange(
            network: network, isChanged: true, warnings: warnings, lost: [], contradicted: [],
            reprints: try closed.reprints())
    }

    /// Replaces the network by the changed one; single meetings that were moved or cancelled stay so where the network still
    /// meets on their day. Durable on return. Throws as ``add(_:)``.
    package func edit(_ slug: String, _ change: (inout Network) throws -> Void) throws -> NetworkChange {
        let closed = try ClosedIssues(context)
        var (old, lost, warnings): (Network?, [Network.Exception], [Problem]) = (nil, [], [])
        let changed = try context.folder.networks.change(slug) { network in
            let before = network
            try change(&network)
            if (network.rule, network.starts, network.zone) != (before.rule, before.starts, before.zone) {
                lost = network.keepChangedDates(at: now)
            }
            network.noteChange(since: before, at: now)
            warnings = try checked(network)
            old = before
        }
        guard let changed, let old else { throw NetworkFault.missing(slug) }
        return NetworkChange(
            network: changed, isChanged: changed != old, warnings: warnings, lost: lost,
            contradicted: try stale(old, now: changed), reprints: try closed.reprints())
    }

    /// Durable on return. Throws ``NetworkFault`` where there is none of that name.
    package func remove(_ slug: String) throws -> NetworkChange {
        let closed = try ClosedIssues(context)
        guard let removed = try context.folder.networks.remove(slug) else { throw NetworkFault.missing(slug) }
        return NetworkChange(
            network: removed, isChanged: true, warnings: [],
            lost: removed.exceptions.filter { removed.isAhead($0, of: now) },
            contradicted: try stale(removed, now: nil),
            reprints: try closed.reprints())
    }

    /// The warnings about `network`; throws ``Problems`` where it has an error.
    private func checked(_ network: Network) throws -> [Problem] {
        let problems = network.problems()
        guard problems.allSatisfy({ $0.severity == .warning }) else { throw Problems(problems) }
        return problems
    }

    /// The announcements of coming meetings that held with `old`, and do not with `new`.
    private func stale(_ old: Network, now new: Network?) throws -> [StaleAnnouncement] {
        try IssueForecast(context).rows(at: now).filter { [.sent, .sending].contains($0.state) }.flatMap { row in
            row.items.filter { $0.isAnnounced && $0.network == old.slug }.compactMap { item in
                let gone = item.times.filter { told in
                    told.instant(in: item.zone) > now && old.meets(then: told) && !(new?.meets(then: told) ?? false)
                }
                guard let first = gone.first else { return nil }
                return StaleAnnouncement(issue: row.number, item: item.id, first: first, more: gone.count - 1)
            }
        }
    }
}

extension NetworkFault {
    package static func missing(_ slug: String) -> NetworkFault {
        NetworkFault("there is no network \(slug): fortnight networks list shows them all")
    }
}
