import Basics
import Testing

@Suite struct EncodingTests {
    @Test(arguments: [
        ("plain-1.0", ".-", "plain-1.0"), ("a b/é", ".-", "a%20b%2F%C3%A9"), ("a_b~", "_", "a_b%7E"), ("%", "", "%25"),
        ("", ".-", ""),
    ])
    func `octets are percent-encoded but those that are kept`(text: String, kept: String, expected: String) {
        #expect(percentEncoded(text, keeping: kept) == expected)
    }

    @Test func `hexadecimal digits are read in either case and written in one`() {
        #expect(Hexadecimal.text(of: [0x00, 0x0F, 0xA5, 0xFF]) == "000fa5ff")
        #expect(Hexadecimal.digits(of: 0xA5) == Array("A5".utf8))
        #expect(Hexadecimal.text(of: "\u{7}") == "0007" && Hexadecimal.text(of: "\u{1F469}") == "1F469")
        let values = "09afAFgG/:@`".utf8.map { Hexadecimal.value(of: $0) }
        #expect(values == [0, 9, 10, 15, 10, 15, nil, nil, nil, nil, nil, nil])
    }

    @Test func `the entities of HTML are decoded once`() {
        #expect(decodedEntities("a &amp;lt; &lt;b&gt;&nbsp;&quot;&#39;") == "a &lt; <b> \"'")
        #expect(decodedEntities("plain") == "plain")
    }

    @Test func `lines are wrapped at spaces, with their prefixes, and addresses stay whole`() {
        let wrapping = LineWrapping(columns: 12, longestWord: 8, first: "* ", following: "  ")
        #expect(
            wrapping.lines(of: "one two three https://example.org/long abcdefghijkl") == [
                "* one two", "  three", "  https://example.org/long", "  abcdefgh", "  ijkl",
            ])
        #expect(wrapping.lines(of: "  ") == [])
    }
}
