import Bulletin
import Foundation
import Mail
import Testing

/// Whole messages as they go on the wire, held to the files in `Golden/` byte by byte.
@Suite struct GoldenMessageTests {
    private func hold(_ envelope: Envelope?, to name: String) throws {
        let envelope = try #require(envelope)
        let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name).eml")
        if ProcessInfo.processInfo.environment["FORTNIGHT_RECORD"] == "1" {
            try Data(envelope.data).write(to: golden)
            Issue.record("\(name).eml is recorded: read it, then run again without FORTNIGHT_RECORD")
            return
        }
        #expect(
            String(decoding: envelope.data, as: UTF8.self)
                == String(decoding: try Data(contentsOf: golden), as: UTF8.self))
    }

    private func stencil(_ masthead: Masthead, subject: String, proof: Bool = false) throws -> Stencil {
        try Stencil(
            editions: Samples.editions(subject: subject), masthead: masthead, dispatch: Samples.dispatch,
            date: Samples.date, seals: Samples.seals, proof: proof)
    }

    @Test func theBulletinInHTMLAndText() throws {
        let stencil = try stencil(Samples.masthead(), subject: "Six events this fortnight")
        try hold(stencil.envelope(for: Samples.subscriber()), to: "both")
    }

    @Test func theBulletinInTextToANameBeyondASCII() throws {
        let stencil = try stencil(
            Samples.masthead(mailboxIsRead: false),
            subject: "Café, kaffe, καφές: six events this fortnight, one of them in Żory")
        try hold(
            stencil.envelope(for: Samples.subscriber("zosia@example.net", name: "Zofia Żółkiewska", format: .text)),
            to: "text")
    }

    @Test func theTrialOverHTTP() throws {
        let stencil = try stencil(Samples.masthead(publicURL: "http://127.0.0.1:8080"), subject: "Six events")
        try hold(stencil.envelope(for: Samples.subscriber(name: nil)), to: "trial")
    }

    @Test func aProof() throws {
        let stencil = try stencil(Samples.masthead(), subject: "Six events", proof: true)
        try hold(stencil.envelope(for: Samples.subscriber("editor@example.org", name: nil)), to: "proof")
    }
}
