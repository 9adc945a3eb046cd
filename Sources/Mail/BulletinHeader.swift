import Basics
import Bulletin
import Foundation

/// The header of a bulletin, with placeholders for the reader's own parts (RFC 5322, RFC 2369, RFC 2919, RFC 8058, RFC
/// 3834).
struct BulletinHeader {
    let masthead: Masthead
    let mailing: Mailing
    let date: Date
    let proof: Bool

    /// Every field but those of the content.
    func templateBytes(subject: String, tokenWidth: Int) throws(ComposingFault) -> TemplateBytes {
        for (field, address) in [
            ("From", masthead.from), ("Reply-To", masthead.replyTo ?? masthead.from),
            ("the return address", masthead.returnAddress),
        ] where address.needsSMTPUTF8 {
            throw .addressOfOursNotASCII(field: field)
        }
        guard masthead.publicURL.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"<>\"".utf8.contains($0) }) else {
            throw .notASCII(field: "web.publicURL")
        }
        var templateBytes = TemplateBytes()
        var top = MailHeader()
        try top.write("From", address: NamedAddress(name: masthead.fromName, address: masthead.from))
        templateBytes.write(top.bytes)
        templateBytes.write("To: ".utf8)
        templateBytes.leave(.recipient)
        templateBytes.write("\r\n".utf8)
        var middle = MailHeader()
        if let replyTo = masthead.replyTo { try middle.write("Reply-To", address: NamedAddress(address: replyTo)) }
        try middle.write("Subject", text: proof ? "[Proof] \(subject)" : subject)
        try middle.write("Date", form: date.messageDate)
        templateBytes.write(middle.bytes)
        writeMessageID(to: &templateBytes)
        if mailing.correction != nil, !proof { writeReferences(to: &templateBytes) }
        var rest = MailHeader()
        try rest.write("MIME-Version", form: "1.0")
        try rest.write("Auto-Submitted", form: "auto-generated")
        try rest.write("Content-Language", form: masthead.language)
        if !proof { try writeListFields(to: &rest) }
        templateBytes.write(rest.bytes)
        if !proof { writeListUnsubscribe(to: &templateBytes, tokenWidth: tokenWidth) }
        return templateBytes
    }

    /// `<0024.ID@example.org>`: the same for every try of one copy. A proof, of which there may be many, adds the time.
    private func writeMessageID(to templateBytes: inout TemplateBytes) {
        let before = "Message-ID:"
        let opening = proof ? "<proof.\(Int(date.timeIntervalSince1970)).\(mailing)." : "<\(mailing)."
        let closing = "@\(masthead.from.domain)>"
        let width = opening.utf8.count + SubscriberID.length + closing.utf8.count
        templateBytes.write(before.utf8)
        templateBytes.write((before.utf8.count + 1 + width > HeaderText.longestLine ? "\r\n " : " ").utf8)
        templateBytes.write(opening.utf8)
        templateBytes.leave(.id)
        templateBytes.write("\(closing)\r\n".utf8)
    }

    /// A correction is a reply to the reader's own copy of the issue, so that mail programs show them together (RFC
    /// 5322 section 3.6.4).
    private func writeReferences(to templateBytes: inout TemplateBytes) {
        for field in ["In-Reply-To", "References"] {
            templateBytes.write("\(field):\r\n <\(Mailing(mailing.issue)).".utf8)
            templateBytes.leave(.id)
            templateBytes.write("@\(masthead.from.domain)>\r\n".utf8)
        }
    }

    private func writeListFields(to header: inout MailHeader) throws(ComposingFault) {
        try header.write("List-Id", phrase: masthead.name, identifier: listID)
        let people = MailtoURI(address: masthead.replyTo ?? masthead.from)
        let help = masthead.mailboxIsRead ? MailtoURI(address: masthead.returnAddress.subaddress("help")) : people
        try header.write("List-Help", form: "<\(help.with(subject: "help"))>")
        try header.write("List-Archive", form: "<\(masthead.publicURL)/issues/>")
        try header.write("List-Post", form: "NO")
        try header.write("List-Owner", form: "<\(people)>")
        // RFC 8058 section 3.1 requires an https URI; without one (the trial on loopback) the button must not appear.
        if masthead.publicURL.hasPrefix("https://") {
            try header.write("List-Unsubscribe-Post", form: "List-Unsubscribe=One-Click")
        }
    }

    /// `bulletin.example.org` for bulletin@example.org (RFC 2919 section 2): it stays the same while From does.
    private var listID: String {
        let label = masthead.from.local.lowercased().utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: UInt8(ascii: "-")
            }
        }
        return "\(String(decoding: label, as: UTF8.self)).\(masthead.from.domain)"
    }

    /// The web address first, then the mail address, folded only between the two (RFC 2369 section 2).
    private func writeListUnsubscribe(to templateBytes: inout TemplateBytes, tokenWidth: Int) {
        let name = "List-Unsubscribe:"
        let web = "<\(masthead.publicURL)/leave/"
        let oneLine = name.utf8.count + 1 + web.utf8.count + tokenWidth + ">,".utf8.count
        templateBytes.write(name.utf8)
        templateBytes.write((oneLine > HeaderText.longestLine ? "\r\n " : " ").utf8)
        templateBytes.write(web.utf8)
        templateBytes.leave(.leave)
        templateBytes.write(">,\r\n <".utf8)
        if masthead.mailboxIsRead {
            templateBytes.write("mailto:".utf8)
            templateBytes.leave(.leavingAddress)
        } else {
            let people = MailtoURI(address: masthead.replyTo ?? masthead.from)
            templateBytes.write(people.with(subject: "unsubscribe%20").utf8)
            templateBytes.leave(.leave)
        }
        templateBytes.write(">\r\n".utf8)
    }
}

/// A mailto URI of one address (RFC 6068 section 2).
struct MailtoURI: CustomStringConvertible {
    let address: EmailAddress

    var description: String { "mailto:\(Self.escaped(address.local))@\(address.domain)" }

    /// The same with an encoded subject.
    func with(subject: String) -> String { "\(description)?subject=\(subject)" }

    /// Percent-encodes the characters that RFC 6068 section 2(1) and RFC 3986 do not allow.
    static func escaped(_ local: String) -> String {
        percentEncoded(local, keeping: "-._~!$'*+")
    }
}
