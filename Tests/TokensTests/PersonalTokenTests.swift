import Bulletin
import Foundation
import Testing
import Tokens

@Suite("Personal links")
struct PersonalTokenTests {
    let ann: SubscriberID
    let end = Date(timeIntervalSince1970: 1_796_205_600)

    init() throws { ann = try ring.id(for: EmailAddress("ann@example.org")) }

    @Test("links stay the same as in earlier versions")
    func samples() {
        #expect(ring.token(.leave, for: ann) == "42e5v3r5potqyay7a5czblhmgawnod2s7b65zknf2u246r5gc6qe")
        #expect(
            ring.token(.confirm, for: ann, version: 3, until: end)
                == "42e5v3r5potqyay7a5czblhmgaaaaaaaaaaaaagaaaaaagwd7meahsrmvwuzplbpl3xcwrjhfcae5u")
    }

    @Test("a link to leave opens as its owner's, in either case")
    func leave() {
        let token = ring.token(.leave, for: ann)
        #expect(token.utf8.count == 52)
        #expect(ring.open(token, as: .leave) == ann)
        #expect(ring.open(token.uppercased(), as: .leave) == ann)
    }

    @Test("a forged link to leave opens as nobody's")
    func forgedLeave() throws {
        let token = ring.token(.leave, for: ann)
        for forged in oneCharacterOff(token) { #expect(ring.open(forged, as: .leave) == nil, "\(forged)") }
        let ben = try ring.id(for: EmailAddress("ben@example.org"))
        for forged in [
            "", "\(ann)", "\(ann)\(ann)", token + "a", String(token.dropLast()), " " + token,
            "\(ben)" + token.dropFirst(26), otherRing.token(.leave, for: ann), String(repeating: "é", count: 26),
            String(repeating: "a", count: 1_000_000),
        ] {
            #expect(ring.open(forged, as: .leave) == nil)
        }
    }

    @Test(
        "a limited link gives the person and the version, until it expires",
        arguments: LimitedPurpose.allCases)
    func limited(purpose: LimitedPurpose) {
        let token = ring.token(purpose, for: ann, version: 2, until: end)
        let opened = LimitedToken(id: ann, version: 2)
        #expect(ring.open(token, as: purpose, at: end.addingTimeInterval(-1)) == opened)
        #expect(ring.open(token.uppercased(), as: purpose, at: .distantPast) == opened)
        #expect(ring.open(token, as: purpose, at: end) == nil)
        for forged in oneCharacterOff(token) { #expect(ring.open(forged, as: purpose, at: .distantPast) == nil) }
    }

    @Test("no link opens for another purpose")
    func purposes() {
        let choices = ring.token(.choices, for: ann, version: 1, until: end)
        #expect(ring.open(choices, as: .confirm, at: .distantPast) == nil)
        #expect(ring.open(choices, as: .leave) == nil)
        #expect(ring.open(ring.token(.leave, for: ann), as: .choices, at: .distantPast) == nil)
    }
}
