import Bulletin
import Foundation
import Mail
import Testing

/// Whole messages as sent on the wire, compared with the files in `Golden/` byte by byte.
@Suite struct GoldenMessageTests {
    private func hold(_ outgoing: OutgoingMessage?, to name: String) throws {
        let outgoing = try #require(outgoing)
        let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name).eml")
        if ProcessInfo.processInfo.environment["FORTNIGHT_RECORD"] == "1" {
            try Data(outgoing.data).write(to: golden)
            Issue.record("\(name).eml is recorded: read it, then run again without FORTNIGHT_RECORD")
            return
        }
        #expect(
            String(decoding: outgoing.data, as: UTF8.self)
                == String(decoding: try Data(contentsOf: golden), as: UTF8.self))
    }

    private func template(_ masthead: Masthead, subject: String, proof: Bool = false) throws -> MessageTemplate {
        try MessageTemplate(
            editions: Samples.editions(subject: subject), masthead: masthead, mailing: Samples.mailing,
            date: Samples.date, tokenKeys: Samples.tokenKeys, proof: proof)
    }

    @Test func theBulletinInHTMLAndText() throws {
        let template = try template(Samples.masthead(), subject: "Six events this fortnight")
        try hold(template.outgoing(for: Samples.subscriber()), to: "both")
    }

    @Test func theBulletinInTextToANameBeyondASCII() throws {
        let template = try template(
            Samples.masthead(mailboxIsRead: false),
            subject: "Café, kaffe, καφές: six events this fortnight, one of them in Żory")
        try hold(
            template.outgoing(for: Samples.subscriber("zosia@example.net", name: "Zofia Żółkiewska", format: .text)),
            to: "text")
    }

    @Test func theTrialOverHTTP() throws {
        let template = try template(Samples.masthead(publicURL: "http://127.0.0.1:8080"), subject: "Six events")
        try hold(template.outgoing(for: Samples.subscriber(name: nil)), to: "trial")
    }

    @Test func aProof() throws {
        let template = try template(Samples.masthead(), subject: "Six events", proof: true)
        try hold(template.outgoing(for: Samples.subscriber("editor@example.org", name: nil)), to: "proof")
    }
}
