import Basics
import Foundation

/// A time as the subscriber list writes it, `2026-12-02T10:00:00.000Z`, in three words that compare as the times do.
struct Stamp: Hashable, Sendable, Comparable {
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64

    static let length = 24

    static let distantPast = Stamp(first: 0, second: 0, third: 0)

    private init(first: UInt64, second: UInt64, third: UInt64) {
        (self.first, self.second, self.third) = (first, second, third)
    }

    /// Nil unless those 24 bytes have the shape of our own stamps; the digits are not looked at.
    init?(_ start: UnsafeRawPointer) {
        func byte(_ index: Int) -> UInt8 { start.load(fromByteOffset: index, as: UInt8.self) }
        guard byte(4) == UInt8(ascii: "-"), byte(10) == UInt8(ascii: "T"), byte(13) == UInt8(ascii: ":"),
            byte(19) == UInt8(ascii: "."), byte(23) == UInt8(ascii: "Z")
        else { return nil }
        func word(_ index: Int) -> UInt64 {
            UInt64(bigEndian: start.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        self.init(first: word(0), second: word(1), third: word(2))
    }

    init(_ date: Date) {
        let text = Array(date.stamp.utf8)
        self = text.withUnsafeBytes { bytes in
            guard bytes.count == Self.length, let start = bytes.baseAddress else { return .distantPast }
            return Stamp(start) ?? .distantPast
        }
    }

    static func < (left: Stamp, right: Stamp) -> Bool {
        if left.first != right.first { return left.first < right.first }
        if left.second != right.second { return left.second < right.second }
        return left.third < right.third
    }
}
