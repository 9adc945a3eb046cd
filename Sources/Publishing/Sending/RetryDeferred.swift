import Basics
import Bulletin
package import Foundation
import Planning
package import Records

/// Retries deferred deliveries when they are due, and gives them up when their time is over.
package struct RetryDeferred: Sendable {
    private let backoff: Backoff

    package init(_ backoff: Backoff) { self.backoff = backoff }

    /// When that delivery is to be tried again. Where no server said no yet, at once; and at once where it was deferred
    /// later than now: the clock was put back, and a year's wait is nothing that anybody asked for.
    package func time(of delivery: DeferredDelivery, at now: Date) -> Date {
        guard delivery.tries > 0, delivery.last <= now else { return min(delivery.last, now) }
        return backoff.next(after: delivery.last, attempts: delivery.tries, id: delivery.id)
    }

    package func isDue(_ delivery: DeferredDelivery, at now: Date) -> Bool { time(of: delivery, at: now) <= now }

    /// The first time at which one of them is due; nil where there are none.
    package func next(of deliveries: [DeferredDelivery], at now: Date) -> Date? {
        deliveries.map { time(of: $0, at: now) }.min()
    }

    /// Settles those whose time is over as refused (RFC 3463: 4.4.7, delivery time expired). How many there were.
    package func giveUp(in ledger: DeliveryLedger, at now: Date) throws -> Int {
        let over = ledger.deferred().filter { now.timeIntervalSince($0.first) >= backoff.giveUpAfter }
        let reply = Reply(
            code: 0, enhanced: EnhancedCode(4, 4, 7), text: "given up after \(backoff.giveUpAfter.inWords)")
        try ledger.record(settled: over.map { ($0.id, .refused(reply)) }, handed: [], at: now)
        return over.count
    }
}
