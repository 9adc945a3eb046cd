import Bulletin
import Foundation
import Mail
import Tokens

/// The fictional people and the edition of the tests of Mail.
enum Samples {
    static let tokenKeys = TokenKeys(secret: Array(0..<32))
    static let date = Date(timeIntervalSince1970: 1_796_205_600)
    static let mailing = Mailing(IssueNumber(24))

    static func masthead(
        name: String = "Health and Social Care eBulletin", publicURL: String = "https://bulletin.example.org",
        mailboxIsRead: Bool = true, replyTo: String? = "editor@example.org"
    ) throws -> Masthead {
        Masthead(
            name: name, publisher: "Example Partnership", language: "en-GB", fromName: name,
            from: try EmailAddress("bulletin@example.org"), replyTo: try replyTo.map { try EmailAddress($0) },
            postalAddress: "1 Example Street, Manchester M1 1AA", phone: "0161 496 0000", text: nil,
            returnAddress: try EmailAddress("bounces@example.org"), mailboxIsRead: mailboxIsRead, publicURL: publicURL)
    }

    static let marker = PersonalPart.leave.marker

    static func editions(
        subject: String = "Six events this fortnight", text: String? = nil, html: String? = nil
    ) -> Editions {
        Editions(
            subject: subject, mailHTML: html ?? defaultHTML, mailText: text ?? defaultText, webHTML: "<p>web</p>",
            webText: "web")
    }

    private static let defaultText = """
        HEALTH AND SOCIAL CARE EBULLETIN
        Wednesday 2 December 2026 · issue 24

        .hidden line that begins with a dot
        From here on, a line that a mailbox file would spoil
        Café über 50: “come as you are” — £0 = free, trailing blank\u{20}
        \tA tab first, and a line of more than seventy-six bytes, so that it breaks somewhere, 0161 496 0123

        To leave this list: \(marker)

        """

    private static let defaultHTML = """
        <!DOCTYPE html>
        <html lang="en-GB"><body>
        <h1>Health and Social Care eBulletin</h1>
        <p>Six people around a table: \u{1F469}\u{200D}\u{1F469}\u{200D}\u{1F467} שלום</p>
        <p><a href="\(marker)">Leave this list</a>, or copy this address: \(marker)</p>
        </body></html>

        """

    static func subscriber(
        _ address: String? = "jo@example.net", name: String? = "Jo Bloggs", format: Subscriber.Format = .both,
        number: UInt64 = 7
    ) throws -> Subscriber {
        Subscriber(
            id: SubscriberID(high: number, low: number &* 0x9E37_79B9_7F4A_7C15), status: .active, since: date,
            address: try address.map { try EmailAddress($0) }, name: name, format: format)
    }
}

/// The same numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

extension MessageTemplate {
    /// Without a signature, the time does not matter.
    func outgoing(for subscriber: Subscriber) throws -> OutgoingMessage? {
        try outgoing(for: subscriber, at: Samples.date)
    }
}
