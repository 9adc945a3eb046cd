import Basics
import Bulletin
import Testing
import Tokens

@Suite("Subscriber ids")
struct IdentityTests {
    @Test("stay the same as in earlier versions")
    func samples() throws {
        let number = try #require(PhoneNumber("07700 900123"))
        #expect(try ring.id(for: EmailAddress("ann@example.org")).description == "42e5v3r5potqyay7a5czblhmga")
        #expect(ring.id(for: number).description == "y67mampe7qdxjdqp3oajt4hxdq")
        #expect(ring.id(forPost: Array(0..<16)).description == "6tlrq2xlcduyliosudmcyc2xve")
    }

    @Test(
        "every spelling of an address is one person",
        arguments: [
            ("ann@example.org", "ANN@Example.ORG"), ("rené@example.org", "RENE\u{301}@example.org"),
            ("ann@bücher.example", "ann@xn--bcher-kva.example"), ("ann@example.org", "  ann@example.org. "),
        ])
    func spellings(pair: (String, String)) throws {
        #expect(try ring.id(for: EmailAddress(pair.0)) == ring.id(for: EmailAddress(pair.1)))
    }

    @Test("another address, and another secret, give another id")
    func difference() throws {
        let ann = try EmailAddress("ann@example.org")
        #expect(try ring.id(for: ann) != ring.id(for: EmailAddress("anna@example.org")))
        #expect(ring.id(for: ann) != otherRing.id(for: ann))
    }

    @Test("people reached by post get a random id")
    func post() {
        var generator = SeededGenerator(state: 1)
        let ids = Set((0..<100).map { _ in ring.id(forPostUsing: &generator) })
        #expect(ids.count == 100)
        var again = SeededGenerator(state: 1)
        #expect(ids.contains(ring.id(forPostUsing: &again)))
    }

    @Test("an id's text is read as the same id, in either case, and no other text is")
    func text() {
        var generator = SeededGenerator(state: 2)
        for _ in 0..<200 {
            let id = SubscriberID(high: generator.next(), low: generator.next())
            #expect(id.description == Base32.encode(id.bytes))
            #expect(SubscriberID(id.description) == id)
            #expect(SubscriberID(id.description.uppercased()) == id)
            var bytes = Array("x".utf8)
            id.append(to: &bytes)
            #expect(bytes == Array("x\(id)".utf8))
        }
        #expect(SubscriberID("42e5v3r5potqyay7a5czblhmgb") == nil, "bits beyond 128")
    }
}
