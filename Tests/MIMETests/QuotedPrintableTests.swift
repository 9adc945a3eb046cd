import Testing

@testable import MIME

@Suite struct QuotedPrintableTests {
    private func encode(_ lines: String...) -> String {
        var writer = QuotedPrintable.Writer()
        for line in lines {
            writer.write(line.utf8, hasMore: false)
            writer.endLine()
        }
        return String(decoding: writer.take(), as: UTF8.self)
    }

    @Test(arguments: [
        ("plain", "plain\r\n"), ("a=b", "a=3Db\r\n"), ("é", "=C3=A9\r\n"), ("a ", "a=20\r\n"), ("a\t", "a=09\r\n"),
        ("a  ", "a =20\r\n"), (".", "=2E\r\n"), ("..", "=2E.\r\n"), ("a.", "a.\r\n"), ("From me", "=46rom me\r\n"),
        ("Fromage", "Fromage\r\n"), ("From", "From\r\n"), ("", "\r\n"), ("\u{0}\r", "=00=0D\r\n"),
    ])
    func aLineIsEncoded(line: String, expected: String) { #expect(encode(line) == expected) }

    @Test func aDotThatASoftBreakPutsFirstIsEncoded() {
        let text = encode(String(repeating: "x", count: 75) + ".\u{20}From here")
        #expect(text == String(repeating: "x", count: 75) + "=\r\n=2E From here\r\n")
    }
}
