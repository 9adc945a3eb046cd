import Bulletin
import Foundation
import Mail
import Planning
import Records
import Settings
import Subscriptions
import Tokens

/// Acts on requests that come by mail: to leave, to join, to confirm, to be told how. A sealed address or token proves who
/// asks. A From can be forged, so a request that has nothing else is answered at that address, with a way to undo it.
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

    /// The outcome in a word; nil where a person wrote to a person.
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
        let way = Leave.Way.mail(written: reading.received, answering: !reading.isAutomatic)
        let outcome = try subscriberList.perform(Leave(id, by: way, at: now))
        entry.id = outcome.last ?? id
        return outcome.hasLeft ? SubscriberStatus.unsubscribed.rawValue : "nothing"
    }

    /// The person who leaves: by a sealed address or token, by the address it comes from, or by the message that it answers.
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
        guard let opened, let asked = try subscriberList.subscriber(opened.id)?.asked.last,
            now.timeIntervalSince(asked) < AskingLimit.linkLife
        else { return "nothing" }
        entry.id = opened.id
        let consent = Consent(
            how: .mail, when: now,
            wording:
                "Somebody asked us to send \(context.masthead.name) to this address. If it was you, answer: yes.",
            by: "an answer to the letter that asks to confirm")
        let outcome = try subscriberList.perform(
            Confirm(opened.id, version: opened.version, consent: consent, at: now))
        guard case .confirmed = outcome else { return "nothing" }
        return SubscriberStatus.active.rawValue
    }

    // MARK: To join, and to be helped

    private func join(_ reading: ReturnReading, _ address: EmailAddress, _ id: SubscriberID, at now: Date) throws
        -> String
    {
        let join = Join(id, address: address, name: reading.senderName, at: now)
        return try subscriberList.perform(join) ? "answered" : "nothing"
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
