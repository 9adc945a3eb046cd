package import Bulletin
package import Foundation

/// A message to one person other than a bulletin: a note to the editors, an answer to a request. It has no list fields,
/// and is marked as automatic (RFC 3834 section 5).
package struct Letter: Sendable {
    package var recipient: NamedAddress
    package var subject: String
    package var text: String
    package var html: String?
    /// The address for replies, if not the masthead's.
    package var replyTo: EmailAddress?

    package init(to recipient: NamedAddress, subject: String, text: String, html: String? = nil) {
        (self.recipient, self.subject, self.text, self.html) = (recipient, subject, text, html)
    }

    /// The letter ready for the wire. `name` identifies it (letters, digits, `.`, `-`): the same name gives the same
    /// Message-ID. Bounces go to the return address itself, which is never answered automatically. Throws
    /// ``ComposingFault`` if the name, the subject or the masthead may not be used in a header, and ``SigningKeyFault``
    /// if `signer` cannot sign.
    package func outgoing(
        from masthead: Masthead, id: SubscriberID, named name: String, date: Date, signer: DKIMSigner?
    ) throws -> OutgoingMessage {
        var header = MailHeader()
        try header.write("From", address: NamedAddress(name: masthead.fromName, address: masthead.from))
        try header.write("To", address: recipient)
        if let answers = replyTo ?? masthead.replyTo {
            try header.write("Reply-To", address: NamedAddress(address: answers))
        }
        try header.write("Subject", text: subject)
        try header.write("Date", form: date.messageDate)
        try header.write("Message-ID", form: "<letter.\(name)@\(masthead.from.domain)>")
        try header.write("MIME-Version", form: "1.0")
        try header.write("Auto-Submitted", form: "auto-generated")
        try header.write("Content-Language", form: masthead.language)
        var top = TemplateBytes()
        top.write(header.bytes)
        let plain = try PrintedPart.templateBytes(of: text, named: "text", link: nil)
        let templateBytes: TemplateBytes
        if let html {
            let page = try PrintedPart.templateBytes(of: html, named: "HTML", link: nil)
            templateBytes = try MessageContent.alternative(top, text: plain, html: page, name: "letter")
        } else {
            templateBytes = try MessageContent.single(top, text: plain)
        }
        let data = try signer?.signed(templateBytes.bytes, at: date) ?? templateBytes.bytes
        return OutgoingMessage(
            id: id, sender: masthead.returnAddress, recipient: recipient.address, data: data, size: data.count)
    }
}
