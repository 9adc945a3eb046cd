import Bulletin
import Cryptography
import Foundation
import Testing

@testable import Mail

@Suite struct SigningTests {
    static let time = Samples.date.addingTimeInterval(61)

    static func signer() throws -> DKIMSigner {
        DKIMSigner([
            .init(domain: "example.org", selector: "fortnight", key: try SigningKey.make(.rsa)),
            .init(domain: "example.org", selector: "fortnight-ed25519", key: try SigningKey.make(.ed25519)),
        ])
    }

    private func template(_ signer: DKIMSigner?, editions: Editions = Samples.editions()) throws -> MessageTemplate {
        try MessageTemplate(
            editions: editions, masthead: Samples.masthead(), mailing: Samples.mailing, date: Samples.date,
            tokenKeys: Samples.tokenKeys, signer: signer)
    }

    @Test func aSignedMessageIsTheSameBelowItsSignatures() throws {
        let reader = try Samples.subscriber()
        let plain = try #require(try template(nil).outgoing(for: reader, at: Self.time))
        let signed = try #require(try template(Self.signer()).outgoing(for: reader, at: Self.time))
        #expect(wireProblems(signed.data).isEmpty)
        #expect(signed.data.suffix(plain.data.count) == plain.data[...])
        #expect(signed.size == signed.data.count)
        let fields = ReceivedMessage(signed.data).fields.prefix(2)
        #expect(fields.allSatisfy { $0.name == "DKIM-Signature" })
        #expect(fields.map { $0.value.contains("a=rsa-sha256") } == [true, false])
    }

    @Test(arguments: [Subscriber.Format.both, .text])
    func whatIsWorkedOutOnceGivesTheSignatureOfTheWholeMessage(format: Subscriber.Format) throws {
        let signer = try Self.signer()
        let reader = try Samples.subscriber(name: "Zofia  Żółkiewska", format: format)
        let plain = try #require(try template(nil).outgoing(for: reader, at: Self.time))
        let signed = try #require(try template(signer).outgoing(for: reader, at: Self.time))
        #expect(try signer.signed(plain.data, at: Self.time) == signed.data)
    }

    @Test func theSignatureSaysWhenItWasMadeAndHowLongItHolds() throws {
        let signed = try #require(try template(Self.signer()).outgoing(for: Samples.subscriber(), at: Self.time))
        let field = try #require(ReceivedMessage(signed.data).fields.first?.value)
        let seconds = Int(Self.time.timeIntervalSince1970)
        #expect(field.contains("t=\(seconds); x=\(seconds + 14 * 86_400);"))
        #expect(!field.contains("l="))
        for tag in ["v=1;", "c=relaxed/relaxed;", "d=example.org;", "s=fortnight;"] { #expect(field.contains(tag)) }
    }

    @Test func eachFieldIsNamedOnceMoreThanItIsThere() throws {
        let signed = try #require(try template(Self.signer()).outgoing(for: Samples.subscriber(), at: Self.time))
        let message = ReceivedMessage(signed.data)
        let field = try #require(message.fields.first?.value).replacing("\r\n", with: "").replacing(" ", with: "")
        let list = try #require(field.split(separator: ";").first { $0.hasPrefix("h=") }).dropFirst(2)
        let named = Dictionary(grouping: list.split(separator: ":")) { $0.lowercased() }.mapValues(\.count)
        for name in [
            "From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type", "List-Id",
            "List-Unsubscribe", "List-Unsubscribe-Post", "List-Help", "List-Post", "Auto-Submitted",
        ] {
            #expect(named[name.lowercased()] == 2, "\(name)")
        }
        for name in ["Cc", "Sender"] { #expect(named[name.lowercased()] == 1, "\(name)") }
        let ours = Set(message.fields.map { $0.name.lowercased() }).subtracting(["dkim-signature"])
        #expect(ours.isSubset(of: named.keys))
        for name in ["return-path", "received", "authentication-results", "bcc", "comments"] {
            #expect(named[name] == nil)
        }
    }

    @Test func aLetterIsSignedToo() throws {
        let letter = Letter(
            to: NamedAddress(address: try EmailAddress("editor@example.org")), subject: "Issue 24 is held",
            text: "Held.\n")
        let outgoing = try letter.outgoing(
            from: Samples.masthead(), id: SubscriberID(high: 1, low: 2), named: "held.0024", date: Samples.date,
            signer: Self.signer())
        #expect(wireProblems(outgoing.data).isEmpty)
        #expect(ReceivedMessage(outgoing.data).fields.count { $0.name == "DKIM-Signature" } == 2)
    }
}

@Suite struct RelaxedFormTests {
    private func header(_ field: String) -> String {
        var form = RelaxedForm.Field()
        Array(field.utf8).withUnsafeBytes { form.write($0) }
        return String(decoding: form.bytes, as: UTF8.self)
    }

    /// RFC 6376 section 3.4.5.
    @Test(arguments: [
        ("A: X", "a:X"), ("B : Y\t\r\n\tZ  ", "b:Y Z"), ("Subject:\r\n Is  it: so? ", "subject:Is it: so?"),
        ("C:", "c:"),
        ("D: \r\n \t", "d:"), ("E:caf\u{e9}  \u{1} x", "e:caf\u{e9} \u{1} x"),
    ]) func aHeaderField(field: String, relaxed: String) { #expect(header(field) == relaxed) }

    @Test(arguments: [
        "ada@example.org", "Ada  Lovelace <ada@example.org>", "\r\n Ada\r\n\t Lovelace\r\n <ada@example.org>",
    ]) func aHeaderWithSlotsIsHashedAsItWillStand(recipient: String) {
        var header = TemplateBytes(Array("From:  a@example.org\r\nTo: ".utf8))
        header.leave(.recipient)
        header.write("\r\nSubject: S\r\nMessage-ID: <0001.".utf8)
        header.leave(.id)
        header.write("@example.org>\r\n".utf8)
        func text(_ slot: Mail.Placeholder) -> [UInt8] { Array((slot == .id ? "x7" : recipient).utf8) }
        let filled = TemplateBytes(header.filled(text))
        for places in [[0, 1, 3], [3, 1], [2, 0]] {
            let hash = HeaderHash(header, places: places).covered(text)
            #expect(hash.digest() == HeaderHash(filled, places: places).covered(text).digest())
        }
    }

    private func body(_ pieces: [String]) -> String {
        var form = RelaxedForm.Body()
        for (index, piece) in pieces.enumerated() {
            if index > 0 { form.settle() }
            Array(piece.utf8).withUnsafeBytes { form.write($0) }
        }
        form.end()
        return String(decoding: form.bytes, as: UTF8.self)
    }

    @Test(arguments: [
        (" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n"), ("", ""), ("\r\n\r\n", ""), (" \t\r\n", ""),
        ("no end", "no end\r\n"), ("\r\n\r\nx\r\n", "\r\n\r\nx\r\n"), ("a\r\n \t\r\nb\r\n", "a\r\n\r\nb\r\n"),
    ]) func aBody(body text: String, relaxed: String) { #expect(body([text]) == relaxed) }

    @Test func aSlotIsTextWhateverStandsAroundIt() {
        #expect(body(["a \r\n\r\n", "\r\n\r\n"]) == "a\r\n\r\n\r\n")
        #expect(body(["x  ", " y\r\n"]) == "x  y\r\n")
    }
}
