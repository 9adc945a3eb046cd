import Bulletin

/// The header of one file in a tar archive (POSIX.1-1988 ustar): 512 bytes before its content, which is padded to a
/// multiple of 512. Any `tar` reads our archives; we read only our own.
struct TarHeader: Hashable, Sendable {
    static let size = 512

    var name: String
    /// In bytes; in octal digits below 8 GiB, in base 256 above, as in GNU and BSD tar.
    var length: Int
    var permissions: UInt32
    /// Seconds since 1970.
    var modified: Int

    /// The number of padding bytes after the content.
    var padding: Int { (Self.size - length % Self.size) % Self.size }

    init(name: String, length: Int, permissions: UInt32, modified: Int) {
        (self.name, self.length, self.permissions, self.modified) = (name, length, permissions, modified)
    }

    /// Throws ``BackupFault`` for a name that does not fit: 100 bytes, or 255 in two parts at a slash.
    func bytes() throws(BackupFault) -> [UInt8] {
        let (prefix, base) = try split()
        var bytes = [UInt8](repeating: 0, count: Self.size)
        func put(_ text: some Sequence<UInt8>, at offset: Int) {
            for (index, byte) in text.enumerated() { bytes[offset + index] = byte }
        }
        put(base, at: 0)
        put(Self.octal(Int(permissions), 7).utf8, at: 100)
        put(Self.octal(0, 7).utf8, at: 108)
        put(Self.octal(0, 7).utf8, at: 116)
        if length < 1 << 33 {
            put(Self.octal(length, 11).utf8, at: 124)
        } else {
            bytes[124] = 0x80
            for index in 0..<8 { bytes[135 - index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
        }
        put(Self.octal(modified, 11).utf8, at: 136)
        put("        0".utf8, at: 148)
        put("ustar\u{0}00".utf8, at: 257)
        put(prefix, at: 345)
        let sum = bytes.reduce(0) { $0 + Int($1) }
        put((Self.octal(sum, 6) + "\u{0} ").utf8, at: 148)
        return bytes
    }

    private func split() throws(BackupFault) -> (prefix: Substring.UTF8View, base: Substring.UTF8View) {
        let name = Substring(self.name)
        if name.utf8.count <= 100 { return (Substring().utf8, name.utf8) }
        for slash in name.indices where name[slash] == "/" {
            let (prefix, base) = (name[..<slash].utf8, name[name.index(after: slash)...].utf8)
            if prefix.count <= 155, (1...100).contains(base.count) { return (prefix, base) }
        }
        throw .nameTooLong(self.name)
    }

    /// Nil for the block of zeros that ends an archive. Throws ``BackupFault`` if it is not the header of a plain file.
    init?(_ bytes: [UInt8]) throws(BackupFault) {
        guard bytes.contains(where: { $0 != 0 }) else { return nil }
        let sum = bytes.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 32 : Int($1.element)) }
        guard Self.number(bytes[148..<156]) == sum, bytes[257..<262].elementsEqual("ustar".utf8) else {
            throw .damaged("a header is damaged")
        }
        let (base, prefix) = (Self.text(bytes[0..<100]), Self.text(bytes[345..<500]))
        guard bytes[156] == UInt8(ascii: "0"), let permissions = Self.number(bytes[100..<108]),
            let length = Self.length(bytes[124..<136]), let modified = Self.number(bytes[136..<148])
        else { throw .damaged("holds an entry that Fortnight does not write: \(base)") }
        let name = prefix.isEmpty ? base : "\(prefix)/\(base)"
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !name.isEmpty, parts.allSatisfy({ !["", ".", ".."].contains($0) }) else {
            throw .damaged("holds a file that would be written outside the folder: \(name)")
        }
        self.init(name: name, length: length, permissions: UInt32(permissions & 0o7777), modified: modified)
    }

    private static func octal(_ value: Int, _ width: Int) -> String {
        let digits = String(max(0, value), radix: 8)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        Int(text(bytes).filter { $0 != " " }, radix: 8)
    }

    private static func length(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.first == 0x80 else { return number(bytes) }
        guard bytes.dropFirst().prefix(3).allSatisfy({ $0 == 0 }), bytes[bytes.startIndex + 4] < 0x80 else {
            return nil
        }
        return bytes.suffix(8).reduce(0) { $0 << 8 | Int($1) }
    }
}
