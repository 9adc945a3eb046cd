package import Bulletin
package import Foundation
import Records
import Settings

/// Queue and networks → what an issue is chosen from: the one place that puts the two together.
package struct GatherCandidates: Sendable {
    private let context: PublishingContext
    private let timetable: Timetable
    private let decisions: [Decision]
    private let networks: [Network]

    package init(_ context: PublishingContext, _ snapshot: Snapshot) throws {
        self.context = context
        decisions = snapshot.decisions
        timetable = try context.timetable(snapshot)
        networks = try context.folder.networks.list().networks
    }

    /// The candidates of issue `number`, sent at `sends`, from what of `queue` is admitted.
    package func callAsFunction(for number: IssueNumber, sends: Date, queue: [Item]) -> Announcing.Candidates {
        Announcing.candidates(
            queue: queue, networks: networks, sends: sends, later: later(than: number, sends),
            domain: context.configuration.bulletin.from.address.domain.description)
    }

    /// When the issues after it are sent, as many as the most patient network looks ahead.
    private func later(than number: IssueNumber, _ sends: Date) -> [Date] {
        let wanted = networks.map(\.announce).max() ?? 0
        var later: [Date] = []
        var next = number.value + 1
        while later.count < wanted, let slot = timetable.slot(IssueNumber(next), decisions: decisions) {
            next += 1
            guard !slot.skipped, slot.sends > sends else { continue }
            if case .skip = ActOnDecisions.request(of: decisions.filter({ $0.issue == slot.number })) { continue }
            later.append(slot.sends)
        }
        return later
    }
}
