import Bulletin
import Testing

@Suite("A server's text")
struct ReplyPrivacyTests {
    @Test(
        "are kept without the recipient's address",
        arguments: [
            ("<Ann@BÜCHER.example>: no such user", "<[address]>: no such user"),
            ("ann@xn--bcher-kva.example unknown (ANN@xn--bcher-kva.example)", "[address] unknown ([address])"),
            ("relay@example.org says no", "relay@example.org says no"),
            ("mailbox full", "mailbox full"), ("", ""),
        ])
    func cutOut(words: (given: String, kept: String)) throws {
        let reply = Reply(code: 550, enhanced: EnhancedCode(5, 1, 1), text: words.given)
        let kept = try reply.cuttingOut(EmailAddress("ann@bücher.example"))
        #expect(kept == Reply(code: 550, enhanced: EnhancedCode(5, 1, 1), text: words.kept))
    }
}
