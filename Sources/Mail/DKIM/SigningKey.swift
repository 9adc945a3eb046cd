import CCrypto
import Crypto
import Synchronization

/// A private key that signs mail (RFC 6376, RFC 8301, RFC 8463).
///
/// `@unchecked`: the key is never changed once it is made, and OpenSSL lets any number of threads sign with one
/// (openssl-threads(7)).
package final class SigningKey: @unchecked Sendable {
    package enum Algorithm: String, Sendable, CaseIterable {
        /// rsa-sha256
        case rsa
        /// ed25519-sha256, which is to stand beside an RSA signature: many receivers do not know it yet.
        case ed25519

        /// As the tag `a=` has it (RFC 6376 section 3.3, RFC 8463 section 3).
        package var tag: String { "\(rawValue)-sha256" }
    }

    /// RFC 8301 section 3.2.
    package static let leastBits = 2048

    package let algorithm: Algorithm
    /// Of an RSA key's modulus; 256 for Ed25519.
    package let bits: Int
    private let key: OpaquePointer
    /// The same key, where it is of that kind: swift-crypto signs with it in half of OpenSSL's time, as OpenSSL does with
    /// RSA in half of swift-crypto's.
    private let edwards: Curve25519.Signing.PrivateKey?
    /// What RSA signs with, ready for the next message; one for each thread that signs at a time.
    private let ready = Mutex<[Context]>([])

    /// `@unchecked`: OpenSSL's, and used by whoever took it out of ``ready``.
    private struct Context: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    /// Takes `key` over.
    private init(_ key: OpaquePointer, _ algorithm: Algorithm) {
        (self.key, self.algorithm) = (key, algorithm)
        bits = Int(EVP_PKEY_get_bits(key))
        var seed = [UInt8](repeating: 0, count: 32)
        var count = seed.count
        let isThere = algorithm == .ed25519 && EVP_PKEY_get_raw_private_key(key, &seed, &count) == 1
        edwards = isThere ? try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) : nil
    }

    deinit {
        ready.withLock { for context in $0 { EVP_PKEY_CTX_free(context.pointer) } }
        EVP_PKEY_free(key)
    }

    /// Reads the first private key of a PEM file: PKCS#8 (RFC 5958), or PKCS#1 for RSA (RFC 8017). Throws where there is
    /// none, where it is encrypted, of another kind or too short, or where its two halves do not go together.
    package convenience init(pem: [UInt8]) throws(SigningKeyFault) {
        try self.init(pem: pem, leastBits: Self.leastBits)
    }

    /// As ``init(pem:)``, for the examples of RFC 8463, whose key is shorter.
    convenience init(pem: [UInt8], leastBits: Int) throws(SigningKeyFault) {
        guard let source = BIO_new_mem_buf(pem, Int32(pem.count)) else { throw .outOfMemory }
        defer { BIO_free(source) }
        // Without a callback OpenSSL would ask at the terminal for the password of an encrypted key.
        guard let key = PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil) else {
            let text = String(decoding: pem, as: UTF8.self)
            throw text.contains("ENCRYPTED") ? .encrypted : text.contains("PUBLIC KEY") ? .publicOnly : .notAKey
        }
        let algorithm: Algorithm
        switch EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_RSA: algorithm = .rsa
        case EVP_PKEY_ED25519: algorithm = .ed25519
        default:
            EVP_PKEY_free(key)
            throw .otherKind
        }
        self.init(key, algorithm)
        guard algorithm != .rsa || bits >= leastBits else { throw .tooShort(bits: bits) }
        let probe = [UInt8](repeating: 0x5A, count: Self.digestLength)
        guard let signature = try? signature(of: probe), verifies(signature, of: probe) else { throw .inconsistent }
    }

    /// Makes a new key: RSA of 2048 bits, or Ed25519.
    package static func make(_ algorithm: Algorithm) throws(SigningKeyFault) -> SigningKey {
        let kind = algorithm == .rsa ? EVP_PKEY_RSA : EVP_PKEY_ED25519
        guard let context = EVP_PKEY_CTX_new_id(kind, nil) else { throw .outOfMemory }
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            algorithm != .rsa || EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(leastBits)) == 1,
            EVP_PKEY_keygen(context, &key) == 1, let key
        else { throw .outOfMemory }
        return SigningKey(key, algorithm)
    }

    /// The private key in PEM, as PKCS#8.
    package func pem() throws(SigningKeyFault) -> [UInt8] {
        guard let sink = BIO_new(BIO_s_mem()) else { throw .outOfMemory }
        defer { BIO_free(sink) }
        guard PEM_write_bio_PKCS8PrivateKey(sink, key, nil, nil, 0, nil, nil) == 1 else { throw .outOfMemory }
        var bytes = [UInt8](repeating: 0, count: 16 * 1024)
        let count = BIO_read(sink, &bytes, Int32(bytes.count))
        guard count > 0 else { throw .outOfMemory }
        return Array(bytes.prefix(Int(count)))
    }

    /// The public key as the tag `p=` of its record holds it: SubjectPublicKeyInfo for RSA (RFC 6376 section 3.6.1), the
    /// 32 bytes alone for Ed25519 (RFC 8463 section 4).
    package func publicBytes() throws(SigningKeyFault) -> [UInt8] {
        switch algorithm {
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

    /// Of SHA-256.
    static let digestLength = 32

    /// The signature of what `digest` is the SHA-256 of. Ed25519 signs the digest itself (RFC 8463 section 3), RSA by
    /// RSASSA-PKCS1-v1_5 (RFC 6376 section 3.3.2): both give the same bytes for the same digest.
    func signature(of digest: [UInt8]) throws(SigningKeyFault) -> [UInt8] {
        precondition(digest.count == Self.digestLength)
        if let edwards {
            guard let signature = try? edwards.signature(for: digest) else { throw .outOfMemory }
            return Array(signature)
        }
        var bytes = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(key)))
        var count = bytes.count
        guard algorithm == .rsa,
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

    /// Whether the public half says that `signature` is of `digest`.
    func verifies(_ signature: [UInt8], of digest: [UInt8]) -> Bool {
        switch algorithm {
        case .rsa:
            guard let context = rsaContext(EVP_PKEY_verify_init) else { return false }
            defer { EVP_PKEY_CTX_free(context) }
            return EVP_PKEY_verify(context, signature, signature.count, digest, digest.count) == 1
        case .ed25519:
            guard let context = EVP_MD_CTX_new() else { return false }
            defer { EVP_MD_CTX_free(context) }
            return EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
                && EVP_DigestVerify(context, signature, signature.count, digest, digest.count) == 1
        }
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

/// Why a key cannot be used; ``matter`` goes on from the name of its file.
package enum SigningKeyFault: Error, Hashable, Sendable, CustomStringConvertible {
    case notAKey
    case publicOnly
    case encrypted
    case otherKind
    case tooShort(bits: Int)
    case inconsistent
    case outOfMemory

    /// What is wrong with the file.
    package var matter: String {
        switch self {
        case .notAKey: "holds no private key in PEM"
        case .publicOnly: "holds a public key, which cannot sign"
        case .encrypted: "holds a key under a password, which nobody is there to type"
        case .otherKind: "holds a key that is neither RSA nor Ed25519"
        case .tooShort(let bits):
            "holds an RSA key of \(bits) bits, where receivers want \(SigningKey.leastBits) at least"
        case .inconsistent: "holds a damaged key, whose halves do not go together"
        case .outOfMemory: "could not be used: OpenSSL had no memory, or has no such algorithm"
        }
    }

    package var remedy: String {
        switch self {
        case .publicOnly: "name the file of the private key"
        case .encrypted: "take the password off, or make a key with \"fortnight dkim generate\""
        case .outOfMemory: "try again"
        default: "make a key with \"fortnight dkim generate\""
        }
    }

    package var description: String { "\(matter): \(remedy)" }
}
