import Bulletin
import Testing

@testable import Mail

@Suite struct LetterTests {
    private func letter(subject: String = "Issue 24 is held", html: String? = nil) throws -> Letter {
        let recipient = NamedAddress(name: "The editors", address: try EmailAddress("editor@example.org"))
        return Letter(to: recipient, subject: subject, text: "Issue 24 is held.\n", html: html)
    }

    private let id = SubscriberID(high: 1, low: 2)

    @Test func aLetterIsNoBulletin() throws {
        let outgoing = try letter().outgoing(
            from: Samples.masthead(), id: id, named: "held.0024", date: Samples.date, signer: nil)
        let received = ReceivedMessage(outgoing.data)
        #expect(wireProblems(outgoing.data).isEmpty)
        #expect(received["Message-ID"] == "<letter.held.0024@example.org>")
        #expect(received["Auto-Submitted"] == "auto-generated")
        #expect(received.fields.allSatisfy { !$0.name.hasPrefix("List-") })
        #expect(received.decodedText == "Issue 24 is held.\r\n")
        #expect(outgoing.sender == (try EmailAddress("bounces@example.org")))
    }

    @Test func aLetterWithHTMLHasTheTextFirst() throws {
        let outgoing = try letter(html: "<p>Issue 24 is held.</p>\n").outgoing(
            from: Samples.masthead(), id: id, named: "held.0024", date: Samples.date, signer: nil)
        #expect(wireProblems(outgoing.data).isEmpty)
        #expect(
            ReceivedMessage(outgoing.data).parts.map { $0.decodedText }
                == ["Issue 24 is held.\r\n", "<p>Issue 24 is held.</p>\r\n"])
    }

    @Test func aSubjectThatWouldAddAFieldIsRefused() throws {
        #expect(throws: ComposingFault.controlCharacter(field: "Subject")) {
            try letter(subject: "Held\r\nBcc: eve@example.com").outgoing(
                from: Samples.masthead(), id: id, named: "held.0024", date: Samples.date, signer: nil)
        }
    }
}
