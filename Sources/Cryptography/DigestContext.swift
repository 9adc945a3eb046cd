internal import CCrypto

/// A SHA-256 in progress, as OpenSSL keeps it. OpenSSL clears its memory when it is freed.
///
/// `@unchecked`: ``SHA256`` and ``HMAC`` change a context only while nobody else holds it.
final class DigestContext: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Looked up once: OpenSSL would search its providers for it at each use.
    private struct Algorithm: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private static let sha256: Algorithm = {
        guard let pointer = EVP_MD_fetch(nil, "SHA256", nil) else {
            fatalError("OpenSSL offers no SHA-256: its configuration (openssl.cnf) activates no provider that has it")
        }
        return Algorithm(pointer: pointer)
    }()

    init() {
        pointer = Self.memory()
        Self.check(EVP_DigestInit_ex2(pointer, Self.sha256.pointer, nil))
    }

    init(copying other: DigestContext) {
        pointer = Self.memory()
        set(to: other)
    }

    deinit { EVP_MD_CTX_free(pointer) }

    func set(to other: DigestContext) { Self.check(EVP_MD_CTX_copy_ex(pointer, other.pointer)) }

    func update(_ bytes: UnsafeRawBufferPointer) {
        Self.check(EVP_DigestUpdate(pointer, bytes.baseAddress, bytes.count))
    }

    /// The context is of no use afterwards, until it is ``set(to:)`` another.
    func finish() -> Digest {
        var words: Digest.Words = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { bytes in
            Self.check(EVP_DigestFinal_ex(pointer, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), nil))
        }
        return Digest(words)
    }

    private static func memory() -> OpaquePointer {
        guard let pointer = EVP_MD_CTX_new() else { fatalError("OpenSSL has no memory for a SHA-256") }
        return pointer
    }

    /// SHA-256 itself cannot fail: there is memory, or there is not.
    private static func check(_ result: Int32) {
        guard result == 1 else { fatalError("OpenSSL has no memory for a SHA-256") }
    }
}
