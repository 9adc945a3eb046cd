import Bulletin
import Testing

@testable import Curl
@testable import SMTP

@Suite("The dialogue with a relay")
struct SubmissionDialogueTests {
    @Test("goes as the file says", arguments: try DialogueScript.all())
    func file(_ script: DialogueScript) {
        var run = DialogueRun(script, isByteWise: false)
        run.play()
    }

    @Test("goes the same when replies come byte by byte", arguments: try DialogueScript.all())
    func fileByteWise(_ script: DialogueScript) {
        // These two are about replies that come before their command was sent; byte by byte, it has been sent.
        guard !script.name.contains("before-sent") else { return }
        var run = DialogueRun(script, isByteWise: true)
        run.play()
    }

    @Test("returns a message whose dot had not been sent when the connection was lost")
    func cutWithinBody() throws {
        var dialogue = try dialogueAtBody()
        withUnsafeTemporaryAllocation(byteCount: 5, alignment: 1) { dialogue.carried += dialogue.fill($0) }
        #expect(dialogue.stage == .block)
        dialogue.end(.lost("cut"))
        let (settled, returned) = collect(&dialogue)
        #expect(settled.isEmpty)
        #expect(returned.map(\.id) == [DialogueScript.id("a")])
    }

    @Test("ends when a line of a reply has no end", arguments: ["250 ", "250-", ""])
    func endlessReply(start: String) throws {
        var dialogue = try dialogueAtBody()
        let bytes = Array(start.utf8) + Array(repeating: UInt8(ascii: "x"), count: ReplyReader.mostBytes + 1)
        bytes.withUnsafeBytes { dialogue.receive($0) }
        let isOver = dialogue.isOver
        #expect(isOver)
        #expect(dialogue.fault == "the relay's reply was too long")
    }

    @Test("ends when a reply has too many lines")
    func endlessLines() throws {
        var dialogue = try dialogueAtBody()
        let bytes = Array(String(repeating: "250-more\r\n", count: ReplyReader.mostLines + 1).utf8)
        bytes.withUnsafeBytes { dialogue.receive($0) }
        #expect(dialogue.fault == "the relay's reply was too long")
    }

    @Test("accepts a reply of ten thousand lines, and keeps a bounded part of it")
    func manyLines() throws {
        var dialogue = try dialogueAtBody()
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { dialogue.carried += dialogue.fill($0) }
        let lines = String(repeating: "250-2.0.0 more of it\r\n", count: 10_000) + "250 2.0.0 kept\r\n"
        Array(lines.utf8).withUnsafeBytes { dialogue.receive($0) }
        let (settled, returned) = collect(&dialogue)
        #expect(settled.map(\.1.state) == [.accepted] && returned.isEmpty)
        #expect(settled.first.map { $0.1.reply.text.count <= Reply.mostText } == true)
        let isOver = dialogue.isOver
        #expect(!isOver)
    }

    @Test("keeps a bounded text of a reply, without control characters")
    func boundedText() {
        let long = Reply(code: 550, rawText: Array(repeating: UInt8(ascii: "x"), count: 60_000))
        #expect(long.text.count == Reply.mostText)
        let odd = Reply(code: 550, rawText: Array("5.1.1 a\u{1b}[31mb".utf8) + [0xFF])
        #expect(odd == Reply(code: 550, enhanced: EnhancedCode(5, 1, 1), text: "a [31mb\u{FFFD}"))
    }

    @Test("never repeats a command or sends a message without a dot, whatever the relay answers")
    func anyReplies() throws {
        var random = Seeded(seed: 7)
        let lines = [
            "250 2.0.0 Ok", "250 Ok", "250 Ok", "354 go", "354 go", "451 4.3.2 later", "550 5.1.1 no", "421 bye",
            "250-more", "999 odd", "",
        ]
        for _ in 0..<2000 {
            var dialogue = SubmissionDialogue(
                extensions: ServerExtensions(ehlo: ["x", Bool.random(using: &random) ? "PIPELINING" : "SIZE"]),
                messages: 5)
            var settled: [(SubscriberID, Outcome)] = []
            var returned: [OutgoingMessage] = []
            var taken = 0
            for _ in 0..<40 where !dialogue.isOver {
                while dialogue.wantsMessage, taken < 26 {
                    let name = String(UnicodeScalar(UInt8(97 + taken)))
                    _ = dialogue.take(try DialogueScript.letter(name, to: "x@example.org", size: nil))
                    taken += 1
                }
                withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) {
                    dialogue.carried += dialogue.fill($0)
                }
                let line = (lines.randomElement(using: &random) ?? "") + "\r\n"
                Array(line.utf8).withUnsafeBytes { dialogue.receive($0) }
                dialogue.collect(settled: &settled, returned: &returned)
            }
            dialogue.end(.lost("end"))
            dialogue.collect(settled: &settled, returned: &returned)
            let ids = settled.map(\.0.high) + returned.map(\.id.high)
            #expect(ids.sorted() == (0..<taken).map { UInt64(97 + $0) })
        }
    }

    /// Message a, up to the 354.
    private func dialogueAtBody() throws -> SubmissionDialogue {
        var dialogue = SubmissionDialogue(extensions: ServerExtensions(ehlo: ["x", "PIPELINING"]), messages: 10)
        #expect(dialogue.take(try DialogueScript.letter("a", to: "a@example.org", size: nil)) == nil)
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { dialogue.carried += dialogue.fill($0) }
        Array("250 Ok\r\n250 Ok\r\n354 go\r\n".utf8).withUnsafeBytes { dialogue.receive($0) }
        return dialogue
    }

    private func collect(_ dialogue: inout SubmissionDialogue) -> ([(SubscriberID, Outcome)], [OutgoingMessage]) {
        var settled: [(SubscriberID, Outcome)] = []
        var returned: [OutgoingMessage] = []
        dialogue.collect(settled: &settled, returned: &returned)
        return (settled, returned)
    }
}

/// The same numbers every time (SplitMix64).
private struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
