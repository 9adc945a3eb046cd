import Cryptography

/// A private key that signs mail (RFC 6376, RFC 8301, RFC 8463).
package struct SigningKey: Sendable {
    package enum Algorithm: String, Sendable, CaseIterable {
        /// rsa-sha256
        case rsa
        /// ed25519-sha256, to be used beside an RSA signature: many receivers do not know it yet.
        case ed25519

        /// The value of the tag `a=` (RFC 6376 section 3.3, RFC 8463 section 3).
        package var tag: String { "\(rawValue)-sha256" }
    }

    /// RFC 8301 section 3.2.
    package static let leastBits = 2048

    private let key: PrivateKey

    package var algorithm: Algorithm {
        switch key.kind {
        case .rsa: .rsa
        case .ed25519: .ed25519
        }
    }

    /// Of an RSA key's modulus.
    package var bits: Int { key.bits }

    private init(_ key: PrivateKey) { self.key = key }

    /// Reads the first private key of a PEM file: PKCS#8 (RFC 5958), or PKCS#1 for RSA (RFC 8017). Throws where there is
    /// none, where it is encrypted, of another kind or too short, or where its two halves do not go together.
    package init(pem: [UInt8]) throws(SigningKeyFault) {
        try self.init(pem: pem, leastBits: Self.leastBits)
    }

    /// As ``init(pem:)``, for the examples of RFC 8463, whose key is shorter.
    init(pem: [UInt8], leastBits: Int) throws(SigningKeyFault) {
        do throws(PrivateKeyFault) {
            key = try PrivateKey(pem: pem)
        } catch {
            throw SigningKeyFault(error, pem: pem)
        }
        guard algorithm != .rsa || bits >= leastBits else { throw .tooShort(bits: bits) }
        let probe = [UInt8](repeating: 0x5A, count: Digest.length)
        guard let signature = try? signature(of: probe), verifies(signature, of: probe) else { throw .inconsistent }
    }

    /// Makes a new key: RSA of 2048 bits, or Ed25519.
    package static func make(_ algorithm: Algorithm) throws(SigningKeyFault) -> SigningKey {
        let kind: PrivateKey.Kind =
            switch algorithm {
            case .rsa: .rsa
            case .ed25519: .ed25519
            }
        return SigningKey(
            try SigningKeyFault.translating { () throws(PrivateKeyFault) in
                try PrivateKey.make(kind, bits: leastBits)
            })
    }

    /// The private key in PEM, as PKCS#8.
    package func pem() throws(SigningKeyFault) -> [UInt8] {
        try SigningKeyFault.translating { () throws(PrivateKeyFault) in try key.pem() }
    }

    /// The public key for the tag `p=` of its record: SubjectPublicKeyInfo for RSA (RFC 6376 section 3.6.1), only the
    /// 32 bytes for Ed25519 (RFC 8463 section 4).
    package func publicBytes() throws(SigningKeyFault) -> [UInt8] {
        try SigningKeyFault.translating { () throws(PrivateKeyFault) in try key.publicBytes() }
    }

    /// The signature of the content whose SHA-256 is `digest`. Ed25519 signs the digest itself (RFC 8463 section 3), RSA by
    /// RSASSA-PKCS1-v1_5 (RFC 6376 section 3.3.2): both give the same bytes for the same digest.
    func signature(of digest: [UInt8]) throws(SigningKeyFault) -> [UInt8] {
        try SigningKeyFault.translating { () throws(PrivateKeyFault) in
            switch key.kind {
            case .rsa: try key.rsaSignature(of: digest)
            case .ed25519: try key.ed25519Signature(of: digest)
            }
        }
    }

    /// Whether the public half verifies `signature` for `digest`.
    func verifies(_ signature: [UInt8], of digest: [UInt8]) -> Bool {
        switch key.kind {
        case .rsa: key.verifies(rsaSignature: signature, of: digest)
        case .ed25519: key.verifies(ed25519Signature: signature, of: digest)
        }
    }
}

/// Why a key cannot be used; ``matter`` continues the name of its file.
package enum SigningKeyFault: Error, Hashable, Sendable, CustomStringConvertible {
    case notAKey
    case publicOnly
    case encrypted
    case otherKind
    case tooShort(bits: Int)
    case inconsistent
    case outOfMemory

    fileprivate init(_ fault: PrivateKeyFault, pem: [UInt8]) {
        switch fault {
        case .unreadable:
            let text = String(decoding: pem, as: UTF8.self)
            self = text.contains("ENCRYPTED") ? .encrypted : text.contains("PUBLIC KEY") ? .publicOnly : .notAKey
        case .otherKind: self = .otherKind
        case .outOfMemory: self = .outOfMemory
        }
    }

    fileprivate static func translating<Result>(
        _ body: () throws(PrivateKeyFault) -> Result
    ) throws(SigningKeyFault) -> Result {
        do throws(PrivateKeyFault) {
            return try body()
        } catch {
            throw SigningKeyFault(error, pem: [])
        }
    }

    /// The fault of the file.
    package var matter: String {
        switch self {
        case .notAKey: "contains no private key in PEM"
        case .publicOnly: "contains a public key, which cannot sign"
        case .encrypted: "contains a key protected by a password, which the daemon cannot enter"
        case .otherKind: "contains a key that is neither RSA nor Ed25519"
        case .tooShort(let bits):
            "contains an RSA key of \(bits) bits, but receivers require \(SigningKey.leastBits) at least"
        case .inconsistent: "contains a damaged key, whose halves do not match"
        case .outOfMemory: "could not be used: OpenSSL has no memory left, or does not support the algorithm"
        }
    }

    package var remedy: String {
        switch self {
        case .publicOnly: "name the file of the private key"
        case .encrypted: "remove the password, or make a key with \"fortnight dkim generate\""
        case .outOfMemory: "try again"
        default: "make a key with \"fortnight dkim generate\""
        }
    }

    package var description: String { "\(matter): \(remedy)" }
}
