import Bulletin
import Testing
import Tokens

@Suite("Addresses that mail comes back to")
struct ReturnAddressTests {
    let ann: SubscriberID
    let bounces: EmailAddress
    let correction = Mailing(IssueNumber(24), correction: 1)
    /// The shortest, a usual and the longest local part that the settings allow.
    static let localParts = ["b", "bounces", "bulletin-bounces-x"]
    static let dispatches = [
        Mailing(IssueNumber(1)), Mailing(IssueNumber(24), correction: 1),
        Mailing(IssueNumber(12345), correction: 12),
    ]

    init() throws {
        ann = try ring.id(for: EmailAddress("ann@example.org"))
        bounces = try EmailAddress("bounces@example.org")
    }

    @Test("return addresses stay the same as in earlier versions")
    func samples() {
        #expect(
            ring.returnPath(for: ann, mailing: correction, at: bounces).wire
                == "bounces+0024-c1.42e5v3r5potqyay7a5czblhmga.wtwmescuk43kgihl@example.org")
        #expect(
            ring.unsubscribeAddress(for: ann, at: bounces).wire
                == "bounces+unsubscribe.42e5v3r5potqyay7a5czblhmgaf6ahzwavwb6hiwfx@example.org")
    }

    @Test(
        "a return path names the message and the person, fits 64 octets and survives case folding",
        arguments: localParts, dispatches)
    func returnPath(local: String, mailing: Mailing) throws {
        let path = try ring.returnPath(for: ann, mailing: mailing, at: EmailAddress("\(local)@example.org"))
        #expect(path.local.utf8.count <= 64)
        #expect(try EmailAddress(path.wire) == path)
        for spelling in [path.local, path.local.uppercased()] {
            let opened = try #require(ring.openReturnPath(spelling))
            #expect(opened.mailing == mailing)
            #expect(opened.id == ann)
        }
    }

    @Test("a forged return path names nobody")
    func forgedReturnPath() {
        let local = ring.returnPath(for: ann, mailing: correction, at: bounces).local
        let detail = local.dropFirst("bounces+".count)
        for forged in oneCharacterOff(String(detail)) {
            #expect(ring.openReturnPath("bounces+\(forged)") == nil, "\(forged)")
        }
        for forged in [
            "", "+", "bounces", "bounces+", "bounces+..", "bounces+0024.\(ann).", "bounces+0024.\(ann)",
            String(local.dropLast()), local + "a", local.replacing("0024-c1", with: "0024"),
            otherRing.returnPath(for: ann, mailing: correction, at: bounces).local,
            String(repeating: "+", count: 1_000_000),
        ] {
            #expect(ring.openReturnPath(forged) == nil)
        }
    }

    @Test("an unsubscribe address names the person, fits 64 octets and survives case folding", arguments: localParts)
    func unsubscribeAddress(local: String) throws {
        let address = try ring.unsubscribeAddress(for: ann, at: EmailAddress("\(local)@example.org"))
        #expect(address.local.utf8.count <= 64)
        #expect(try EmailAddress(address.wire) == address)
        #expect(ring.openUnsubscribeAddress(address.local) == ann)
        #expect(ring.openUnsubscribeAddress(address.local.uppercased()) == ann)
        let token = address.local.dropFirst(local.count + 1)
        for forged in oneCharacterOff(String(token)) {
            #expect(ring.openUnsubscribeAddress("\(local)+\(forged)") == nil, "\(forged)")
        }
    }

    @Test("neither kind of address, nor a link, opens as the other")
    func purposes() {
        let path = ring.returnPath(for: ann, mailing: correction, at: bounces)
        let leaving = ring.unsubscribeAddress(for: ann, at: bounces)
        #expect(ring.openUnsubscribeAddress(path.local) == nil)
        #expect(ring.openReturnPath(leaving.local) == nil)
        #expect(ring.openUnsubscribeAddress("bounces+unsubscribe." + ring.token(.leave, for: ann).prefix(42)) == nil)
        #expect(ring.open(leaving.local.dropFirst("bounces+unsubscribe.".count), as: .leave) == nil)
    }
}
