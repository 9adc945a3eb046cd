package import Bulletin
package import Foundation
package import Intake
package import Records
package import Tokens

/// Adds rows of subscribers to the list. People who left stay gone, whatever a file says. A record that is there already
/// stays as it is, so that the same file again changes nothing.
package struct ImportSubscribers {
    /// The number of rows by outcome.
    package struct Tally: Hashable, Sendable {
        package var added = 0
        /// On the list already.
        package var known = 0
        /// Left, bounced, complained or forgotten before: not brought back.
        package var suppressed = 0
        /// Added with, or changed to, the status of somebody who left.
        package var noted = 0
        /// Of these, those who got the bulletin until now.
        package var taken = 0
        package var rejected = 0
        /// Added without a wording or a date of consent.
        package var withoutEvidence = 0

        package var rows: Int { added + known + suppressed + noted + rejected }
    }

    private let subscriberList: any SubscriberList
    private let tokenKeys: TokenKeys
    private let now: Date
    private let how: Consent.Way
    private let isDryRun: Bool
    /// The records as a dry run would have made them so far.
    private var imagined: [SubscriberID: Subscriber] = [:]
    private var waiting: [(id: SubscriberID, entry: SubscriberEntry)] = []
    private var postal: [String: SubscriberID]?
    package private(set) var tally = Tally()

    /// Rows are taken in by so many under one lock and one sync.
    private static let batch = 5000

    /// `how` stands for the way of consent where a row does not say. A dry run counts, and writes nothing.
    package init(
        into subscriberList: any SubscriberList, tokenKeys: TokenKeys, how: Consent.Way, at now: Date,
        isDryRun: Bool = false
    ) {
        (self.subscriberList, self.tokenKeys, self.how, self.now, self.isDryRun) = (
            subscriberList, tokenKeys, how, now, isDryRun
        )
    }

    /// Takes one row; durable after ``finish()``.
    package mutating func take(_ entry: SubscriberEntry) throws {
        waiting.append((try id(of: entry), entry))
        if waiting.count >= Self.batch { try flush() }
    }

    package mutating func reject() { tally.rejected += 1 }

    package mutating func finish() throws { try flush() }

    private mutating func flush() throws {
        guard !waiting.isEmpty else { return }
        // Rows of one person are taken in their order: a batch has each id once.
        var rest = waiting
        waiting = []
        while !rest.isEmpty {
            var seen: Set<SubscriberID> = []
            var later: [(id: SubscriberID, entry: SubscriberEntry)] = []
            var entries: [SubscriberID: SubscriberEntry] = [:]
            var order: [SubscriberID] = []
            for (id, entry) in rest {
                if seen.insert(id).inserted {
                    entries[id] = entry
                    order.append(id)
                } else {
                    later.append((id, entry))
                }
            }
            var counted = tally
            if isDryRun {
                for id in order {
                    guard let entry = entries[id] else { continue }
                    let old = try imagined[id] ?? subscriberList.subscriber(id)
                    if let new = merged(entry, id: id, old: old, &counted) { imagined[id] = new }
                }
            } else {
                try subscriberList.changeMany(order) { id, old in
                    guard let entry = entries[id] else { return nil }
                    return merged(entry, id: id, old: old, &counted)
                }
            }
            tally = counted
            rest = later
        }
    }

    /// The record after a row is applied to it; nil where nothing changes.
    private func merged(
        _ entry: SubscriberEntry, id: SubscriberID, old: Subscriber?, _ tally: inout Tally
    ) -> Subscriber? {
        let wanted = entry.status ?? .active
        guard var old else {
            var new = Subscriber(
                id: id, status: wanted, since: now, address: entry.address, phone: entry.phone, post: entry.post,
                name: entry.name, format: entry.format ?? .both, medium: entry.medium, consent: entry.consent(how: how),
                reason: "import")
            new.statusSince = entry.since ?? now
            if wanted == .active { new.activeSince = now }
            new.reason = entry.reason ?? (entry.since == nil ? "import" : nil)
            new.pausedUntil = wanted == .paused ? entry.pausedUntil : nil
            if wanted == .forgotten { new = Subscriber(id: id, status: .forgotten, since: entry.since ?? now) }
            if wanted.isSuppression {
                tally.noted += 1
            } else {
                tally.added += 1
                if entry.wording == nil || entry.when == nil { tally.withoutEvidence += 1 }
            }
            return new
        }
        if wanted.isSuppression, !old.status.isSuppression {
            if old.status == .active || old.status == .paused { tally.taken += 1 }
            old.become(wanted, at: now, reason: entry.reason ?? "import")
            old.owes = nil
            tally.noted += 1
            return old
        }
        if old.status.isSuppression, !wanted.isSuppression { tally.suppressed += 1 } else { tally.known += 1 }
        return nil
    }

    // MARK: Ids

    private mutating func id(of entry: SubscriberEntry) throws -> SubscriberID {
        if let address = entry.address { return tokenKeys.id(for: address) }
        if entry.medium != .post, let phone = entry.phone { return tokenKeys.id(for: phone) }
        if let id = entry.id, entry.post == nil, entry.status?.isSuppression == true { return id }
        guard let post = entry.post else {
            return entry.phone.map { tokenKeys.id(for: $0) } ?? entry.id ?? newPostalID()
        }
        // A letter box has no id of its own: the same one under the same name is the same person.
        let key = Self.postalKey(post, entry.name)
        if postal == nil { postal = try postalIDs() }
        if let known = postal?[key] { return known }
        let id = try entry.id.flatMap { try subscriberList.subscriber($0) == nil ? $0 : nil } ?? newPostalID()
        postal?[key] = id
        return id
    }

    private func newPostalID() -> SubscriberID {
        var generator = SystemRandomNumberGenerator()
        return tokenKeys.id(forPostUsing: &generator)
    }

    private func postalIDs() throws -> [String: SubscriberID] {
        var ids: [String: SubscriberID] = [:]
        try subscriberList.walk(after: nil) { person in
            if person.address == nil, let post = person.post { ids[Self.postalKey(post, person.name)] = person.id }
            return true
        }
        return ids
    }

    private static func postalKey(_ post: String, _ name: String?) -> String {
        "\(post)\n\(name ?? "")".lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
