import Foundation

/// A field of a JSON row that is always there: `null` where it has no value. Other optionals are left out.
@propertyWrapper
struct Nullable<Value: Encodable>: Encodable {
    var wrappedValue: Value?

    init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    func encode(to encoder: any Encoder) throws {
        var box = encoder.singleValueContainer()
        if let wrappedValue { try box.encode(wrappedValue) } else { try box.encodeNil() }
    }
}

/// Writes a row of `--json` on one line, its keys in the order of their declaration. Foundation's encoder knows only the
/// order of the alphabet, or none; people read these rows too, and look for the number or the id at the beginning.
struct JSONRow {
    let text: String

    init(_ row: some Encodable) throws {
        let node = Node()
        try row.encode(to: RowEncoder(node: node))
        var text = ""
        node.write(to: &text)
        self.text = text
    }
}

/// The key of a field whose name is known only when the program runs.
struct FieldName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension Encodable {
    /// Prints it as one line of JSON.
    func printJSON() throws { print(try JSONRow(self).text) }
}

/// One value of the row, and those within it.
private final class Node {
    enum Kind { case literal, list, object }

    var kind = Kind.object
    var literal = ""
    /// The elements of a list, whose keys are empty, or the fields of an object.
    private var children: [(key: String, value: Node)] = []

    var count: Int { children.count }

    func child(_ key: String = "") -> Node {
        let child = Node()
        children.append((key, child))
        return child
    }

    func put(_ literal: String) { (kind, self.literal) = (.literal, literal) }

    func write(to text: inout String) {
        guard kind != .literal else { return text += literal }
        text += kind == .list ? "[" : "{"
        for (index, child) in children.enumerated() {
            if index > 0 { text += "," }
            if kind == .object { text += Self.quoted(child.key) + ":" }
            child.value.write(to: &text)
        }
        text += kind == .list ? "]" : "}"
    }

    /// RFC 8259 section 7; DEL as well, which a terminal may take for a command.
    static func quoted(_ string: String) -> String {
        let isPlain = string.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C && $0 != 0x7F }
        guard !isPlain else { return "\"\(string)\"" }
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"", "\\": text += "\\\(scalar)"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}

private struct RowEncoder: Encoder {
    let node: Node
    var codingPath: [any CodingKey] = []
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        // A value may ask for several: they share the object.
        node.kind = .object
        return KeyedEncodingContainer(Fields<Key>(node: node, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        node.kind = .list
        return Elements(node: node, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Single(node: node, codingPath: codingPath) }
}

private struct Fields<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let node: Node
    var codingPath: [any CodingKey]

    mutating func encodeNil(forKey key: Key) throws { node.child(key.stringValue).put("null") }

    mutating func encode(_ value: some Encodable, forKey key: Key) throws {
        try value.encode(to: RowEncoder(node: node.child(key.stringValue), codingPath: codingPath + [key]))
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        RowEncoder(node: node.child(key.stringValue), codingPath: codingPath + [key]).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        RowEncoder(node: node.child(key.stringValue), codingPath: codingPath + [key]).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { RowEncoder(node: node, codingPath: codingPath) }
    mutating func superEncoder(forKey key: Key) -> any Encoder {
        RowEncoder(node: node.child(key.stringValue), codingPath: codingPath + [key])
    }
}

private struct Elements: UnkeyedEncodingContainer {
    let node: Node
    var codingPath: [any CodingKey]

    var count: Int { node.count }

    mutating func encodeNil() throws { node.child().put("null") }

    mutating func encode(_ value: some Encodable) throws {
        try value.encode(to: RowEncoder(node: node.child(), codingPath: codingPath))
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        RowEncoder(node: node.child(), codingPath: codingPath).container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        RowEncoder(node: node.child(), codingPath: codingPath).unkeyedContainer()
    }

    mutating func superEncoder() -> any Encoder { RowEncoder(node: node.child(), codingPath: codingPath) }
}

private struct Single: SingleValueEncodingContainer {
    let node: Node
    var codingPath: [any CodingKey]

    private func put(_ literal: some CustomStringConvertible) { node.put(literal.description) }

    mutating func encodeNil() throws { put("null") }
    mutating func encode(_ value: Bool) throws { put(value) }
    mutating func encode(_ value: String) throws { put(Node.quoted(value)) }
    mutating func encode(_ value: Double) throws { try number(value) }
    mutating func encode(_ value: Float) throws { try number(Double(value)) }
    mutating func encode(_ value: Int) throws { put(value) }
    mutating func encode(_ value: Int8) throws { put(value) }
    mutating func encode(_ value: Int16) throws { put(value) }
    mutating func encode(_ value: Int32) throws { put(value) }
    mutating func encode(_ value: Int64) throws { put(value) }
    mutating func encode(_ value: UInt) throws { put(value) }
    mutating func encode(_ value: UInt8) throws { put(value) }
    mutating func encode(_ value: UInt16) throws { put(value) }
    mutating func encode(_ value: UInt32) throws { put(value) }
    mutating func encode(_ value: UInt64) throws { put(value) }

    mutating func encode(_ value: some Encodable) throws {
        try value.encode(to: RowEncoder(node: node, codingPath: codingPath))
    }

    private func number(_ value: Double) throws {
        guard value.isFinite else {
            throw EncodingError.invalidValue(
                value, .init(codingPath: codingPath, debugDescription: "JSON has no \(value)"))
        }
        put(value)
    }
}
