extension SubscriberID: CustomStringConvertible {
    package var description: String {
        String(unsafeUninitializedCapacity: Self.length) { text in
            Base32.write(high, low, characters: Self.length, to: text)
            return Self.length
        }
    }

    /// Puts its 26 characters at the end of `bytes`, without making a string on the way.
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
