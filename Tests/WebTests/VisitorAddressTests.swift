import Basics
import Testing

@testable import Web

@Suite("Whom a request comes from") struct VisitorAddressTests {
    private let visitors = VisitorAddress(
        trusting: ["127.0.0.1", "10.0.0.0/8", "::1", "2001:db8:a::/48", "fd00::/8"])

    private func visitor(_ peer: String, _ forwarded: String...) -> String? {
        visitors.of(IPAddress(peer), forwarded: forwarded)?.description
    }

    @Test(
        "is what the nearest trusted proxies say, of either version and in every way of writing it",
        arguments: [
            ("127.0.0.1", "203.0.113.9", "203.0.113.9"), ("::1", "203.0.113.9", "203.0.113.9"),
            ("::ffff:10.1.2.3", "203.0.113.9", "203.0.113.9"), ("::ffff:127.0.0.1", "2001:db8::9", "2001:db8::9"),
            ("2001:db8:a:1::7", "2001:db8:b::1", "2001:db8:b::1"), ("fd12::1", "[2001:db8::9]", "2001:db8::9"),
            ("10.255.0.1", "[2001:db8::9]:4711", "2001:db8::9"), ("10.0.0.1", "203.0.113.9:4711", "203.0.113.9"),
            ("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"), ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
            ("::1", "203.0.113.9,\t2001:db8:a::5 , 10.9.9.9", "203.0.113.9"),
        ])
    func proxied(_ peer: String, _ forwarded: String, _ expected: String) {
        #expect(visitor(peer, forwarded) == expected)
    }

    @Test("is never what the visitor wrote to the left of it")
    func spoofed() {
        #expect(visitor("10.0.0.1", "198.51.100.1, 203.0.113.9") == "203.0.113.9")
        #expect(visitor("10.0.0.1", "127.0.0.1, 10.0.0.9, 203.0.113.9, 10.0.0.2") == "203.0.113.9")
        #expect(visitor("10.0.0.1", "198.51.100.1", "203.0.113.9") == "203.0.113.9", "two header lines")
        #expect(visitor("10.0.0.1", "rubbish, 203.0.113.9") == "203.0.113.9")
    }

    @Test("is the other end where that is no trusted proxy, whatever it says")
    func untrusted() {
        #expect(visitor("203.0.113.9", "198.51.100.1") == "203.0.113.9")
        #expect(visitor("2001:db8:b::1", "127.0.0.1") == "2001:db8:b::1")
        #expect(visitor("11.0.0.1", "198.51.100.1") == "11.0.0.1")
        #expect(visitors.of(nil, forwarded: ["198.51.100.1"]) == nil)
    }

    @Test(
        "is the proxy where what it says is no address",
        arguments: [
            "rubbish", "unknown", "_hidden", "203.0.113.9:x", "203.0.113.9:99999", "203.0.113", "2001:db8::9:zz",
            "[2001:db8::9", "[2001:db8::9]x", "2001:db8::9]:80", "203.0.113.9;", "\"203.0.113.9\"", "", ",,", " , ",
            "fe80::1%eth0",
        ])
    func garbage(_ forwarded: String) {
        #expect(visitor("10.0.0.1", forwarded) == "10.0.0.1")
        #expect(
            visitor("10.0.0.1", "198.51.100.1, \(forwarded)")
                == (forwarded.allSatisfy { ", ".contains($0) }
                    ? "198.51.100.1" : "10.0.0.1"))
    }

    @Test("is passed on by all of ten thousand trusted hops")
    func long() {
        #expect(visitor("10.0.0.1", String(repeating: "10.0.0.2,", count: 10_000)) == "10.0.0.2")
    }
}
