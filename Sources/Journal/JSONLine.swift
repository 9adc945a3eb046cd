/// Writes JSON objects, a line each, with their fields in the order they are given. One value may gather many lines:
/// a journal appends them in one write.
///
///     var lines = JSONLine()
///     lines.line { $0.field("id", "abc"); $0.field("tries", 2) }    // {"id":"abc","tries":2}\n
package struct JSONLine: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(reserving capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    package mutating func append(_ other: JSONLine) { bytes.append(contentsOf: other.bytes) }

    /// One whole line, its line feed included.
    package mutating func line<Fault: Error>(_ fields: (inout JSONLine) throws(Fault) -> Void) throws(Fault) {
        bytes.append(UInt8(ascii: "{"))
        try fields(&self)
        bytes.append(UInt8(ascii: "}"))
        bytes.append(UInt8(ascii: "\n"))
    }

    package mutating func field(_ key: StaticString, _ value: String) {
        self.key(key)
        text(value)
    }

    package mutating func field(_ key: StaticString, _ value: Int) {
        self.key(key)
        number(value)
    }

    package mutating func field(_ key: StaticString, _ value: Bool) {
        self.key(key)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// Writes nothing if there is no value.
    package mutating func field(_ key: StaticString, _ value: String?) {
        if let value { field(key, value) }
    }

    /// Writes nothing if there is no value.
    package mutating func field(_ key: StaticString, _ value: Int?) {
        if let value { field(key, value) }
    }

    package mutating func field(_ key: StaticString, _ values: [String]) {
        self.key(key)
        bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            text(value)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// A nested object.
    package mutating func object<Fault: Error>(
        _ key: StaticString, _ fields: (inout JSONLine) throws(Fault) -> Void
    ) throws(Fault) {
        self.key(key)
        bytes.append(UInt8(ascii: "{"))
        try fields(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    /// A list of objects.
    package mutating func objects<Value>(
        _ key: StaticString, _ values: [Value], _ fields: (inout JSONLine, Value) -> Void
    ) {
        self.key(key)
        bytes.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "{"))
            fields(&self, value)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// A text known to need no escaping (an id, a time, one of our keywords), unchanged.
    package mutating func field(_ key: StaticString, plain value: String) {
        self.key(key)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: value.utf8)
        bytes.append(UInt8(ascii: "\""))
    }

    /// As above, from bytes.
    package mutating func field(_ key: StaticString, plain value: some Sequence<UInt8>) {
        self.key(key)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: value)
        bytes.append(UInt8(ascii: "\""))
    }

    /// A value that is JSON already, without a line feed.
    package mutating func field(_ key: StaticString, json value: some Sequence<UInt8>) {
        self.key(key)
        bytes.append(contentsOf: value)
    }

    private mutating func key(_ key: StaticString) {
        if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func number(_ value: Int) {
        guard value >= 0, value < 10 else { return bytes.append(contentsOf: String(value).utf8) }
        bytes.append(UInt8(ascii: "0") + UInt8(value))
    }

    /// RFC 8259 section 7: the quotation mark, the reverse solidus and the control characters are escaped, everything
    /// else is unchanged.
    private mutating func text(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        var value = value
        value.withUTF8 { utf8 in
            if utf8.contains(where: Self.needsEscape) {
                for byte in utf8 { escape(byte) }
            } else {
                bytes.append(contentsOf: utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
    }

    private mutating func escape(_ byte: UInt8) {
        guard Self.needsEscape(byte) else { return bytes.append(byte) }
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\t"): bytes.append(UInt8(ascii: "t"))
        default:
            bytes.append(contentsOf: (byte < 16 ? "u000" : "u00").utf8)
            bytes.append(contentsOf: String(byte, radix: 16).utf8)
        }
    }
}
