import Glibc

/// An IPv4 or IPv6 address in one of its written forms (RFC 4291 section 2.2; IPv4 as four decimal numbers).
package struct IPAddress: Hashable, Sendable {
    /// 4 or 16.
    package let bytes: [UInt8]

    package init?(_ text: String) {
        guard !text.utf8.contains(0) else { return nil }
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bytes = withUnsafeBytes(of: &six) { Array($0) }
        } else {
            return nil
        }
    }

    package var isVersion6: Bool { bytes.count == 16 }

    /// The IPv4 address within an IPv4-mapped one (RFC 4291 section 2.5.5.2), or the bytes themselves.
    private var unmapped: ArraySlice<UInt8> {
        let mapped = isVersion6 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return mapped ? ArraySlice(bytes[12...].map { $0 }) : bytes[...]
    }

    /// 127.0.0.0/8 and ::1.
    package var isLoopback: Bool {
        let bytes = unmapped
        return bytes.count == 4 ? bytes.first == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// Loopback, private (RFC 1918), shared (RFC 6598), link-local (RFC 3927, 4291) or unique local (RFC 4193).
    package var isPrivate: Bool {
        let bytes = Array(unmapped)
        if isLoopback { return true }
        guard bytes.count == 4 else {
            return bytes[0] & 0xFE == 0xFC || (bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80)
        }
        switch (bytes[0], bytes[1]) {
        case (10, _), (172, 16...31), (192, 168), (169, 254), (100, 64...127): return true
        default: return false
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// The bytes without the prefix of an IPv4 address mapped into IPv6.
    package var plainBytes: [UInt8] { Array(unmapped) }

    package var description: String {
        let bytes = plainBytes
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// Addresses that begin with the same bits (RFC 4632): `10.0.0.0/8`, or one address alone.
package struct IPNetwork: Hashable, Sendable {
    private let start: [UInt8]
    private let bits: Int

    /// Nil for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(String(parts[0])) else { return nil }
        let most = address.bytes.count * 8
        guard parts.count == 1 || Int(parts[1]).map({ (0...most).contains($0) }) == true else { return nil }
        self.init(of: address, bits: parts.count == 1 ? most : Int(parts[1]) ?? most)
    }

    /// The network of the first `bits` that holds `address`; all of an address where there are fewer.
    package init(of address: IPAddress, bits: Int) {
        let whole = address.plainBytes
        // The prefix of an IPv4 address that is written as an IPv6 one counts the bits before it.
        let bits = max(0, bits - (address.bytes.count - whole.count) * 8)
        self.bits = min(bits, whole.count * 8)
        start = whole.enumerated().map { index, byte in
            let kept = min(8, max(0, bits - index * 8))
            return kept == 0 ? 0 : byte & (0xFF << (8 - kept))
        }
    }

    package func contains(_ address: IPAddress) -> Bool {
        let bytes = address.plainBytes
        guard bytes.count == start.count else { return false }
        return IPNetwork(of: address, bits: bits + (address.bytes.count - bytes.count) * 8) == self
    }
}

/// Whether traffic to that host stays on this machine: `localhost`, 127.0.0.0/8, ::1.
package func isLoopback(_ host: String) -> Bool {
    host.lowercased() == "localhost" || IPAddress(host)?.isLoopback == true
}
