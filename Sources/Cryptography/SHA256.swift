/// SHA-256 (FIPS 180-4), at once or of content that comes in pieces.
///
/// A copy goes on by itself: so the beginning that many contents share is hashed once.
package struct SHA256: Sendable {
    private var context = DigestContext()

    package init() {}

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        if !isKnownUniquelyReferenced(&context) { context = DigestContext(copying: context) }
        context.update(bytes)
    }

    package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// Of everything so far. A copy that is kept can take more.
    package consuming func digest() -> Digest {
        isKnownUniquelyReferenced(&context) ? context.finish() : DigestContext(copying: context).finish()
    }

    package static func digest(of bytes: [UInt8]) -> Digest {
        let context = DigestContext()
        bytes.withUnsafeBytes { context.update($0) }
        return context.finish()
    }
}
