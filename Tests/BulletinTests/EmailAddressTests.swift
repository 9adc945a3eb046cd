import Bulletin
import Testing

@Suite struct EmailAddressTests {
    /// What a person may write, and the form for the wire.
    static let good: [(String, String)] = [
        ("editor@example.org", "editor@example.org"),
        ("  editor@example.org \n", "editor@example.org"),
        ("Editor.In-Chief@Example.ORG", "Editor.In-Chief@example.org"),
        ("!#$%&'*+-/=?^_`{|}~@example.org", "!#$%&'*+-/=?^_`{|}~@example.org"),
        ("a@b.cd", "a@b.cd"),
        ("bounces+0024.id@example.org", "bounces+0024.id@example.org"),
        ("1@1.example", "1@1.example"),
        ("editor@example.org.", "editor@example.org"),
        (#""two words"@example.org"#, #""two words"@example.org"#),
        (#""a@b"@example.org"#, #""a@b"@example.org"#),
        (#""a\"b\\c"@example.org"#, #""a\"b\\c"@example.org"#),
        (#""<>,;:"@example.org"#, #""<>,;:"@example.org"#),
        ("jürgen@example.org", "jürgen@example.org"),
        ("ju\u{308}rgen@example.org", "jürgen@example.org"),
        ("用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"),
        ("editor@bücher.example", "editor@xn--bcher-kva.example"),
        ("editor@BU\u{308}CHER.example", "editor@xn--bcher-kva.example"),
        ("editor@XN--BCHER-KVA.example", "editor@xn--bcher-kva.example"),
        ("editor@faß.example", "editor@xn--fa-hia.example"),
        // What nobody sees is mapped to nothing (UTS 46 section 4).
        ("editor@exa\u{AD}mple\u{200B}.org", "editor@example.org"),
        ("editor@例子。广告", "editor@xn--fsqu00a.xn--4rr70v"),
    ]

    @Test(arguments: good) func anAddressIsTaken(_ written: String, _ wire: String) throws {
        let address = try EmailAddress(written)
        #expect(address.wire.utf8.elementsEqual(wire.utf8), "\(address.wire)")
        #expect(try EmailAddress(address.wire) == address)
    }

    static let bad: [(String, EmailAddress.Fault)] = [
        ("", .noAt), ("editor", .noAt), ("editor.example.org", .noAt),
        ("@example.org", .emptyLocal), ("  @example.org", .emptyLocal),
        ("a b@example.org", .badLocal), (".a@example.org", .badLocal), ("a.@example.org", .badLocal),
        ("a..b@example.org", .badLocal), ("a@b@example.org", .badLocal), ("a,b@example.org", .badLocal),
        ("<a@example.org", .badLocal), ("a:b@example.org", .badLocal), ("a(comment)@example.org", .badLocal),
        (#""a@example.org"#, .badLocal), (#"""@example.org"#, .badLocal), (#""a"b"@example.org"#, .badLocal),
        (#""a\"@example.org"#, .badLocal), (#""a".b@example.org"#, .badLocal), (#"a"b"@example.org"#, .badLocal),
        ("a@", .badDomain), ("a@example", .badDomain), ("a@localhost", .badDomain), ("a@.example.org", .badDomain),
        ("a@example..org", .badDomain), ("a@example.org..", .badDomain), ("a@-a.example.org", .badDomain),
        ("a@a-.example.org", .badDomain), ("a@a_b.example.org", .badDomain), ("a@exa mple.org", .badDomain),
        ("a@[192.0.2.1]", .badDomain), ("a@[IPv6:2001:db8::1]", .badDomain), ("a@192.0.2.1", .badDomain),
        ("a@example.123", .badDomain), ("a@example.org>", .badDomain), ("a@☃️💩.example", .badDomain),
        ("a@xn--\u{301}.example", .badDomain), ("a@xn--a.example", .badDomain), ("a@xn--ls8h.example", .badDomain),
        ("a@\u{301}b.example", .badDomain),
        ("a@example\u{202E}.org", .badDomain),
    ]

    @Test(arguments: bad) func whatIsNoAddressIsRefusedWithItsReason(_ written: String, _ fault: EmailAddress.Fault) {
        #expect(throws: fault) { try EmailAddress(written) }
    }

    /// Swift counts CR LF as one character, so every check has to look at scalars or bytes.
    static let injections = [
        "a\r\n@example.org", "a\r\nBcc: b@example.org", "a\n@example.org", "a\r@example.org", "a\0@example.org",
        "a@example.org\r\nBcc: b@example.com", "a@example.org\nRCPT TO:<b@example.com>", "a@example.org\0.example.com",
        "a@example\r\n.org", "\"a\r\nb\"@example.org", "\"a\nb\"@example.org", "\"a\0b\"@example.org",
        "\"a\\\r\nb\"@example.org", "\"a\tb\"@example.org", "a@example.org> SIZE=1", "a>@example.org",
        "a\u{7F}@example.org", "a\u{85}@example.org", "a\u{2028}@example.org", "a\u{2029}b@example.org",
        "a\u{202E}b@example.org", "a\u{2066}b@example.org", "a\u{200B}b@example.org", "a\u{FEFF}b@example.org",
        "a\u{A0}b@example.org", "a\u{E000}b@example.org", "a\u{FFFD}b@example.org", "\u{1}leave\u{2}@example.org",
        "a@exam\u{1}ple.org",
    ]

    @Test(arguments: injections) func noAddressCanAddALineToAHeaderOrACommand(_ written: String) {
        #expect(throws: EmailAddress.Fault.self) { try EmailAddress(written) }
    }

    @Test func theLimitsAreThoseOfSMTP() throws {
        let local = String(repeating: "a", count: 64)
        #expect(try EmailAddress(local + "@example.org").local == local)
        #expect(throws: EmailAddress.Fault.longLocal) { try EmailAddress(local + "a@example.org") }
        #expect(throws: EmailAddress.Fault.longLocal) {
            try EmailAddress(String(repeating: "é", count: 33) + "@example.org")
        }
        // Three labels of 61 and one of 3: with the local part 254 bytes.
        let domain = Array(repeating: String(repeating: "b", count: 61), count: 3).joined(separator: ".") + ".com"
        #expect(try EmailAddress(String(repeating: "a", count: 64) + "@" + domain).wire.utf8.count == 254)
        #expect(throws: EmailAddress.Fault.long) { try EmailAddress(local + "@" + domain + "m") }
        #expect(throws: EmailAddress.Fault.badDomain) {
            try EmailAddress("a@" + String(repeating: "b", count: 64) + ".example")
        }
    }

    @Test func twoSpellingsOfOneAddressHaveOneCanonicalForm() throws {
        let spellings = ["Jürgen@Bücher.example", "JU\u{308}RGEN@xn--bcher-kva.EXAMPLE", "jürgen@bücher.example."]
        let forms = Set(try spellings.map { Array(try EmailAddress($0).canonical.utf8) })
        #expect(forms.count == 1)
    }

    @Test func peopleReadTheDomainInTheirOwnLetters() throws {
        #expect(try EmailAddress("a@xn--bcher-kva.example").display == "a@bücher.example")
        #expect(try EmailAddress("a@example.org").display == "a@example.org")
    }

    @Test func onlyALocalPartBeyondASCIINeedsSMTPUTF8() throws {
        #expect(try EmailAddress("jürgen@example.org").needsSMTPUTF8)
        #expect(try !EmailAddress("jurgen@bücher.example").needsSMTPUTF8)
    }
}
