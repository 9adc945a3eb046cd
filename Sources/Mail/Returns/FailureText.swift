import Bulletin
import MIME

/// A failure or a delay that is told in words and in no report: qmail's QSBMF, Yahoo, old Exim and Sendmail, Exchange,
/// Notes, and other mail that a server writes to people.
struct FailureText: Sendable {
    let isDelay: Bool
    let recipient: String?
    let failure: Failure
    /// The server's words, as far as they can be told from the text around them.
    let words: String
    /// How it was known.
    let reason: String

    /// Nil where it is no such message.
    init?(_ message: IncomingMessage, text whole: String, from: (name: String?, address: String?), own: Set<String>) {
        let header = message.header
        let subject = FailurePhrases.plain(IncomingWords.decode(header["subject"] ?? ""))
        let text = Self.ownWords(whole)
        let plain = FailurePhrases.plain(String(text.prefix(6000)))
        guard let reason = Self.mark(header, subject, plain, from) else { return nil }
        let listed = header.all("x-failed-recipients").flatMap { WrittenAddress.all(in: $0, most: 10) }
        isDelay = listed.isEmpty && Self.speaksOfDelay(subject, plain)
        recipient =
            listed.first
            ?? Self.recipient(in: text, but: own.union([from.address?.lowercased()].compactMap { $0 }))
        let said = Self.said(of: recipient, in: text)
        // A message that says neither how nor why it failed suppresses nobody: an unknown failure is temporary.
        failure = Failure(reported: nil, diagnostic: said, around: plain, unsaid: .passing)
        words = said
        self.reason = reason
    }

    /// The evidence that a mail server wrote it; nil where there is none.
    private static func mark(
        _ header: IncomingHeader, _ subject: String, _ plain: String, _ from: (name: String?, address: String?)
    ) -> String? {
        if header.has("x-failed-recipients") { return "it has the field X-Failed-Recipients" }
        let opening = openings.first { plain.contains($0) }
        let local = from.address?.split(separator: "@").first.map { $0.lowercased() } ?? ""
        let name = from.name.map { FailurePhrases.plain($0) } ?? ""
        let isServer =
            servers.contains { local.hasPrefix($0) } || serverNames.contains { name.contains($0) }
            || header.hasNullSender && from.address == nil
        let named = subjects.first { subject.contains($0) }
        if let opening, isServer || named != nil { return "it says “\(opening)”" }
        guard isServer else {
            // A server that signs with a person's name, or none: its subject and its codes must both say so.
            guard let named, header.hasNullSender,
                ServerCodes(plain).enhanced != nil || FailurePhrases.cause(in: plain) != nil
            else { return nil }
            return "its subject says “\(named)”"
        }
        if let named { return "a mail server wrote it, and its subject says “\(named)”" }
        let codes = ServerCodes(plain)
        if codes.code != nil, codes.enhanced != nil || FailurePhrases.cause(in: plain) != nil {
            return "a mail server wrote it, with the code of a failure"
        }
        return nil
    }

    // MARK: Recipient and words

    /// The text before the message that is returned with it.
    private static func ownWords(_ text: String) -> String {
        let end = returned.compactMap { text.firstRange(of: $0)?.lowerBound }.min()
        return String(text[..<(end ?? text.endIndex)].prefix(16 << 10))
    }

