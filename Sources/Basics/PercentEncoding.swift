/// Writes every octet as `%XX` (RFC 3986 section 2.1) except ASCII letters, digits and the characters in `kept`.
package func percentEncoded(_ text: String, keeping kept: String = ".-") -> String {
    let kept = Array(kept.utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            bytes.append(byte)
        case _ where kept.contains(byte): bytes.append(byte)
        default:
            bytes.append(UInt8(ascii: "%"))
            bytes += Hexadecimal.digits(of: byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
