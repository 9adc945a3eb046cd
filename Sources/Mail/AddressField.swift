import Bulletin

// An address in a header field.
extension NamedAddress {
    /// The longest name that is written unencoded; a longer one becomes encoded words, which fold anywhere.
    private static let longestPlain = 60

    /// `"Jo Bloggs" <jo@example.org>`, folded for a line that already has `column` bytes. A name that
    /// ``HeaderText/isClean(_:)`` refuses is left out: the address alone is enough for the message to arrive.
    func write(to bytes: inout [UInt8], column: Int) {
        let wire = address.wire.utf8
        guard let name, !name.isEmpty, HeaderText.isClean(name) else {
            if column + wire.count > HeaderText.longestLine, column > 1 { HeaderText.fold(&bytes) }
            bytes += wire
            return
        }
        let end = Self.writePhrase(name, to: &bytes, column: column)
        if end + 3 + wire.count > HeaderText.longestLine { HeaderText.fold(&bytes) } else { bytes.append(0x20) }
        bytes.append(UInt8(ascii: "<"))
        bytes += wire
        bytes.append(UInt8(ascii: ">"))
    }

    /// A display name: a quoted string if it is ASCII, encoded words otherwise. A name that looks like an encoded word
    /// is encoded, so that it is read as written. Returns the column it ends at.
    static func writePhrase(_ name: String, to bytes: inout [UInt8], column: Int) -> Int {
        let plain = name.utf8.count <= longestPlain && name.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        guard plain, !HeaderText.looksEncoded(name) else {
            return HeaderText.writeWords(name, to: &bytes, column: column)
        }
        let start = bytes.count
        bytes.append(UInt8(ascii: "\""))
        for byte in name.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
        return column + bytes.count - start
    }
}
