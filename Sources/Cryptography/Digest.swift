internal import Basics

/// The 32 bytes of a SHA-256 or an HMAC-SHA256.
package struct Digest: Hashable, Sendable {
    /// The bytes as they lie in memory.
    typealias Words = (UInt64, UInt64, UInt64, UInt64)

    package static let length = 32

    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    init(_ words: Words) { (first, second, third, fourth) = words }

    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try Swift.withUnsafeBytes(of: (first, second, third, fourth), body)
    }

    package var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

    /// 64 characters of lower-case hexadecimal.
    package var hexadecimal: String { withUnsafeBytes { Hexadecimal.text(of: $0) } }
}
