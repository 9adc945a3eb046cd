import MIME
import Testing

@Suite struct EncodedWordTests {
    @Test(arguments: [
        ("plain", "plain"), ("=?utf-8?Q?caf=C3=A9?=", "café"), ("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),
        ("a =?utf-8?Q?b?= c", "a b c"), ("=?iso-8859-1?q?=E9?=", "é"), ("=?utf-8?B?w6k=?=", "é"),
        ("=?utf-8?X?w6k=?=", "=?utf-8?X?w6k=?="), ("=?", "=?"), ("=?a?q?b", "=?a?q?b"), ("=?utf-8?q?=?=", "="),
    ])
    func `encoded words are read`(text: String, expected: String) {
        #expect(IncomingWords.decode(text) == expected)
    }

    @Test(arguments: [
        ("=?utf-8?q?Out_of?= =?utf-8?q?_office?=", "Out of office"), ("=?utf-8?q?a=0D=0Ab?=", "a  b"),
        ("=?utf-8?q?_x_?=", "x"), ("=?windows-1252?q?=93x=94?=", "“x”"), ("=?utf-8*en?b?w6k?=", "é"),
    ])
    func `a space inside a word stays, and a control character becomes one`(text: String, expected: String) {
        #expect(IncomingWords.decode(text) == expected)
    }

    @Test(arguments: [
        "plain", "Siân", "健康 a b", "a=b_c?", String(repeating: "é", count: 200), "\u{1F469}\u{200D}\u{1F469} x",
    ])
    func `the words of a text are read back as they were written`(text: String) {
        let words = EncodedWord.words(text, firstRoom: 40)
        #expect(words.allSatisfy { $0.utf8.count <= 75 })
        #expect(IncomingWords.decode(words.joined(separator: " ")) == text)
    }
}
