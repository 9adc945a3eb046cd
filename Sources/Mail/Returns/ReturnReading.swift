package import Bulletin
package import Foundation
import MIME

/// The class of a message in the mailbox, and the reason: a report of a delivery (RFC 3464), a complaint (RFC 5965), an
/// automatic reply (RFC 3834), a request, or a person's mail. Pure: it opens no token and changes nothing.
package struct ReturnReading: Sendable {
    /// The most octets of a message that is looked at: a report that encloses the largest issue has a hundredth of it.
    package static let mostOctets = 32 << 20

    package private(set) var `class` = ReturnClass.unknown
    /// The person it is about, as far as the message says: not reached, away, or with a request.
    package private(set) var recipient: String?
    package private(set) var status: EnhancedCode?
    package private(set) var cause: ReturnCause?
    /// The server's words.
    package private(set) var words = ""
    /// How it was known, in a sentence without its full stop.
    package private(set) var reason = "nothing in it is a report, a complaint, an automatic reply or a wish"
    package let trace: ReturnTrace
    /// The author.
    package let sender: EmailAddress?
    package let senderName: String?
    /// Whether a machine wrote it, so that nobody answers it.
    package private(set) var isAutomatic = false
    /// Whether a request is in a person's reply or subject, and was not sent to an address for requests.
    package private(set) var isWrittenToPeople = false
    /// Whether it is an answer to a letter that asks to confirm.
    package private(set) var confirms = false
    /// The Message-ID, and when the last server took it in.
    package let messageID: String?
    package let received: Date?
    /// The bound that it exceeds, in words: nothing was judged.
    package let overflow: String?

    /// `returnAddress` is ours, where it is known: plus parts of other addresses are then not read as requests.
    package init(_ message: [UInt8], returnAddress: EmailAddress? = nil) {
        self = message.withUnsafeBytes { ReturnReading(IncomingMessage($0), returnAddress: returnAddress) }
    }

    private init(_ message: IncomingMessage, returnAddress: EmailAddress?) {
        let header = message.header
        let from = header["from"].flatMap(WrittenAddress.mailbox)
        (sender, senderName) = (from?.address, from?.name)
        messageID = header["message-id"].map { String($0.prefix(500)) }
        received = Self.received(header)
        overflow = message.overflow
        let subject = IncomingWords.decode(header["subject"] ?? "")
        let delivered = Self.delivered(header, ours: returnAddress)
        guard message.overflow == nil else {
            trace = ReturnTrace(message, report: nil, delivered: delivered, subject: subject)
            reason = message.overflow ?? ""
            return
        }
        let report = FeedbackReport(message)
        trace = ReturnTrace(message, report: report, delivered: delivered, subject: subject)
        if let report {
            take(report)
            return
        }
        if takeDelivery(of: message) { return }
        let text = message.readableText
        let automatic = AutomaticReply.reason(message, from: from?.address.wire)
        isAutomatic = automatic != nil
        let isReceipt = AutomaticReply.isReceipt(message)
        let own = Set(delivered.map { $0.wire.lowercased() } + [returnAddress?.wire.lowercased()].compactMap { $0 })
        if !isReceipt, !Self.isAway(subject),
            let failure = FailureText(message, text: text, from: (from?.name, from?.address.wire), own: own)
        {
            take(failure)
            return
        }
        if let request = MailedRequest(details: Self.details(delivered), subject: subject, text: text) {
            // Somebody may have put our address on a mailing list: its posts ask nothing of us (RFC 3834 section 2).
            let isAsked = request.request == .unsubscribe || request.request == .confirm || !header.has("list-id")
            if isAsked, take(request, automatic: automatic) { return }
        }
        if let automatic {
            (self.class, recipient, reason) = (.autoreply, from?.address.wire, automatic)
        }
    }

    // MARK: Reports

    private mutating func take(_ report: FeedbackReport) {
        isAutomatic = true
        recipient = report.recipient
        if report.isComplaint {
            `class` = .complaint
            reason = "a provider passes on a reader's complaint (\(ServerSafe.word(report.kind)))"
        } else {
            reason = "a provider's report of the kind \(ServerSafe.word(report.kind)) is no complaint"
        }
    }

    private mutating func takeDelivery(of message: IncomingMessage) -> Bool {
        guard let part = message.first("message/delivery-status", "message/global-delivery-status") else {
            return false
        }
        let report = DeliveryReport(message.headers(in: part, most: DeliveryReport.mostRecipients + 1))
        guard let recipient = report.decisive else { return false }
        isAutomatic = true
        self.recipient = recipient.address
        words = recipient.diagnostic
        switch recipient.action {
        case .failed:
            let text = message.readableText
            let failure = Failure(
                reported: recipient.status, diagnostic: recipient.diagnostic, around: String(text.prefix(4000)))
            (self.class, status, cause) = (failure.class, failure.status, failure.cause)
            if words.isEmpty { words = String(text.prefix(600)) }
            reason = "a report of a failed delivery"
        case .delayed:
            (self.class, status, cause) = (.delayed, recipient.status, .passing)
            reason = "a report of a delay; the server still tries"
        case .delivered, .relayed, .expanded:
            status = recipient.status
            reason = "a report of a delivery that did not fail"
        case nil:
            reason = "a delivery report without an outcome"
        }
        return true
    }

    private mutating func take(_ failure: FailureText) {
        isAutomatic = true
        (recipient, words) = (failure.recipient, failure.words)
        if failure.isDelay {
            (self.class, cause, reason) = (.delayed, .passing, "\(failure.reason): a delay")
            status = ServerCodes(failure.words).enhanced
        } else {
            (self.class, status, cause) = (failure.failure.class, failure.failure.status, failure.failure.cause)
            reason = failure.reason
        }
    }

    /// False where a machine wrote it and no token of ours proves the request.
    private mutating func take(_ request: MailedRequest, automatic: String?) -> Bool {
        let isSealed = !trace.wishAddresses.isEmpty || !trace.leaveTokens.isEmpty
        guard automatic == nil || isSealed && request.request == .unsubscribe && request.place != .reply else {
            return false
        }
        isWrittenToPeople = request.place == .reply || request.place == .subject && trace.leaveTokens.isEmpty
        recipient = sender?.wire
        switch (request.request, request.place) {
        case (.unsubscribe, .address): (self.class, reason) = (.unsubscribe, "it was sent to the address to leave by")
        case (.unsubscribe, .subject): (self.class, reason) = (.unsubscribe, "its subject is the wish to leave")
        case (.unsubscribe, .reply): (self.class, reason) = (.unsubscribe, "all it says is the wish to leave")
        case (.subscribe, _): (self.class, reason) = (.subscribe, "it was sent to the address to join by")
        case (.help, _): (self.class, reason) = (.help, "it was sent to the address that gives help")
        case (.confirm, _):
            (self.class, reason, confirms) = (.subscribe, "it answers a letter that asks to confirm", true)
        }
        return true
    }

    // MARK: Fields

    /// The addresses that it was delivered to, as servers noted them and then as it was addressed.
    private static func delivered(_ header: IncomingHeader, ours: EmailAddress?) -> [EmailAddress] {
        let names = ["delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "to", "cc"]
        let found = names.flatMap { name in
            header.all(name).prefix(10).flatMap { WrittenAddress.all(in: $0, most: 10) }
        }.compactMap { try? EmailAddress($0) }
        guard let ours else { return found.prefix(40).map { $0 } }
        return found.prefix(40).filter {
            $0.domain == ours.domain && $0.local.lowercased().hasPrefix(ours.local.lowercased())
        }
    }

    private static func details(_ addresses: [EmailAddress]) -> [String] {
        addresses.compactMap { address in
            address.local.lastIndex(of: "+").map { address.local[address.local.index(after: $0)...].lowercased() }
        }
    }

    /// Whether a subject says that somebody is away, so that a failure that it quotes is none.
    private static func isAway(_ subject: String) -> Bool { AutomaticReply.isSubject(subject) }

    private static func received(_ header: IncomingHeader) -> Date? {
        // The topmost one is of the server that the mailbox is on.
        if let line = header["received"], let semicolon = line.lastIndex(of: ";"),
            let time = MessageTime.read(line[line.index(after: semicolon)...])
        {
            return time
        }
        return header["date"].flatMap { MessageTime.read($0) }
    }
}
