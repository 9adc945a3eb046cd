import MIME
import Testing

@testable import Mail

@Suite struct QuotedPrintableRoundTripTests {
    private func encode(_ line: String) -> String {
        var writer = QuotedPrintable.Writer()
        writer.write(line.utf8, hasMore: false)
        writer.endLine()
        return String(decoding: writer.take(), as: UTF8.self)
    }

    @Test func anyBytesComeBackFromAnyLines() throws {
        var generator = SeededGenerator(state: 99)
        let alphabet = Array(".. From =\t é\u{1F469}\u{0}xyz".unicodeScalars)
        for _ in 0..<300 {
            let line = String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 0...200, using: &generator)).compactMap { _ in
                        alphabet.randomElement(using: &generator)
                    }))
            let encoded = encode(line)
            let message = Array("A: b\r\n\r\n\(encoded)".utf8)
            #expect(wireProblems(message).isEmpty)
            #expect(ReceivedMessage(message).decodedText == line + "\r\n")
        }
    }
}
