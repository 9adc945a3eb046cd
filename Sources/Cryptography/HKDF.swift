/// HKDF-SHA256 (RFC 5869): keys for one purpose each, from one secret.
package enum HKDF {
    /// A key of `count` bytes, 8,160 at most (RFC 5869 section 2.3), for the purpose that `info` names.
    package static func key(from secret: [UInt8], salt: [UInt8] = [], info: [UInt8], count: Int) -> [UInt8] {
        precondition((0...255 * Digest.length).contains(count), "HKDF-SHA256 gives no \(count) bytes")
        var extracted = HMAC.code(of: secret, under: HMACKey(salt)).bytes
        defer { SecretBytes.clear(&extracted) }
        let pseudorandomKey = HMACKey(extracted)
        var output: [UInt8] = []
        output.reserveCapacity(count + Digest.length)
        var block: [UInt8] = []
        defer { SecretBytes.clear(&block) }
        var counter: UInt8 = 0
        while output.count < count {
            counter += 1
            block = HMAC.code(of: block + info + [counter], under: pseudorandomKey).bytes
            output += block.prefix(count - output.count)
        }
        return output
    }
}
