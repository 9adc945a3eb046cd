import Basics
import Testing

@Suite("Addresses of the network")
struct IPNetworkTests {
    @Test(
        "know what lies in a network, IPv4 within IPv6 too",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false), ("192.0.2.0/25", "192.0.2.128", false), ("0.0.0.0/0", "8.8.8.8", true),
            ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true), ("::ffff:10.0.0.0/104", "10.1.2.3", true),
            ("::1", "127.0.0.1", false), ("0.0.0.0/0", "::1", false),
        ])
    func contains(network: String, address: String, holds: Bool) throws {
        #expect(try #require(IPNetwork(network)).contains(try #require(IPAddress(address))) == holds)
    }

    @Test("are refused where they are none", arguments: ["10.0.0.0/33", "10.0.0/8", "x", "", "::1/129", "10.0.0.0/-1"])
    func refused(text: String) { #expect(IPNetwork(text) == nil) }
}
