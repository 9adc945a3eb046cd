import Basics
import Bulletin
import Hummingbird
import NIOCore

/// A request's surroundings: where it comes from, as far as the connection says.
struct Visit: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The other end of the connection: the visitor, or a proxy.
    let peer: IPAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peer = source.channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
    }
}

/// Finds the visitor's own address. X-Forwarded-For is believed of trusted proxies only, and read from the right, where each
/// proxy adds the address it spoke with: the first that is no trusted proxy is the visitor.
struct VisitorAddress {
    private let proxies: [IPNetwork]

    /// `proxies` are addresses and networks, as `web.trustedProxies` has them.
    init(trusting proxies: [String]) { self.proxies = proxies.compactMap { IPNetwork($0) } }

    /// Nil where the connection does not say.
    func of(_ peer: IPAddress?, forwarded: [String]) -> IPAddress? {
        guard let peer, isTrusted(peer) else { return peer }
        var visitor = peer
        for hop in forwarded.flatMap({ $0.split(separator: ",") }).reversed() {
            let text = hop.filter { $0 != " " && $0 != "\t" }
            // An empty element of a list is none (RFC 9110 section 5.6.1.2).
            if text.isEmpty { continue }
            guard let address = Self.address(text) else { break }
            visitor = address
            guard isTrusted(address) else { break }
        }
        return visitor
    }

    func isTrusted(_ address: IPAddress) -> Bool { proxies.contains { $0.contains(address) } }

    /// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`
    private static func address(_ text: String) -> IPAddress? {
        if let address = IPAddress(text) { return address }
        guard let colon = text.lastIndex(of: ":"), UInt16(text[text.index(after: colon)...]) != nil else {
            return text.first == "[" && text.last == "]" ? IPAddress(String(text.dropFirst().dropLast())) : nil
        }
        let host = text[..<colon]
        if host.first == "[", host.last == "]" { return IPAddress(String(host.dropFirst().dropLast())) }
        // A colon after an IPv6 address without brackets belongs to nothing.
        return host.contains(":") ? nil : IPAddress(String(host))
    }
}
