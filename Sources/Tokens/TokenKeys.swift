import Basics
package import Bulletin
internal import Cryptography

/// Every key that Fortnight makes or checks codes with, derived from the state folder's secret (HKDF-SHA256, RFC 5869):
/// one key for each purpose, so that a code made for one is useless for another. All codes are HMAC-SHA256 (RFC 2104),
/// all text lower-case base32, because some mail systems fold the case of a local part.
///
/// The purposes' labels end in a version. They are never changed: ids and links live as long as the bulletin.
package struct TokenKeys: Sendable {
    /// The length of the secret in bytes.
    package static let secretLength = 32

    let identity: HMACKey
    let leaving: HMACKey
    let choosing: HMACKey
    let confirming: HMACKey
    let mailedLeaving: HMACKey
    let mailedConfirming: HMACKey
    let returning: HMACKey

    /// - Parameter secret: 32 random bytes; callers that read it from a file have checked its length.
    package init(secret: [UInt8]) {
        precondition(secret.count == Self.secretLength, "a secret of \(secret.count) bytes")
        func key(_ purpose: String) -> HMACKey {
            var bytes = HKDF.key(from: secret, info: Array("fortnight \(purpose)".utf8), count: Digest.length)
            defer { SecretBytes.clear(&bytes) }
            return HMACKey(bytes)
        }
        identity = key("subscriber-id/1")
        leaving = key("leave/1")
        choosing = key("choices/1")
        confirming = key("confirm/1")
        mailedLeaving = key("mailed-leave/1")
        mailedConfirming = key("mailed-confirm/1")
        returning = key("return-path/1")
    }
}

/// The 128 bits that are kept of a code, most significant first.
struct Seal {
    let high: UInt64
    let low: UInt64

    /// The number of characters of its whole text.
    static let length = SubscriberID.length

    init(of content: (inout HMAC) -> Void, under key: HMACKey) {
        var code = HMAC(key)
        content(&code)
        (high, low) = code.code().withUnsafeBytes { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    /// Appends the first `count` characters of its text to `bytes`.
    func append(_ count: Int = length, to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { text in
            Base32.write(high, low, characters: count, to: text)
            bytes.append(contentsOf: text)
        }
    }

    /// Whether `text`, in either case, is the first `count` characters of its text; takes the same time wherever they
    /// differ.
    func opens(_ text: some Collection<UInt8>, count: Int = length) -> Bool {
        guard text.count == count else { return false }
        let given = text.map { folded($0) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { expected in
            Base32.write(high, low, characters: count, to: expected)
            return given.withUnsafeBytes { SecretBytes.areEqual($0, UnsafeRawBufferPointer(expected)) }
        }
    }

    private func folded(_ character: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(character) ? character | 0x20 : character
    }
}

extension HMAC {
    mutating func update(_ words: UInt64...) {
        for word in words { withUnsafeBytes(of: word.bigEndian) { update($0) } }
    }

    mutating func update(_ id: SubscriberID) {
        withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { update($0) }
    }
}

extension TokenKeys {
    /// The id of a person with that address: the same for every spelling of it (``EmailAddress/canonical``).
    package func id(for address: EmailAddress) -> SubscriberID { id(of: Array("address:\(address.canonical)".utf8)) }

    /// The id of a person reached at that number who has no address.
    package func id(for number: PhoneNumber) -> SubscriberID { id(of: Array("tel:\(number)".utf8)) }

    /// The id of a person reached only by post: made from a random value, which ``id(forPostUsing:)`` draws.
    package func id(forPost random: [UInt8]) -> SubscriberID { id(of: Array("post:".utf8) + random) }

    /// As ``id(forPost:)``, with 16 fresh random bytes.
    package func id(forPostUsing generator: inout some RandomNumberGenerator) -> SubscriberID {
        id(forPost: (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    private func id(of content: [UInt8]) -> SubscriberID {
        let code = Seal(of: { $0.update(content) }, under: identity)
        return SubscriberID(high: code.high, low: code.low)
    }
}
