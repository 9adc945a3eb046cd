import Foundation
import NIOCore

/// The header section of a message or of a part, unfolded (RFC 5322 section 2.2.3) and not decoded.
struct HeaderFields: Equatable {
    /// In the order they stand.
    let fields: [(name: String, value: String)]
    /// Octets up to and including the empty line.
    let length: Int

    static func == (left: Self, right: Self) -> Bool {
        left.length == right.length && left.fields.elementsEqual(right.fields, by: ==)
    }

    /// Reads until the empty line or the end. What is no field is passed over: this is for looking, not for judging.
    init(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        var found: [(name: String, value: String)] = []
        var at = 0
        while at < bytes.count {
            let end = bytes[at...].firstIndex(of: 10) ?? bytes.count
            let hasCR = end > at && end < bytes.count && bytes[end - 1] == 13
            let line = bytes[at..<(hasCR ? end - 1 : end)]
            at = min(end + 1, bytes.count)
            guard let first = line.first else { break }
            if first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
                if let last = found.indices.last { found[last].value += String(decoding: line, as: UTF8.self) }
            } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
                let value = line[(colon + 1)...].drop { $0 == 32 || $0 == 9 }
                found.append(
                    (String(decoding: line[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self)))
            }
        }
        fields = found
        length = at
    }

    /// The first field of that name, letter case aside.
    subscript(_ name: String) -> String? {
        fields.first { $0.name.caseInsensitiveCompare(name) == .orderedSame }?.value
    }

    /// Whether the header section holds an octet beyond ASCII.
    static func haveEightBit(_ message: ByteBuffer) -> Bool {
        var lineIsEmpty = true
        for byte in message.readableBytesView {
            if byte >= 0x80 { return true }
            if byte == 10, lineIsEmpty { return false }
            if byte != 13 { lineIsEmpty = byte == 10 }
        }
        return false
    }

    /// Message-ID and Subject, found without reading the rest: this runs for every message taken.
    static func messageIDAndSubject(_ message: ByteBuffer) -> (messageID: String?, subject: String) {
        message.withUnsafeReadableBytes { bytes in
            var (messageID, subject, at) = (String?.none, "", 0)
            while let line = lineEnd(bytes, at), line > at {
                let wantsID = starts(bytes, at, line, with: "message-id:")
                let wantsSubject = !wantsID && starts(bytes, at, line, with: "subject:")
                var end = line
                if wantsID || wantsSubject {
                    // A folded field goes on while lines begin with white space.
                    while end + 2 < bytes.count, bytes[end + 2] == 32 || bytes[end + 2] == 9 {
                        end = lineEnd(bytes, end + 2) ?? bytes.count
                    }
                    let start = at + (wantsID ? 11 : 8)
                    let value = String(
                        decoding: bytes[start..<max(start, end)].filter { $0 != 13 && $0 != 10 }, as: UTF8.self
                    )
                    .trimmingCharacters(in: .whitespaces)
                    if wantsID { messageID = messageID ?? value } else { subject = value }
                }
                at = end + 2
            }
            return (messageID, subject)
        }
    }

    /// Where the CR of the CRLF stands that ends the line beginning here.
    private static func lineEnd(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress,
            let found = memchr(base + start, 13, bytes.count - start)
        else { return nil }
        return base.distance(to: UnsafeRawPointer(found))
    }

    private static func starts(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, with name: StaticString
    ) -> Bool {
        guard end - start >= name.utf8CodeUnitCount, let base = bytes.baseAddress else { return false }
        return strncasecmp(
            (base + start).assumingMemoryBound(to: CChar.self),
            UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self), name.utf8CodeUnitCount) == 0
    }
}
