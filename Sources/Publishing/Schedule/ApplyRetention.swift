import Basics
import Bulletin
package import Foundation
package import Planning
package import Records
import Settings
import Subscriptions

/// Ends pauses, and applies the times of `retention` to the subscriber list: unconfirmed sign-ups and the records of people
/// who left are reduced, and the file is rewritten so that nothing erased remains in it.
package struct ApplyRetention: Sendable {
    private let context: PublishingContext
    private let subscriberList: any SubscriberList

    package init(_ context: PublishingContext, subscriberList: any SubscriberList) {
        (self.context, self.subscriberList) = (context, subscriberList)
    }

    /// Records are changed by so many under one lock.
    private static let batch = 1000
    /// The file is rewritten within a day; a pass a day looks back two.
    private static let lookBack: TimeInterval = 2 * 86_400

    /// Ends the pauses that are over. Returns how many.
    @discardableResult
    package func resume(at now: Date) throws -> Int {
        let today = LocalDateTime(now, in: context.zone).date
        return try change(try subscriberList.ids([.paused])) { $0.resuming(on: today, at: now) }
    }

    /// Takes away what is kept no longer; of how many people.
    @discardableResult
    package func reduce(at now: Date) throws -> Int {
        try context.folder.returnStore().tidy(at: now)
        let kept = context.configuration.privacy.keepUnsubscribed.seconds
        return try change(try subscriberList.ids([.unconfirmed, .unsubscribed, .bounced, .complained])) { record in
            record.isToBeReduced(at: now, keepingUnsubscribed: kept) ? record.reduced(at: now) : nil
        }
    }

    /// Rewrites the file where somebody was forgotten of late, or most of it is out of date; whether it did. Not while an
    /// issue is being sent.
    package func compact(at now: Date, reduced: Int) throws -> Bool {
        guard
            try reduced > 0 || subscriberList.needsCompaction
                || wasForgotten(since: now.addingTimeInterval(-Self.lookBack))
        else {
            return false
        }
        try subscriberList.compact()
        return true
    }

    private func wasForgotten(since start: Date) throws -> Bool {
        try subscriberList.ids([.forgotten]).contains { id in
            try subscriberList.subscriber(id).map { $0.statusSince >= start } ?? false
        }
    }

    private func change(_ ids: [SubscriberID], _ body: (Subscriber) -> Subscriber?) throws -> Int {
        var count = 0
        for start in stride(from: 0, to: ids.count, by: Self.batch) {
            count += try subscriberList.changeMany(Array(ids[start..<min(start + Self.batch, ids.count)])) {
                _, record in
                record.flatMap(body)
            }
        }
        return count
    }
}