    private static func recipient(in text: String, but own: Set<String>) -> String? {
        // An address that has a line, or the beginning of one, to itself is the one that failed.
        var other: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: true).prefix(400) {
            let addresses = WrittenAddress.all(in: line, most: 4).filter { !own.contains($0.lowercased()) }
            guard let address = addresses.first else { continue }
            let bare = line.trimmingSpaces()
            if bare.hasPrefix(address) || bare.hasPrefix("<\(address)>") || bare.hasPrefix("\"\(address)") {
                return address
            }
            other = other ?? address
        }
        return other
    }

    /// The lines from the recipient's on, without those that say only that it failed.
    private static func said(of recipient: String?, in text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(400)
        let start = recipient.flatMap { address in lines.firstIndex { $0.contains(address) } }
        guard let start else { return String(text.prefix(2000)) }
        let after = lines[start...].prefix(30).joined(separator: "\n")
        let codes = ServerCodes(after)
        if codes.code != nil || codes.enhanced != nil || FailurePhrases.cause(in: after) != nil { return after }
        return String(text.prefix(4000))
    }

    // MARK: Delays

    private static func speaksOfDelay(_ subject: String, _ plain: String) -> Bool {
        if givenUp.contains(where: { plain.contains($0) }) { return false }
        return delays.contains { subject.contains($0) || plain.contains($0) }
    }

    private static let givenUp = [
        "given up", "giving up", "permanent error", "failed permanently", "permanent fatal errors",
        "couldn't be delivered",
        "could not be delivered", "has been rejected", "delivery failed", "undeliverable:",
        "i'm not going to try again",
    ]

    private static let delays = [
        "delivery delayed", "has been delayed", "is delayed", "delayed mail", "message delayed", "delivery is delayed",
        "delivery status notification (delay)", "warning: could not send", "warning: message", "still being retried",
        "will continue to try", "will keep trying", "will be retried", "not yet been delivered",
        "could not be delivered yet",
        "hasn't been delivered", "this is a warning message only", "you do not need to resend", "need not resend",
        "delivery incomplete", "temporarily delayed", "message still undelivered", "verzögert", "retardé", "retraso",
        "delivery attempts will continue", "has not been delivered yet", "undelivered after",
    ]

    // MARK: Marks

    private static let servers = [
        "mailer-daemon", "mailerdaemon", "postmaster", "mail-daemon", "maildaemon", "mdaemon", "mail.daemon",
        "mailer.daemon", "mailadmin", "microsoftexchange", "bounce", "mail-delivery",
    ]

    private static let serverNames = [
        "mail delivery", "mailer-daemon", "mailer daemon", "postmaster", "mail administrator", "delivery subsystem",
        "microsoft outlook", "mail system", "system administrator", "mail router",
    ]

    private static let openings = [
        "this is the qmail-send program", "this message was created automatically by mail delivery software",
        "this is the mail system at", "this is the postfix program at",
        "unable to deliver your message to the following",
        "i'm afraid i wasn't able to deliver your message", "delivery to the following recipient",
        "the following message to", "the following addresses had permanent fatal errors",
        "the following addresses had transient", "delivery has failed to these recipients",
        "your message did not reach some or all of the intended recipients",
        "your message wasn't delivered to", "your message to", "was not delivered to", "could not be delivered to",
        "couldn't be delivered", "a message that you sent could not be delivered",
        "a message that you sent has not yet been delivered", "message could not be delivered", "undeliverable to",
        "delivery failure report", "failed to deliver to", "the following recipients did not receive",
        "this report relates to a message you sent", "this is an automatically generated delivery status",
        "the original message was received at", "error while delivering", "recipient's mailbox",
        "the users from your message", "the message could not be delivered", "delivery attempts",
    ]

    private static let subjects = [
        "failure notice", "undeliverable", "undelivered", "returned mail", "delivery status notification",
        "delivery failure", "delivery failed", "mail delivery failed", "delivery has failed", "mail delivery failure",
        "mail delivery problem", "non-delivery", "nondeliverable", "non delivery", "not delivered", "mail system error",
        "mail failure", "delivery notification", "delivery report", "delivery problem", "delivery error",
        "could not be delivered", "couldn't be delivered", "unable to deliver", "mail could not be", "message delayed",
        "delivery delayed", "delayed", "warning: could not send", "warning: message", "returned to sender",
        "return to sender", "bounced", "unzustellbar", "zustellung fehlgeschlagen", "échec de la remise", "non remis",
        "message non distribué", "no se puede entregar", "no entregado", "entrega fallida", "impossibile recapitare",
        "mancata consegna", "onbestelbaar", "niet bezorgd", "kunde inte levereras", "kunne ikke leveres", "olevererbar",
        "niedostarczona", "nie dostarczono", "não entregue", "falha na entrega", "email not delivered", "rejected:",
        "message rejected", "user unknown", "mailbox full",
    ]

    /// Where the message begins that is sent back.
    private static let returned = [
        "--- Below this line is a copy of the message", "------ This is a copy of the message",
        "--- Original message follows", "Original message follows", "--- The header of the original message",
        "----- Original message -----", "-----Original Message-----",
        "----- Original Message", "Original message headers:", "Original Message Headers",
        "----- Message header follows", "--- Undelivered message follows", "----- Unsent message follows",
        "--- The message cannot be delivered", "Message headers follow", "Included is a copy of the message header",
        "The body of the original message", "----- Transcript of original", "\nReceived: from ", "\nReturn-Path:",
        "Your original message", "--- Enclosed is a copy of the message", "---- Original message", "\nFrom: ",
    ]
}
