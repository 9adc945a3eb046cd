import NIOCore
import Testing

@testable import DevelopmentInbox

@Suite struct MessageBodyTests {
    /// What a body makes of bytes that come in pieces of one length.
    private func read(_ bytes: [UInt8], piece: Int) -> (MessageBody, MessageBody.Progress, rest: [UInt8]) {
        var body = MessageBody(expecting: 100, keepingAtMost: 1_000_000)
        var input = ByteBuffer()
        var at = 0
        while at < bytes.count {
            let end = min(at + piece, bytes.count)
            input.writeBytes(bytes[at..<end])
            at = end
            let progress = body.take(&input)
            if progress != .needsMore { return (body, progress, Array(input.readableBytesView) + bytes[at...]) }
        }
        return (body, .needsMore, [])
    }

    @Test(arguments: [1, 2, 3, 7, 999, 1_001, 1_500, 10_000])
    func `a message is the same however its bytes are cut`(piece: Int) {
        let long = String(repeating: "y", count: 3_000)
        let text = "A: b\r\n\r\n..\r\n...x\r\n\(long)\r\n..\(long)\r\nend\r\n.\r\nMAIL"
        let (body, progress, rest) = read(Array(text.utf8), piece: piece)
        #expect(progress == .complete)
        #expect(String(decoding: rest, as: UTF8.self) == "MAIL")
        #expect(body.lines == 7)
        #expect(body.overlongLine == 5)
        // A line that was too long is refused, so what is kept of its stuffing does not matter; all before does.
        #expect(String(buffer: body.contents).hasPrefix("A: b\r\n\r\n.\r\n..x\r\n\(long)\r\n"))
    }

    @Test(arguments: [1, 2, 3, 500, 1_001, 5_000], ["\r", "\n"])
    func `a line end alone is found wherever it stands`(piece: Int, lineEnd: String) {
        for place in [0, 1, 998, 1_000, 1_001, 2_000, 2_999] {
            var line = Array(String(repeating: "z", count: 3_000).utf8)
            line.insert(contentsOf: lineEnd.utf8, at: place)
            let (_, progress, _) = read(Array("A: b\r\n\r\n".utf8) + line + Array("\r\n.\r\n".utf8), piece: piece)
            #expect(progress == .bareLineEnd(line: 3), "at \(place)")
        }
    }

    @Test func `what goes beyond the limit is counted and not kept`() {
        var body = MessageBody(expecting: 10, keepingAtMost: 20)
        var input = ByteBuffer(string: "0123456789\r\n0123456789\r\n.\r\n")
        #expect(body.take(&input) == .complete)
        #expect(body.size == 24)
        #expect(body.contents.readableBytes <= 20)
    }

    @Test func `eight bits and nulls are seen at any place`() {
        for length in 0..<20 {
            let padding = Array(repeating: UInt8(ascii: "x"), count: length)
            let (high, _, _) = read(padding + [0xc3, 0xa9] + Array("\r\n.\r\n".utf8), piece: 1_000)
            #expect(high.hasEightBit && !high.hasNull)
            let (null, _, _) = read(padding + [0] + Array("\r\n.\r\n".utf8), piece: 1_000)
            #expect(null.hasNull && !null.hasEightBit)
        }
    }
}
