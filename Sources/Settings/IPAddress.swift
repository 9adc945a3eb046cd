import Glibc

/// An IPv4 or IPv6 address in one of its written forms (RFC 4291 section 2.2; IPv4 as four decimal numbers).
struct IPAddress: Hashable, Sendable {
    /// 4 or 16.
    let bytes: [UInt8]

    init?(_ text: String) {
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

    var isVersion6: Bool { bytes.count == 16 }

    /// The IPv4 address within an IPv4-mapped one (RFC 4291 section 2.5.5.2), or the bytes themselves.
    private var unmapped: ArraySlice<UInt8> {
        let mapped = isVersion6 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return mapped ? ArraySlice(bytes[12...].map { $0 }) : bytes[...]
    }

    /// 127.0.0.0/8 and ::1.
    var isLoopback: Bool {
        let bytes = unmapped
        return bytes.count == 4 ? bytes.first == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
    }

    /// Loopback, private (RFC 1918), shared (RFC 6598), link-local (RFC 3927, 4291) or unique local (RFC 4193).
    var isPrivate: Bool {
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

/// Whether what is sent to that host stays on this machine: `localhost`, 127.0.0.0/8, ::1.
func isLoopback(_ host: String) -> Bool {
    host.lowercased() == "localhost" || IPAddress(host)?.isLoopback == true
}
