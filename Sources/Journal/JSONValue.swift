import Glibc

/// A JSON value within a line, read without decoding the parts that are not asked for. It is valid as long as the bytes
/// are. For millions of lines; files written by hand go to a decoder with better errors.
package struct JSONValue {
    package let bytes: UnsafeRawBufferPointer

    /// The fields of an object (RFC 8259), in any order and spacing, each with its key. False if the bytes are not one
    /// object, or if `body` returns false.
    package static func fields(
        of bytes: UnsafeRawBufferPointer, _ body: (_ key: String, JSONValue) -> Bool
    ) -> Bool {
        var scan = JSONScan(bytes: bytes)
        return scan.object(depth: 0, body) && scan.isAtEnd
    }

    /// As ``fields(of:_:)``, for a value that is an object.
    package func fields(_ body: (_ key: String, JSONValue) -> Bool) -> Bool { Self.fields(of: bytes, body) }

    /// The values of an array, in order. False if it is not an array, or if `body` returns false.
    package func elements(_ body: (JSONValue) -> Bool) -> Bool {
        var scan = JSONScan(bytes: bytes)
        return scan.array(depth: 0, body) && scan.isAtEnd
    }

    package var isNull: Bool { bytes.elementsEqual("null".utf8) }

    /// Nil if it is not a string, or a string of broken Unicode.
    package var text: String? {
        guard let inner = quoted else { return nil }
        guard let base = inner.baseAddress, inner.count > 0 else { return "" }
        if memchr(base, Int32(UInt8(ascii: "\\")), inner.count) == nil { return JSONScan.string(inner) }
        return JSONScan.unescape(inner)
    }

    /// The bytes between a string's quotation marks, still escaped; nil if it is not a string.
    package var quoted: UnsafeRawBufferPointer? {
        guard bytes.count >= 2, bytes[0] == UInt8(ascii: "\"") else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[1..<bytes.count - 1])
    }

    /// Nil if it is not a whole number.
    package var number: Int? {
        var value = 0
        var digits = bytes[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits = digits.dropFirst() }
        guard !digits.isEmpty, digits.count <= 18 else { return nil }
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return isNegative ? -value : value
    }

    /// Nil if it is neither true nor false.
    package var truth: Bool? {
        if bytes.elementsEqual("true".utf8) { return true }
        return bytes.elementsEqual("false".utf8) ? false : nil
    }
}

/// Scans JSON text, checking its form.
private struct JSONScan {
    let bytes: UnsafeRawBufferPointer
    var at = 0

    /// Records do not nest deeper; a line of a million brackets must not overflow the stack.
    static let mostNesting = 16

    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return at == bytes.count
        }
    }

    mutating func object(depth: Int, _ body: (String, JSONValue) -> Bool) -> Bool {
        guard depth < Self.mostNesting, next("{") else { return false }
        if next("}") { return true }
        repeat {
            skipSpace()
            guard let key = string() else { return false }
            guard let name = JSONValue(bytes: key).text, next(":"), let value = value(depth: depth + 1) else {
                return false
            }
            guard body(name, JSONValue(bytes: value)) else { return false }
        } while next(",")
        return next("}")
    }

    private mutating func value(depth: Int) -> UnsafeRawBufferPointer? {
        skipSpace()
        guard at < bytes.count else { return nil }
        let start = at
        switch bytes[at] {
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "{"): guard object(depth: depth, { _, _ in true }) else { return nil }
        case UInt8(ascii: "["): guard array(depth: depth, { _ in true }) else { return nil }
        default: guard word() else { return nil }
        }
        return UnsafeRawBufferPointer(rebasing: bytes[start..<at])
    }

    mutating func array(depth: Int, _ body: (JSONValue) -> Bool) -> Bool {
        guard depth < Self.mostNesting, next("[") else { return false }
        if next("]") { return true }
        repeat {
            guard let value = value(depth: depth + 1), body(JSONValue(bytes: value)) else { return false }
        } while next(",")
        return next("]")
    }

    /// A number or a literal.
    private mutating func word() -> Bool {
        let start = at
        while at < bytes.count, Self.isWordByte(bytes[at]) { at += 1 }
        let word = bytes[start..<at]
        guard let first = word.first else { return false }
        if first == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) {
            return Double(String(decoding: word, as: UTF8.self)) != nil
        }
        return word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8) || word.elementsEqual("null".utf8)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "E"),
            UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    /// A string with its quotation marks.
    private mutating func string() -> UnsafeRawBufferPointer? {
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { return nil }
        let start = at
        at += 1
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "\"") { return UnsafeRawBufferPointer(rebasing: bytes[start..<at]) }
            if byte == UInt8(ascii: "\\") { at += 1 }
            if byte < 0x20 { return nil }
        }
        return nil
    }

    private mutating func next(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    private mutating func skipSpace() {
        while at < bytes.count {
            switch bytes[at] {
            case 0x20, 0x09, 0x0A, 0x0D: at += 1
            default: return
            }
        }
    }

    /// Nil for broken UTF-8, which would otherwise be repaired silently, and come out as other bytes.
    static func string(_ bytes: UnsafeRawBufferPointer) -> String? {
        var string = String(decoding: bytes, as: UTF8.self)
        let isSame = string.withUTF8 { utf8 in
            guard let made = utf8.baseAddress, let read = bytes.baseAddress else { return bytes.count == 0 }
            return utf8.count == bytes.count && memcmp(made, read, bytes.count) == 0
        }
        return isSame ? string : nil
    }

    /// RFC 8259 section 7; nil for an unknown escape, half a surrogate pair, or broken UTF-8.
    static func unescape(_ text: UnsafeRawBufferPointer) -> String? {
        var units: [UInt8] = []
        units.reserveCapacity(text.count)
        var rest = text[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                units.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "\""): units.append(UInt8(ascii: "\""))
            case UInt8(ascii: "\\"): units.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "/"): units.append(UInt8(ascii: "/"))
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "u"):
                guard let scalar = scalar(&rest) else { return nil }
                units.append(contentsOf: String(scalar).utf8)
            default: return nil
            }
        }
        return String(validating: units, as: UTF8.self)
    }

    private static func scalar(_ rest: inout Slice<UnsafeRawBufferPointer>) -> Unicode.Scalar? {
        guard let first = unit(&rest) else { return nil }
        guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
        guard rest.popFirst() == UInt8(ascii: "\\"), rest.popFirst() == UInt8(ascii: "u"), let second = unit(&rest),
            (0xDC00..<0xE000).contains(second)
        else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private static func unit(_ rest: inout Slice<UnsafeRawBufferPointer>) -> UInt32? {
        guard rest.count >= 4 else { return nil }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = rest.popFirst(), let nibble = Character(Unicode.Scalar(digit)).hexDigitValue else {
                return nil
            }
            value = value << 4 | UInt32(nibble)
        }
        return value
    }
}
