package import Bulletin
package import Foundation
package import Logging
import Mail
package import Planning
package import Records
import Tokens

/// Takes a message from the mailbox: recognises it, and acts on it. A message is known by its key and by its content, so
/// that the same one changes nothing twice. The change is made durable before the message is noted, and may be made again
/// after a crash.
package struct TakeReturns: Sendable {
    /// How a message was dealt with.
    package enum Taken: Hashable, Sendable {
        /// Recognised and acted upon, or noted; durable.
        case dealtWith(ReturnClass)
        /// A person's mail, or nothing that is ours to touch.
        case leave
        /// Too large or too broken to be judged, and why.
        case setAside(String)
    }

    /// The most octets of a message that is looked at.
    package static let largest = ReturnReading.mostOctets

    private let context: PublishingContext
    private let subscriberList: any SubscriberList
    private let log: Logger
    private let tokenKeys: TokenKeys
    private let book: ReturnStore

    /// Throws where the secret cannot be read.
    package init(_ context: PublishingContext, subscriberList: any SubscriberList, log: Logger) throws {
        (self.context, self.subscriberList, self.log) = (context, subscriberList, log)
        tokenKeys = try context.folder.tokenKeys()
        book = context.folder.returnStore()
    }

    /// `key` names the message in its mailbox for ever. The same message twice changes nothing, under whatever key.
    package func callAsFunction(_ message: [UInt8], key: String, at now: Date) throws -> Taken {
        guard message.count <= Self.largest else {
            return .setAside("it has \(message.count >> 20) MB, more than \(Self.largest >> 20)")
        }
        let reading = ReturnReading(message, returnAddress: context.masthead.returnAddress)
        if let overflow = reading.overflow { return .setAside(overflow) }
        guard reading.class != .unknown else { return .leave }
        let opened = OpenedTrace(reading.trace, tokenKeys)
        let mark = Self.mark(of: reading, opened, message)
        if let known = try book.find(key: key, mark: mark) { return .dealtWith(known.class) }
        var entry = ReturnStore.Entry(at: now, key: key, mark: mark, class: reading.class, became: "")
        guard let became = try follow(reading, opened, &entry, at: now) else { return .leave }
        entry.became = became
        try book.note(entry)
        log.info(
            "taken from the mailbox: \(reading.class.rawValue)",
            metadata: ["became": "\(became)", "subscriber": "\(entry.id.map { "\($0)" } ?? "-")"])
        return .dealtWith(reading.class)
    }

    /// Acts on it; the outcome in a word, or nil where it is not ours to touch.
    private func follow(
        _ reading: ReturnReading, _ opened: OpenedTrace, _ entry: inout ReturnStore.Entry, at now: Date
    ) throws -> String? {
        switch reading.class {
        case .hard, .soft, .delayed, .complaint:
            // Without a sealed address of ours anybody could have written it.
            guard let id = opened.subject(of: reading) else { return nil }
            entry.id = id
            entry.mailing = opened.returned?.mailing
            entry.status = reading.status
            return try note(reading, of: id, opened.returned?.mailing, at: now)
        case .autoreply:
            guard opened.returned != nil || !reading.trace.messageIDs.isEmpty else { return nil }
            entry.id = opened.returned?.id
            entry.mailing = opened.returned?.mailing
            return "noted"
        case .unsubscribe, .subscribe, .help:
            return try TakeRequests(context, subscriberList: subscriberList, tokenKeys: tokenKeys, book: book)(
                reading, opened, &entry, at: now)
        case .unknown: return nil
        }
    }

    // MARK: Returns

    private func note(_ reading: ReturnReading, of id: SubscriberID, _ mailing: Mailing?, at now: Date) throws
        -> String
    {
        let note = ReturnNote(
            at: now, mailing: mailing, class: reading.class, cause: reading.cause, status: reading.status,
            words: ServerWords.clean(reading.words))
        let sentAt = try mailing.flatMap(sentAt)
        let sent = reading.class == .hard || reading.class == .soft ? try context.sentIssues() : []
        return try subscriberList.transaction { records in
            var became = "nothing"
            // A complaint follows a change of address; a failure belongs to the old one.
            let trail = try records.trail(of: id)
            for record in reading.class == .complaint ? trail[...] : trail.prefix(1) {
                guard let new = record.taking(note, sentAt: sentAt, sent: sent) else { continue }
                became = new.status == record.status ? "noted" : new.status.rawValue
                try records.put(new)
            }
            return became
        }
    }

    /// When the audience of that was taken: people who came back later were not sent it. Nil where there is no ledger.
    private func sentAt(_ mailing: Mailing) throws -> Date? { try context.folder.ledger(mailing).audienceTime() }

    /// A mark that differs for messages with different contents, regardless of the headers that servers added.
    private static func mark(of reading: ReturnReading, _ opened: OpenedTrace, _ message: [UInt8]) -> String {
        var parts = [reading.class.rawValue, reading.messageID ?? "", reading.sender?.canonical ?? ""]
        parts.append(opened.returned.map { "\($0.mailing).\($0.id)" } ?? "")
        parts += [reading.status?.description ?? "", reading.recipient ?? ""]
        var bytes = parts.map { Array($0.utf8) }
        // A message without a Message-ID is known by its whole text, with either kind of line end.
        if reading.messageID == nil { bytes.append(message.filter { $0 != 13 }) }
        return String(ContentHash.hexadecimal(of: bytes).prefix(32))
    }
}

/// The marks of a message that were sealed with our keys.
struct OpenedTrace {
    /// The mailing and the subscriber of a return path with a valid seal.
    let returned: (mailing: Mailing, id: SubscriberID)?
    /// The subscriber of an address or a token to leave, with a valid seal.
    let leaving: SubscriberID?

    init(_ trace: ReturnTrace, _ tokenKeys: TokenKeys) {
        returned = trace.returnPaths.lazy.compactMap { tokenKeys.openReturnPath($0) }.first
        leaving =
            trace.wishAddresses.lazy.compactMap { tokenKeys.openUnsubscribeAddress($0) }.first
            ?? trace.leaveTokens.lazy.compactMap { tokenKeys.open($0, as: .leave) }.first
    }

    /// The subscriber that a report or a complaint is about, if it proves it. Providers cut the address out of complaints; the links of
    /// the message enclosed say it.
    func subject(of reading: ReturnReading) -> SubscriberID? { returned?.id ?? leaving }
}
