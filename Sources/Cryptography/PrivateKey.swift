internal import CCrypto
import Synchronization

/// A private key, RSA or Ed25519, in OpenSSL's memory, which OpenSSL clears when the key goes.
///
/// `@unchecked`: the key is never changed once it is made, and OpenSSL lets any number of threads sign with one
/// (openssl-threads(7)).
package final class PrivateKey: @unchecked Sendable {
    package enum Kind: Sendable, CaseIterable {
        case rsa
        case ed25519
    }

    package let kind: Kind
    /// Of an RSA key's modulus; about 256 for Ed25519.
    package let bits: Int
    private let key: OpaquePointer
    /// Contexts that are ready for the next RSA signature, one for each thread that signs at a time.
    private let ready = Mutex<[Context]>([])

    /// `@unchecked`: used by one thread at a time, the one that took it out of ``ready``.
    private struct Context: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    /// Takes `key` over.
    private init(_ key: OpaquePointer, _ kind: Kind) {
        (self.key, self.kind) = (key, kind)
        bits = Int(EVP_PKEY_get_bits(key))
    }

    deinit {
        ready.withLock { for context in $0 { EVP_PKEY_CTX_free(context.pointer) } }
        EVP_PKEY_free(key)
    }

    /// Reads the first private key of a PEM file: PKCS#8 (RFC 5958), or PKCS#1 for RSA (RFC 8017).
    /// - Throws: ``PrivateKeyFault``, where there is none that can be read without a password.
    package convenience init(pem: [UInt8]) throws(PrivateKeyFault) {
        let key = pem.withUnsafeBytes { bytes -> OpaquePointer? in
            guard let source = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
            defer { BIO_free(source) }
            // Without a callback OpenSSL would ask at the terminal for the password of an encrypted key.
            return PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
        }
        guard let key else {
            ERR_clear_error()
            throw .unreadable
        }
        switch EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_RSA: self.init(key, .rsa)
        case EVP_PKEY_ED25519: self.init(key, .ed25519)
        default:
            EVP_PKEY_free(key)
            throw .otherKind
        }
    }

    /// Makes a new key; `bits` are those of an RSA key's modulus.
    package static func make(_ kind: Kind, bits: Int) throws(PrivateKeyFault) -> PrivateKey {
        guard let context = EVP_PKEY_CTX_new_id(kind == .rsa ? EVP_PKEY_RSA : EVP_PKEY_ED25519, nil) else {
            throw .outOfMemory
        }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            kind != .rsa || EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bits)) == 1,
            EVP_PKEY_keygen(context, &key) == 1, let key
        else { throw .outOfMemory }
        return PrivateKey(key, kind)
    }

    /// In PEM, as PKCS#8.
    package func pem() throws(PrivateKeyFault) -> [UInt8] {
        guard let sink = BIO_new(BIO_s_secmem()) else { throw .outOfMemory }
        defer { BIO_free(sink) }
        guard PEM_write_bio_PKCS8PrivateKey(sink, key, nil, nil, 0, nil, nil) == 1 else { throw .outOfMemory }
        var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(sink))
        guard BIO_read(sink, &bytes, Int32(bytes.count)) == Int32(bytes.count) else { throw .outOfMemory }
        return bytes
    }

    /// The public key: SubjectPublicKeyInfo (RFC 5280) for RSA, the 32 bytes alone (RFC 8032) for Ed25519.
    package func publicBytes() throws(PrivateKeyFault) -> [UInt8] {
        switch kind {
        case .rsa:
            let length = i2d_PUBKEY(key, nil)
            guard length > 0 else { throw .outOfMemory }
            var bytes = [UInt8](repeating: 0, count: Int(length))
            let written = bytes.withUnsafeMutableBufferPointer { buffer in
                var place = buffer.baseAddress
                return i2d_PUBKEY(key, &place)
            }
            guard written == length else { throw .outOfMemory }
            return bytes
        case .ed25519:
            var bytes = [UInt8](repeating: 0, count: 32)
            var count = bytes.count
            guard EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1, count == 32 else { throw .outOfMemory }
            return bytes
        }
    }

    /// RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2) of the content whose SHA-256 is `digest`; of an RSA key only. The same
    /// digest gives the same bytes.
    package func rsaSignature(of digest: [UInt8]) throws(PrivateKeyFault) -> [UInt8] {
        precondition(kind == .rsa && digest.count == Digest.length)
        var bytes = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(key)))
        var count = bytes.count
        guard
            let context = ready.withLock({ $0.popLast() })
                ?? rsaContext(EVP_PKEY_sign_init).map({ Context(pointer: $0) })
        else { throw .outOfMemory }
        guard EVP_PKEY_sign(context.pointer, &bytes, &count, digest, digest.count) == 1 else {
            EVP_PKEY_CTX_free(context.pointer)
            throw .outOfMemory
        }
        // More than one signature may be made with it (EVP_PKEY_sign(3)), and making it ready takes a while.
        ready.withLock { $0.append(context) }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    /// Whether the public half says that `signature` is ``rsaSignature(of:)`` of `digest`.
    package func verifies(rsaSignature signature: [UInt8], of digest: [UInt8]) -> Bool {
        guard kind == .rsa, let context = rsaContext(EVP_PKEY_verify_init) else { return false }
        defer { EVP_PKEY_CTX_free(context) }
        return EVP_PKEY_verify(context, signature, signature.count, digest, digest.count) == 1
    }

    /// Ed25519 (RFC 8032) of `message`; of such a key only. The same message gives the same bytes.
    package func ed25519Signature(of message: [UInt8]) throws(PrivateKeyFault) -> [UInt8] {
        precondition(kind == .ed25519)
        guard let context = EVP_MD_CTX_new() else { throw .outOfMemory }
        defer { EVP_MD_CTX_free(context) }
        var bytes = [UInt8](repeating: 0, count: 64)
        var count = bytes.count
        guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
            EVP_DigestSign(context, &bytes, &count, message, message.count) == 1, count == bytes.count
        else { throw .outOfMemory }
        return bytes
    }

    /// Whether the public half says that `signature` is ``ed25519Signature(of:)`` of `message`.
    package func verifies(ed25519Signature signature: [UInt8], of message: [UInt8]) -> Bool {
        guard kind == .ed25519, let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        return EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    /// To be freed; nil where there is no memory for it.
    private func rsaContext(_ begin: (OpaquePointer?) -> Int32) -> OpaquePointer? {
        guard let context = EVP_PKEY_CTX_new(key, nil) else { return nil }
        guard begin(context) == 1, EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1,
            EVP_PKEY_CTX_set_signature_md(context, EVP_sha256()) == 1
        else {
            EVP_PKEY_CTX_free(context)
            return nil
        }
        return context
    }
}

/// Why there is no key.
package enum PrivateKeyFault: Error, Hashable, Sendable {
    /// No private key in PEM, or one under a password.
    case unreadable
    /// Neither RSA nor Ed25519.
    case otherKind
    /// OpenSSL has no memory, or no such algorithm.
    case outOfMemory
}
