import Basics

/// A subscriber's permanent name in files, links and return paths: a keyed hash of 128 bits, written as 26 characters
/// of lower-case base32. It is derived once, from the first address or number, or drawn at random for post, and reveals
/// nothing about the person without the secret.
package struct SubscriberID: Hashable, Sendable {
    package let high: UInt64
    package let low: UInt64

    /// The number of characters of its text.
    package static let length = 26

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The first 16 bytes of a keyed hash, most significant first.
    package init(hash: some Sequence<UInt8>) {
        var words: [UInt64] = [0, 0]
        for (index, byte) in hash.prefix(16).enumerated() {
            words[index / 8] = words[index / 8] << 8 | UInt64(byte)
        }
        self.init(high: words[0], low: words[1])
    }

    /// The id of that text, in either case; nil if it is not an id.
    package init?(_ text: some StringProtocol) {
        self.init(ascii: text.utf8)
    }

    /// As ``init(_:)``, from the bytes of a file.
    package init?(ascii: some Sequence<UInt8>) {
        var high: UInt64 = 0
        var low: UInt64 = 0
        var count = 0
        for character in ascii {
            guard count < Self.length, let value = Base32.value(character) else { return nil }
            count += 1
            if count == Self.length {
                guard value & 3 == 0 else { return nil }
                high = high << 3 | low >> 61
                low = low << 3 | UInt64(value >> 2)
            } else {
                high = high << 5 | low >> 59
                low = low << 5 | UInt64(value)
            }
        }
        guard count == Self.length else { return nil }
        self.init(high: high, low: low)
    }

    /// Its 16 bytes, most significant first.
    package var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) } }
    }
}

extension SubscriberID: Comparable {
    package static func < (left: SubscriberID, right: SubscriberID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }
}

extension SubscriberID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = SubscriberID(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a subscriber's id")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
