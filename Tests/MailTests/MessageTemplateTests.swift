import Bulletin
import Foundation
import Testing
import Tokens

@testable import Mail

@Suite struct MessageTemplateTests {
    private func template(_ editions: Editions = Samples.editions(), _ masthead: Masthead? = nil) throws
        -> MessageTemplate
    {
        try MessageTemplate(
            editions: editions, masthead: try masthead ?? Samples.masthead(), mailing: Samples.mailing,
            date: Samples.date, tokenKeys: Samples.tokenKeys)
    }

    @Test func everyMessageHasEachFieldOnce() throws {
        let message = try #require(try template().outgoing(for: Samples.subscriber()))
        let received = ReceivedMessage(message.data)
        for name in [
            "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "List-Id", "List-Unsubscribe",
            "List-Unsubscribe-Post", "List-Help", "List-Archive", "List-Post", "List-Owner", "Auto-Submitted",
            "Content-Type",
        ] {
            #expect(received.all(name).count == 1, "\(name)")
        }
        for name in ["Bcc", "Cc", "Return-Path", "Received", "Precedence", "Sender", "X-Priority"] {
            #expect(received.all(name).isEmpty, "\(name)")
        }
        #expect(received["Date"] == "Wed, 02 Dec 2026 10:00:00 +0000")
        #expect(received["Auto-Submitted"] == "auto-generated")
        #expect(received["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click")
        #expect(received["List-Post"] == "NO")
        #expect(received["List-Id"] == "\"Health and Social Care eBulletin\" <bulletin.example.org>")
        #expect(received["List-Archive"] == "<https://bulletin.example.org/issues/>")
        #expect(received["List-Owner"] == "<mailto:editor@example.org>")
    }

    @Test func theBytesObeyTheWire() throws {
        for format in Subscriber.Format.allCases {
            let message = try #require(try template().outgoing(for: Samples.subscriber(format: format)))
            #expect(wireProblems(message.data).isEmpty)
            #expect(message.size == message.data.count)
        }
    }

    @Test func bothPartsReadAsTheEditionWithTheReadersOwnLink() throws {
        let subscriber = try Samples.subscriber()
        let editions = Samples.editions()
        let message = try #require(try template(editions).outgoing(for: subscriber))
        let parts = ReceivedMessage(message.data).parts
        try #require(parts.count == 2)
        #expect(parts.map { $0["Content-Type"] } == ["text/plain; charset=utf-8", "text/html; charset=utf-8"])
        #expect(parts.allSatisfy { $0["Content-Transfer-Encoding"] == "quoted-printable" })
        let link = "https://bulletin.example.org/leave/\(Samples.tokenKeys.token(.leave, for: subscriber.id))"
        func expected(_ text: String) -> String {
            text.replacing(Samples.marker, with: link).replacing("\n", with: "\r\n")
        }
        #expect(parts[0].decodedText == expected(editions.mailText))
        #expect(parts[1].decodedText == expected(editions.mailHTML))
    }

    @Test func whoAskedForTextGetsTextAlone() throws {
        let subscriber = try Samples.subscriber(format: .text)
        let editions = Samples.editions()
        let received = ReceivedMessage(try #require(try template(editions).outgoing(for: subscriber)).data)
        #expect(received["Content-Type"] == "text/plain; charset=utf-8")
        let link = "https://bulletin.example.org/leave/\(Samples.tokenKeys.token(.leave, for: subscriber.id))"
        #expect(
            received.decodedText
                == editions.mailText.replacing(Samples.marker, with: link).replacing("\n", with: "\r\n"))
    }

    @Test func aCopyIsTheSameWheneverItIsMade() throws {
        let subscriber = try Samples.subscriber()
        let first = try #require(try template().outgoing(for: subscriber))
        let second = try #require(try template().outgoing(for: subscriber))
        #expect(first.data == second.data)
        #expect(first.sender == second.sender)
        let received = ReceivedMessage(first.data)
        #expect(received["Message-ID"] == "<0024.\(subscriber.id)@example.org>")
    }

    @Test func eachReaderHasAReturnPathAndALinkOfTheirOwn() throws {
        let template = try template()
        let envelopes = try (1...50).compactMap { number in
            try template.outgoing(for: Samples.subscriber("reader\(number)@example.net", number: number))
        }
        #expect(Set(envelopes.map { $0.sender?.wire }).count == 50)
        #expect(Set(envelopes.map { ReceivedMessage($0.data)["List-Unsubscribe"] }).count == 50)
        for outgoing in envelopes {
            let opened = outgoing.sender.flatMap { Samples.tokenKeys.openReturnPath($0.local) }
            #expect(opened?.id == outgoing.id)
            #expect(opened?.mailing == Samples.mailing)
        }
    }

