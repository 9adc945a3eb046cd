extension EmailAddress {
    /// The address in those bytes if it is of the simplest form: ASCII, no surrounding space, no quotes, the domain in
    /// lower case and without A-labels. That holds for nearly all of a million; nil only means that the full parser is
    /// needed.
    package init?(plain bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count <= 254, let at = bytes.firstIndex(of: UInt8(ascii: "@")), (1...64).contains(at) else {
            return nil
        }
        var previous = UInt8(ascii: ".")
        for byte in bytes[..<at] {
            if byte == UInt8(ascii: ".") {
                guard previous != UInt8(ascii: ".") else { return nil }
            } else {
                guard
                    Self.isPlain(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "+")
                        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                else { return nil }
            }
            previous = byte
        }
        guard previous != UInt8(ascii: "."), Self.isPlainDomain(bytes[(at + 1)...]) else { return nil }
        local = String(decoding: bytes[..<at], as: UTF8.self)
        domain = String(decoding: bytes[(at + 1)...], as: UTF8.self)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || byte == UInt8(ascii: "-")
    }

    /// Two labels or more of letters, digits and single hyphens, the last one beginning with a letter.
    private static func isPlainDomain(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        var previous = UInt8(ascii: ".")
        var length = 0
        var labels = 1
        var beginsWithLetter = false
        for byte in bytes {
            if byte == UInt8(ascii: ".") {
                guard length > 0, previous != UInt8(ascii: "-") else { return false }
                length = 0
                labels += 1
            } else {
                guard isPlain(byte) else { return false }
                if byte == UInt8(ascii: "-") {
                    guard length > 0, previous != UInt8(ascii: "-") else { return false }
                }
                if length == 0 { beginsWithLetter = byte >= UInt8(ascii: "a") }
                length += 1
                guard length <= 63 else { return false }
            }
            previous = byte
        }
        return labels >= 2 && length > 0 && previous != UInt8(ascii: "-") && beginsWithLetter && bytes.count <= 253
    }
}
