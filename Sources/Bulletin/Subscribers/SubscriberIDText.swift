package import Basics

extension SubscriberID: CustomStringConvertible {
    package var description: String {
        String(unsafeUninitializedCapacity: Self.length) { text in
            Base32.write(high, low, characters: Self.length, to: text)
            return Self.length
        }
    }

    /// Appends its 26 characters to `bytes`, without making a string.
    package func append(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.length) { text in
            Base32.write(high, low, characters: Self.length, to: text)
            bytes.append(contentsOf: text)
        }
    }
}

extension Base32 {
    /// The first `characters` (26 at most) of the text of 128 bits, most significant first.
    package static func write(
        _ high: UInt64, _ low: UInt64, characters: Int, to text: UnsafeMutableBufferPointer<UInt8>
    ) {
        let whole = UInt128(high) << 64 | UInt128(low)
        for index in 0..<characters {
            let shift = 123 - 5 * index
            let value = UInt8(truncatingIfNeeded: shift >= 0 ? whole >> UInt128(shift) : whole << UInt128(-shift)) & 31
            text[index] = value < 26 ? UInt8(ascii: "a") + value : UInt8(ascii: "2") + value - 26
        }
    }
}

extension SubscriberID {
    /// As ``init(ascii:)``, for 26 bytes in lower case, fast: a restart reads millions.
    package init?(text: UnsafeRawBufferPointer) {
        guard text.count == Self.length else { return nil }
        var whole: UInt128 = 0
        var last: UInt8 = 0
        for index in 0..<Self.length {
            let character = text[index]
            let isLetter = character &- UInt8(ascii: "a") < 26
            guard isLetter || character &- UInt8(ascii: "2") < 6 else { return nil }
            last = isLetter ? character &- UInt8(ascii: "a") : character &- UInt8(ascii: "2") &+ 26
            if index < Self.length - 1 { whole = whole << 5 | UInt128(last) }
        }
        guard last & 3 == 0 else { return nil }
        whole = whole << 3 | UInt128(last >> 2)
        self.init(high: UInt64(truncatingIfNeeded: whole >> 64), low: UInt64(truncatingIfNeeded: whole))
    }
}