    @Test func theHeaderNamesAWebAndAMailAddressToLeaveBy() throws {
        let subscriber = try Samples.subscriber()
        let token = Samples.tokenKeys.token(.leave, for: subscriber.id)
        let read = try #require(try template().outgoing(for: subscriber))
        let masthead = try Samples.masthead(mailboxIsRead: false)
        let unread = try #require(try template(Samples.editions(), masthead).outgoing(for: subscriber))
        let web = "<https://bulletin.example.org/leave/\(token)>"
        let address = Samples.tokenKeys.unsubscribeAddress(for: subscriber.id, at: masthead.returnAddress)
        #expect(ReceivedMessage(read.data)["List-Unsubscribe"] == "\(web), <mailto:\(address.wire)>")
        #expect(
            ReceivedMessage(unread.data)["List-Unsubscribe"]
                == "\(web), <mailto:editor@example.org?subject=unsubscribe%20\(token)>")
    }

    @Test func withoutHTTPSThereIsNoOneClick() throws {
        let masthead = try Samples.masthead(publicURL: "http://127.0.0.1:8080")
        let message = try #require(try template(Samples.editions(), masthead).outgoing(for: Samples.subscriber()))
        let received = ReceivedMessage(message.data)
        #expect(received.all("List-Unsubscribe-Post").isEmpty)
        #expect(received["List-Unsubscribe"]?.hasPrefix("<http://127.0.0.1:8080/leave/") == true)
        #expect(wireProblems(message.data).isEmpty)
    }

    @Test func aProofIsMarkedAndUnsubscribesNobody() throws {
        let subscriber = try Samples.subscriber()
        let template = try MessageTemplate(
            editions: Samples.editions(), masthead: Samples.masthead(), mailing: Samples.mailing,
            date: Samples.date, tokenKeys: Samples.tokenKeys, proof: true)
        let message = try #require(try template.outgoing(for: subscriber))
        let received = ReceivedMessage(message.data)
        #expect(received["Subject"] == "[Proof] Six events this fortnight")
        #expect(received.all("List-Unsubscribe").isEmpty)
        #expect(received.all("List-Unsubscribe-Post").isEmpty)
        #expect(message.sender == (try EmailAddress("bounces@example.org")))
        #expect(received.parts.allSatisfy { $0.decodedText?.contains("/leave/") == false })
        #expect(received.parts.allSatisfy { $0.decodedText?.contains("https://bulletin.example.org/") == true })
    }

    @Test func whoHasNoAddressGetsNoMessage() throws {
        #expect(try template().outgoing(for: Samples.subscriber(nil)) == nil)
    }

    @Test func anAddressBeyondASCIIStandsInToAsItIs() throws {
        let message = try #require(
            try template().outgoing(for: Samples.subscriber("jörg@bücher.example", name: "Jörg")))
        #expect(message.recipient.needsSMTPUTF8)
        let mailbox = try #require(ReceivedMessage.mailbox(ReceivedMessage(message.data)["To"]))
        #expect(mailbox.name == "Jörg")
        #expect(mailbox.address == "jörg@xn--bcher-kva.example")
    }

    @Test func anEditionWithoutALinkToLeaveIsRefused() throws {
        #expect(throws: ComposingFault.noWayToLeave(part: "text")) {
            try template(Samples.editions(text: "No way out.\n"))
        }
        #expect(throws: ComposingFault.noWayToLeave(part: "HTML")) {
            try template(Samples.editions(html: "<p>No way out.</p>\n"))
        }
        #expect(throws: ComposingFault.unknownPersonalPart(part: "text")) {
            try template(Samples.editions(text: "\(Samples.marker) \u{1}name\u{2}\n"))
        }
    }

    @Test func aMastheadOrSubjectThatWouldAddAFieldIsRefused() throws {
        #expect(throws: ComposingFault.controlCharacter(field: "Subject")) {
            try template(Samples.editions(subject: "News\r\nBcc: eve@example.com"))
        }
        #expect(throws: ComposingFault.controlCharacter(field: "From")) {
            try template(Samples.editions(), Samples.masthead(name: "eBulletin\nBcc: eve@example.com"))
        }
        #expect(throws: ComposingFault.notASCII(field: "web.publicURL")) {
            try template(Samples.editions(), Samples.masthead(publicURL: "https://example.org/\r\nX: y"))
        }
        #expect(throws: ComposingFault.addressOfOursNotASCII(field: "Reply-To")) {
            try template(Samples.editions(), Samples.masthead(replyTo: "jörg@example.org"))
        }
    }

    @Test func aLongPublicURLBreaksNoLine() throws {
        let url = "https://bulletin.example.org/" + String(repeating: "a-long-path/", count: 12) + "x"
        let message = try #require(
            try template(Samples.editions(), Samples.masthead(publicURL: url)).outgoing(for: Samples.subscriber()))
        #expect(wireProblems(message.data).isEmpty)
        let texts = ReceivedMessage(message.data).parts.compactMap(\.decodedText)
        #expect(texts.count == 2 && texts.allSatisfy { $0.contains("\(url)/leave/") })
    }

    @Test(arguments: 0..<80) func linksFitWhereverTheyStandInALine(column: Int) throws {
        let before = String(repeating: "é", count: column / 2) + String(repeating: "x", count: column)
        let text = "\(before)\(Samples.marker)\n\(before)\(Samples.marker)\(Samples.marker). \n"
        let subscriber = try Samples.subscriber(format: .text)
        let message = try #require(try template(Samples.editions(text: text)).outgoing(for: subscriber))
        #expect(wireProblems(message.data).isEmpty)
        let link = "https://bulletin.example.org/leave/\(Samples.tokenKeys.token(.leave, for: subscriber.id))"
        #expect(
            ReceivedMessage(message.data).decodedText
                == text.replacing(Samples.marker, with: link).replacing("\n", with: "\r\n"))
    }
}
