import Bulletin
import Testing

@testable import Mail

@Suite struct HostileHeaderTests {
    /// Names as people, and attackers, write them.
    private static let fragments = [
        "Jo", "O'Neill", "Bloggs, Jo", "\"", "\\", "\\\"", "<eve@example.com>", "=?utf-8?q?x?=", "=?", "(comment)", ";",
        ":",
        "é", "Ż", "שלום", "مرحبا", "健康", "\u{1F469}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}",
        "e\u{301}\u{302}\u{303}\u{304}",
        " ", "  ", "{{name}}", "%s", "@", "Very-long-name-without-any-blank-in-it-at-all-that-goes-on-and-on-for-ever",
    ]
    private static let forbidden = [
        "\r\nBcc: eve@example.com", "\n", "\r", "\u{0}", "\u{202E}", "\u{2066}", "\u{85}", "\u{7F}",
    ]

    private static func names(_ count: Int, seed: UInt64) -> [String] {
        var generator = SeededGenerator(state: seed)
        return (0..<count).map { _ in
            (0..<Int.random(in: 1...12, using: &generator)).compactMap { _ in
                fragments.randomElement(using: &generator)
            }.joined(separator: Bool.random(using: &generator) ? " " : "")
        }
    }

    @Test func aNameIsReadBackAsItWasWritten() throws {
        let template = try MessageTemplate(
            editions: Samples.editions(), masthead: Samples.masthead(), mailing: Samples.mailing, date: Samples.date,
            tokenKeys: Samples.tokenKeys)
        for name in Self.names(400, seed: 24) {
            let message = try #require(try template.outgoing(for: Samples.subscriber(name: name)))
            let received = ReceivedMessage(message.data)
            #expect(wireProblems(message.data).isEmpty, "\(name.debugDescription)")
            let mailbox = try #require(
                ReceivedMessage.mailbox(received["To"]), "\(name.debugDescription)")
            #expect(mailbox.address == "jo@example.net")
            #expect(mailbox.name == name)
            #expect(received.fields.count == 17)
        }
    }

    @Test func aNameThatWouldAddAFieldIsLeftOut() throws {
        let template = try MessageTemplate(
            editions: Samples.editions(), masthead: Samples.masthead(), mailing: Samples.mailing, date: Samples.date,
            tokenKeys: Samples.tokenKeys)
        for name in Self.forbidden {
            let message = try #require(try template.outgoing(for: Samples.subscriber(name: "Jo \(name) Bloggs")))
            let received = ReceivedMessage(message.data)
            #expect(wireProblems(message.data).isEmpty)
            #expect(received["To"] == "jo@example.net")
            #expect(received.all("Bcc").isEmpty)
            #expect(received.fields.count == 17)
        }
    }

    @Test func aSubjectIsReadBackAsItWasWritten() throws {
        for subject in Self.names(400, seed: 7) where !subject.allSatisfy({ $0 == " " }) {
            var header = MailHeader()
            try header.write("Subject", text: subject)
            header.close()
            #expect(wireProblems(header.bytes).isEmpty, "\(subject.debugDescription)")
            let value = try #require(ReceivedMessage(header.bytes)["Subject"])
            #expect(ReceivedMessage.decodedWords(value) == subject)
        }
    }

    @Test func aControlCharacterIsRefusedInEveryKindOfField() throws {
        let address = try EmailAddress("jo@example.net")
        for text in Self.forbidden {
            var header = MailHeader()
            #expect(throws: ComposingFault.controlCharacter(field: "Subject")) {
                try header.write("Subject", text: "a\(text)b")
            }
            #expect(throws: ComposingFault.controlCharacter(field: "Date")) {
                try header.write("Date", form: "a\(text)b")
            }
            #expect(throws: ComposingFault.controlCharacter(field: "To")) {
                try header.write("To", address: NamedAddress(name: "a\(text)b", address: address))
            }
            #expect(throws: ComposingFault.controlCharacter(field: "List-Id")) {
                try header.write("List-Id", phrase: "a\(text)b", identifier: "a.example.org")
            }
            #expect(header.bytes.isEmpty)
        }
    }

    @Test func aFormWithoutAnyPlaceToFoldIsRefused() throws {
        var header = MailHeader()
        #expect(throws: ComposingFault.tooLong(field: "List-Archive")) {
            try header.write("List-Archive", form: String(repeating: "a", count: 901))
        }
        #expect(throws: ComposingFault.notASCII(field: "List-Archive")) {
            try header.write("List-Archive", form: "<https://example.org/é>")
        }
    }

    @Test func theLongestAddressStandsOnALineOfItsOwn() throws {
        let domain = Array(repeating: String(repeating: "d", count: 61), count: 3).joined(separator: ".")
        let address = try EmailAddress("\(String(repeating: "l", count: 64))@\(domain)")
        var header = MailHeader()
        try header.write("To", address: NamedAddress(name: "Jo Bloggs", address: address))
        header.close()
        #expect(wireProblems(header.bytes).isEmpty)
        #expect(ReceivedMessage.mailbox(ReceivedMessage(header.bytes)["To"])?.address == address.wire)
    }
}
