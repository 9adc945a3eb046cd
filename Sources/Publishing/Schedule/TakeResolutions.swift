import Bulletin
import Foundation
import Planning
import Records

/// Lets an issue, or a correction, that was held for unknown deliveries go on once a person has resolved them. Safe to repeat
/// at any time.
struct TakeResolutions {
    private let context: PublishingContext

    init(_ context: PublishingContext) { self.context = context }

    /// Those that go on.
    func callAsFunction(_ snapshot: Snapshot, at now: Date) throws -> [Mailing] {
        let issues = snapshot.numbers.map { (Mailing($0), snapshot.status($0)) }
        let corrections = snapshot.numbers.flatMap { snapshot.corrections[$0] ?? [] }.map { ($0.mailing, $0.status) }
        return try (issues + corrections).compactMap { mailing, status in
            guard let status, status.hold?.isForUnknowns == true, status.hasBegun,
                try context.folder.deliveryCounts(mailing).unknown == 0
            else { return nil }
            let change = try context.folder.issues.apply(.resolved, to: mailing, at: now)
            return change.effects.isEmpty ? nil : mailing
        }
    }
}
