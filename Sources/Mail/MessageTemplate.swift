package import Bulletin
package import Foundation
package import Tokens

/// A mailing prepared for sending: the parts that are the same for all readers are encoded once, with placeholders for
/// a reader's own. A message is then a copy with the placeholders filled.
///
/// Readers get multipart/alternative, text first (RFC 2046 section 5.1.4), or only the text if they asked for it.
/// Everything is 7-bit with CRLF line ends, and no line begins with a dot, so no dot-stuffing is needed.
package struct MessageTemplate: Sendable {
    private let masthead: Masthead
    private let mailing: Mailing
    private let tokenKeys: TokenKeys
    private let proof: Bool
    private let both: Form
    private let textOnly: Form

    /// One of the two forms of a message.
    private struct Form: Sendable {
        let whole: TemplateBytes
        /// Nil without a signer.
        let signed: SignedForm?

        init(_ whole: TemplateBytes, _ signer: DKIMSigner?) {
            self.whole = whole
            signed = signer.map { SignedForm(whole, $0) }
        }
    }

    /// Encodes the editions. `date` is the value of Date, the same in each copy and each repeat. A proof has `[Proof]`
    /// before its subject and cannot unsubscribe anyone: it has no List-Unsubscribe, its unsubscribe link leads to the
    /// front page, and its bounces go to the plain return address. With a `signer` each message is signed.
    ///
    /// Throws ``ComposingFault`` if a value of the masthead or the subject may not be used in a header, or if a part of
    /// the edition has no unsubscribe link.
    package init(
        editions: Editions, masthead: Masthead, mailing: Mailing, date: Date, tokenKeys: TokenKeys, proof: Bool = false,
        signer: DKIMSigner? = nil
    ) throws(ComposingFault) {
        (self.masthead, self.mailing, self.tokenKeys, self.proof) = (masthead, mailing, tokenKeys, proof)
        let token = tokenKeys.token(.leave, for: SubscriberID(high: 0, low: 0)).utf8.count
        let address = masthead.publicURL + (proof ? "/" : "/leave/")
        let width = proof ? nil : token
        let text = try PrintedPart.templateBytes(
            of: editions.mailText, named: "text", link: .init(address: address, tokenWidth: width))
        let html = try PrintedPart.templateBytes(
            of: editions.mailHTML, named: "HTML",
            link: .init(address: address.replacing("&", with: "&amp;"), tokenWidth: width))

        let head = BulletinHeader(masthead: masthead, mailing: mailing, date: date, proof: proof)
        let top = try head.templateBytes(subject: editions.subject, tokenWidth: token)
        textOnly = Form(try MessageContent.single(top, text: text), signer)
        both = Form(try MessageContent.alternative(top, text: text, html: html, name: mailing.description), signer)
    }

    /// Whether each message is signed, which takes most of its time.
    package var isSigned: Bool { both.signed != nil }

    /// The message for that subscriber; nil for one without an address. `time` is when it is signed. Throws if it
    /// cannot be signed.
    package func outgoing(for subscriber: Subscriber, at time: Date) throws(SigningKeyFault) -> OutgoingMessage? {
        guard let recipient = subscriber.address else { return nil }
        let id = subscriber.id
        let form = subscriber.format == .text ? textOnly : both
        var leave: [UInt8] = []
        tokenKeys.append(.leave, for: id, to: &leave)
        func text(_ slot: Placeholder) -> [UInt8] {
            switch slot {
            case .recipient:
                var bytes: [UInt8] = []
                NamedAddress(name: subscriber.name, address: recipient).write(to: &bytes, column: "To: ".utf8.count)
                return bytes
            case .id: return Array(id.description.utf8)
            case .leave: return leave
            case .leavingAddress:
                let address = tokenKeys.unsubscribeAddress(for: id, at: masthead.returnAddress)
                return Array("\(MailtoURI.escaped(address.local))@\(address.domain)".utf8)
            }
        }
        let data = try form.signed?.message(text, at: time) ?? form.whole.filled(text)
        let sender =
            proof ? masthead.returnAddress : tokenKeys.returnPath(for: id, mailing: mailing, at: masthead.returnAddress)
        return OutgoingMessage(id: id, sender: sender, recipient: recipient, data: data, size: data.count)
    }
}
