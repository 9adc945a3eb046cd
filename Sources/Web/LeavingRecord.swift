import Bulletin
import Foundation

extension GroupCommit {
    /// How often a record may lead to another; more is a circle.
    private static let mostMoves = 16

    /// Unsubscribes that person, wherever their record has moved to; durable on return. Who has left, has complained, is
    /// forgotten, or has no record any more, stays as they are: the wish is fulfilled already.
    func leave(_ id: SubscriberID, reason: String, at now: Date) async throws {
        var next: SubscriberID? = id
        for _ in 0..<Self.mostMoves {
            guard let id = next else { return }
            next = try await change([id]) { records in
                guard var subscriber = records[id] else { return ([], nil) }
                switch subscriber.status {
                case .moved: return ([], subscriber.movedTo)
                case .unsubscribed, .complained, .forgotten: return ([], nil)
                case .active, .unconfirmed, .paused, .bounced:
                    subscriber.become(.unsubscribed, at: now, reason: reason)
                    subscriber.owes = nil
                    return ([subscriber], nil)
                }
            }
        }
    }
}
