internal import CCrypto

/// A key for HMAC-SHA256 (RFC 2104). Its two blocks are hashed once: that is most of the work of a short code. Any number of
/// threads may use it at a time.
package struct HMACKey: Sendable {
    fileprivate let inner = DigestContext()
    fileprivate let outer = DigestContext()

    private static let blockLength = 64

    package init(_ key: some Collection<UInt8>) {
        var block = Array(key)
        if block.count > Self.blockLength { block = SHA256.digest(of: block).bytes }
        block += Array(repeating: 0, count: Self.blockLength - block.count)
        defer { SecretBytes.clear(&block) }
        for (context, pad) in [(inner, UInt8(0x36)), (outer, 0x5C)] {
            for index in block.indices { block[index] ^= pad }
            block.withUnsafeBytes { context.update($0) }
            for index in block.indices { block[index] ^= pad }
        }
    }
}

/// An HMAC-SHA256 in progress.
package struct HMAC: ~Copyable {
    private let key: HMACKey
    private let context: DigestContext

    package init(_ key: HMACKey) {
        self.key = key
        context = DigestContext(copying: key.inner)
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) { context.update(bytes) }

    package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { context.update($0) } }

    package consuming func code() -> Digest {
        let digest = context.finish()
        context.set(to: key.outer)
        digest.withUnsafeBytes { context.update($0) }
        return context.finish()
    }

    package static func code(of bytes: [UInt8], under key: HMACKey) -> Digest {
        var code = HMAC(key)
        code.update(bytes)
        return code.code()
    }
}
