import Bulletin
import Editing
import Foundation
import Mail
import Planning
import Records
import Settings
import Tokens

/// Does what people wish by mail: to leave, to join, to be told how. Whoever has a seal of ours is who they say; a From
/// can be forged, so what is done on its word alone is answered at that address, with a way to undo it.
struct TakeRequests {
    private let context: PublishingContext
    private let subscriberList: any SubscriberList
    private let tokenKeys: TokenKeys
    private let book: ReturnStore

    /// Letters that strangers may cause by mail within an hour, as many as by the form.
    private static let mostInAll = 600

    init(_ context: PublishingContext, subscriberList: any SubscriberList, tokenKeys: TokenKeys, book: ReturnStore) {
        (self.context, self.subscriberList, self.tokenKeys, self.book) = (context, subscriberList, tokenKeys, book)
    }

    /// In a word what became of it; nil where it is a person's word to a person.
    func callAsFunction(
        _ reading: ReturnReading, _ opened: OpenedTrace, _ entry: inout ReturnStore.Entry, at now: Date
    ) throws -> String? {
        if reading.class == .unsubscribe { return try leave(reading, opened, &entry, at: now) }
        if reading.confirms { return reading.isAutomatic ? "nothing" : try confirm(reading, &entry, at: now) }
        guard let address = reading.sender, !isOurs(address), !reading.isAutomatic else { return "nothing" }
        let id = tokenKeys.id(for: address)
        entry.id = id
        guard try mayCauseALetter(id, at: now) else { return "nothing" }
        return switch reading.class {
        case .subscribe: try join(reading, address, id, at: now)
        default: try help(address, id, at: now)
        }
    }

    // MARK: To leave

    private func leave(
        _ reading: ReturnReading, _ opened: OpenedTrace, _ entry: inout ReturnStore.Entry, at now: Date
    ) throws -> String? {
        guard let id = try leaver(reading, opened) else { return reading.isWrittenToPeople ? nil : "nothing" }
        var target: SubscriberID? = id
        var became = "nothing"
        for _ in 0..<16 {
            guard let current = target else { break }
            target = nil
            entry.id = current
            try subscriberList.change(current) { record in
                guard let record else { return nil }
                if record.status == .moved { target = record.movedTo }
                // An old mail that is found again is no new wish of who has come back since.
                if let written = reading.received, let since = record.activeSince, written < since - 86_400 {
                    return nil
                }
                guard let new = record.leavingByMail(at: now, answering: !reading.isAutomatic) else { return nil }
                became = new.status.rawValue
                return new
            }
        }
        return became
    }

    /// Who it is: by a seal, by the address it comes from, or as the one who was sent the message that it answers.
    private func leaver(_ reading: ReturnReading, _ opened: OpenedTrace) throws -> SubscriberID? {
        if let id = opened.leaving { return id }
        guard !reading.isAutomatic else { return nil }
        if let address = reading.sender, !isOurs(address),
            try subscriberList.subscriber(tokenKeys.id(for: address)) != nil
        {
            return tokenKeys.id(for: address)
        }
        return try reading.trace.messageIDs.first { try subscriberList.subscriber($0) != nil }
    }

    // MARK: To confirm

    /// An answer to the letter that asks to confirm, at its own address: within the time that the letter's link works.
    private func confirm(_ reading: ReturnReading, _ entry: inout ReturnStore.Entry, at now: Date) throws -> String {
        let opened = try reading.trace.wishAddresses.lazy.compactMap { local in
            try tokenKeys.openConfirmAddress(local) { try subscriberList.subscriber($0)?.tokenVersion }
        }.first
        guard let opened, let record = try subscriberList.subscriber(opened.id), let asked = record.asked.last,
            now.timeIntervalSince(asked) < AskingLimit.linkLife
        else { return "nothing" }
        entry.id = opened.id
        let consent = Consent(
            how: .mail, when: now,
            wording:
                "Somebody asked us to send \(context.masthead.name) to this address. If it was you, answer: yes.",
            by: "an answer to the letter that asks to confirm")
        let old = record.movedFrom
        var records: [SubscriberID: Subscriber] = [:]
        var became = "nothing"
        // Both records of who moves house are seen before either is changed.
        let ids = [opened.id] + (old.map { [$0] } ?? [])
        var seen = 0
        var changed: [SubscriberID: Subscriber] = [:]
        try subscriberList.changeMany(ids + ids) { id, current in
            seen += 1
            if seen <= ids.count {
                records[id] = current
                return nil
            }
            if seen == ids.count + 1, let record = records[opened.id],
                case .confirmed(let new) = record.confirming(version: opened.version, consent: consent, at: now)
            {
                became = new.status.rawValue
                changed[new.id] = new
                if let old = old.flatMap({ records[$0] }), let pair = Subscriber.moved(from: old, to: new, at: now) {
                    (changed[pair.old.id], changed[pair.new.id]) = (pair.old, pair.new)
                }
            }
            return changed[id]
        }
        return became
    }

    // MARK: To join, and to be helped

    private func join(_ reading: ReturnReading, _ address: EmailAddress, _ id: SubscriberID, at now: Date) throws
        -> String
    {
        var became = "nothing"
        let name = reading.senderName.flatMap(Self.fit)
        try subscriberList.change(id) { record in
            guard let new = Subscriber.asksToJoin(record, id: id, address: address, name: name, at: now) else {
                return nil
            }
            became = "answered"
            return new
        }
        return became
    }

    private func help(_ address: EmailAddress, _ id: SubscriberID, at now: Date) throws -> String {
        try context.folder.outbox.put(Outbox.HelpLetter(id: id, address: address, asked: now))
        return "answered"
    }

    /// At most one letter an hour to an address, three in 30 days; and no more in all than the form lets through.
    private func mayCauseALetter(_ id: SubscriberID, at now: Date) throws -> Bool {
        let entries = try book.entries(since: now.addingTimeInterval(-AskingLimit.period)).filter {
            $0.became == "answered" && $0.at <= now
        }
        let hour = now.addingTimeInterval(-AskingLimit.interval)
        guard entries.count(where: { $0.at > hour }) < Self.mostInAll else { return false }
        let own = entries.filter { $0.id == id }
        let asked = try subscriberList.subscriber(id)?.asked.last ?? .distantPast
        return own.count < AskingLimit.most && (own.last?.at ?? .distantPast) <= hour && asked <= hour
    }

    /// A name as the roll may have it; nil for what is none.
    private static func fit(_ name: String) -> String? {
        Subscriber.isFit(name: name) ? name : nil
    }

    /// Whether mail from there would be our own come back.
    private func isOurs(_ address: EmailAddress) -> Bool {
        let masthead = context.masthead
        if [masthead.from, masthead.replyTo, masthead.returnAddress].contains(where: {
            $0?.canonical == address.canonical
        }) {
            return true
        }
        return address.domain == masthead.returnAddress.domain
            && address.local.lowercased().hasPrefix(masthead.returnAddress.local.lowercased() + "+")
    }
}
