internal import CCrypto

/// Care with bytes that others must not learn.
package enum SecretBytes {
    /// Overwrites them, which no optimisation leaves out. Other copies stay.
    package static func clear(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    }

    /// Whether they are the same; takes the same time wherever they differ.
    package static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        return CRYPTO_memcmp(left.baseAddress, right.baseAddress, left.count) == 0
    }
}
