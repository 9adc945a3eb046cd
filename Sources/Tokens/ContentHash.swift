internal import Cryptography

/// SHA-256 (FIPS 180-4) of content that must no longer change.
package enum ContentHash {
    /// 64 characters of lower-case hexadecimal. Each part is hashed with its length, so that no byte can move unnoticed
    /// from one part to the next.
    package static func hexadecimal(of parts: [[UInt8]]) -> String {
        var hash = SHA256()
        for part in parts {
            withUnsafeBytes(of: UInt64(part.count).bigEndian) { hash.update($0) }
            hash.update(part)
        }
        return hash.digest().hexadecimal
    }

    /// SHA-256 of one content, as `sha256sum` prints it.
    package static func hexadecimal(of content: [UInt8]) -> String { SHA256.digest(of: content).hexadecimal }

    /// SHA-256 of content that comes in pieces.
    package struct Running {
        private var hash = SHA256()

        package init() {}

        package mutating func add(_ piece: [UInt8]) { hash.update(piece) }

        /// Of all pieces so far, as `sha256sum` prints it.
        package var hexadecimal: String { hash.digest().hexadecimal }
    }
}
