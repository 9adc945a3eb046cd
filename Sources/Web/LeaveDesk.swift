import Bulletin
import Foundation
import Records

/// Takes the wish to leave to the roll. Its work waits for the disk, so it is done on a queue of its own.
actor LeaveDesk {
    private let roll: any Roll
    private let executor = QueueExecutor(label: "fortnight.web.roll")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(roll: any Roll) { self.roll = roll }

    /// How often a record may lead to another; more is a circle.
    private static let mostMoves = 16

    /// Unsubscribes that person, wherever their record has moved to; durable on return. Who has left, has complained, is
    /// forgotten, or has no record any more, stays as they are: the wish is fulfilled already.
    func leave(_ id: SubscriberID, reason: String, at now: Date) throws {
        var next: SubscriberID? = id
        for _ in 0..<Self.mostMoves {
            guard let id = next else { return }
            next = nil
            _ = try roll.change(id) { record in
                guard var subscriber = record else { return nil }
                switch subscriber.status {
                case .moved: next = subscriber.movedTo
                case .unsubscribed, .complained, .forgotten: break
                case .active, .unconfirmed, .paused, .bounced:
                    subscriber.become(.unsubscribed, at: now, reason: reason)
                    return subscriber
                }
                return nil
            }
        }
    }
}
