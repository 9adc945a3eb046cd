package import Bulletin
package import Foundation
package import Records

/// A subscriber leaves, by a page, by one click in their mail program, by mail, or by telling someone who keeps the list.
/// It holds for the record to which theirs has moved. A person who has left, has complained or is forgotten stays so:
/// there is nothing left to do.
package struct Leave: SubscriberOperation {
    /// How it was asked for.
    package enum Way: Hashable, Sendable {
        /// The button of a page.
        case page
        /// RFC 8058.
        case oneClick
        /// `written` is the time of the mail, where it says one: an old mail that is found again does not count against a
        /// person who has come back since. `answering`: a goodbye is owed, which may be undone.
        case mail(written: Date?, answering: Bool)
        /// Someone who keeps the list noted it; how the person said so, in a word.
        case keeper(reason: String)
    }

    package struct Outcome: Hashable, Sendable {
        /// The record it came to, where there is one.
        package let last: SubscriberID?
        /// Whether it changed.
        package let hasLeft: Bool
    }

    private let id: SubscriberID
    private let way: Way
    private let now: Date

    /// Mail may take a day; its clock, or ours, may be wrong by as much.
    private static let tolerance: TimeInterval = 86_400

    package init(_ id: SubscriberID, by way: Way, at now: Date) { (self.id, self.way, self.now) = (id, way, now) }

    package func run(in records: inout SubscriberTransaction) throws -> Outcome {
        guard let record = try records.trail(of: id).last else { return Outcome(last: nil, hasLeft: false) }
        guard let new = leaving(record) else { return Outcome(last: record.id, hasLeft: false) }
        try records.put(new)
        return Outcome(last: record.id, hasLeft: true)
    }

    private func leaving(_ record: Subscriber) -> Subscriber? {
        switch way {
        case .page: return record.leaving(reason: "page", at: now)
        case .oneClick: return record.leaving(reason: "one-click", at: now)
        case .keeper(let reason): return record.leaving(reason: reason, at: now)
        case .mail(let written, let answering):
            if let written, let since = record.activeSince, written < since - Self.tolerance { return nil }
            return record.leavingByMail(at: now, answering: answering)
        }
    }
}

extension Subscriber {
    /// The person leaves; nil where they have left already, or are somewhere else.
    package func leaving(reason: String, at now: Date) -> Subscriber? {
        switch status {
        case .unsubscribed, .complained, .forgotten, .moved: return nil
        case .active, .paused, .unconfirmed, .bounced: break
        }
        var subscriber = self
        subscriber.become(.unsubscribed, at: now, reason: reason)
        subscriber.owes = nil
        return subscriber
    }

    /// As ``leaving(reason:at:)``, by mail. `answering`: a goodbye is owed, which may be undone; not sooner than an hour
    /// after the last letter.
    package func leavingByMail(at now: Date, answering: Bool) -> Subscriber? {
        guard var subscriber = leaving(reason: "mail", at: now) else { return nil }
        guard answering, status != .bounced, address != nil else { return subscriber }
        let last = asked.last ?? .distantPast
        subscriber.asked = asked.suffix(AskingLimit.most) + [max(now, last + AskingLimit.interval)]
        subscriber.owes = OwedRequest(.goodbye, version: tokenVersion)
        return subscriber
    }
}
