import Basics
import StrictYAML

/// Reads a JSON object (RFC 8259) with the line of every key, which Foundation's reader does not tell; a number keeps
/// its source text, as a scalar of YAML does.
struct JSONReader {
    private var bytes: ArraySlice<UInt8>
    private var line = 1

    /// Deeper than any item's file goes, and shallow enough for any stack.
    private static let mostDepth = 16

    /// The entries of the one object that `text` holds; `text` is UTF-8 with line feeds.
    static func entries(_ text: String) throws(ItemFileFault) -> [ItemFileNode.Entry] {
        var reader = JSONReader(bytes: ArraySlice(text.utf8))
        reader.skipBlanks()
        guard case .mapping(let entries) = try reader.value(depth: 1).content else {
            throw reader.fault("the file is not a JSON object; begin it with {")
        }
        reader.skipBlanks()
        guard reader.bytes.isEmpty else { throw reader.fault("something follows the object's closing }; take it out") }
        return entries
    }

    private func fault(_ message: String) -> ItemFileFault { ItemFileFault(line: line, message) }

    private mutating func skipBlanks() {
        while let byte = bytes.first, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
            if byte == 0x0A { line += 1 }
            bytes.removeFirst()
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard bytes.first == UInt8(ascii: character) else { return false }
        bytes.removeFirst()
        return true
    }

    private mutating func value(depth: Int) throws(ItemFileFault) -> ItemFileNode {
        guard depth <= Self.mostDepth else { throw fault("is nested far too deeply; an item needs two levels") }
        skipBlanks()
        let start = line
        switch bytes.first {
        case UInt8(ascii: "{"): return ItemFileNode(.mapping(try fields(depth: depth)), at: start)
        case UInt8(ascii: "["): return ItemFileNode(.list(try list(depth: depth)), at: start)
        case UInt8(ascii: "\""): return .text(try string(), at: start)
        case nil: throw fault("the file ends before the object does; is it whole?")
        default:
            let word = bytes.prefix { !" \t\n\r,]}:\"{[".utf8.contains($0) }
            bytes = bytes.dropFirst(word.count)
            let text = String(decoding: word, as: UTF8.self)
            if text == "null" { return .nothing(at: start) }
            guard text == "true" || text == "false" || (text.first != "+" && Double(text) != nil) else {
                throw fault("\(shortened(text)) is not a value of JSON; put texts in double quotes")
            }
            return .text(text, at: start)
        }
    }

    private mutating func fields(depth: Int) throws(ItemFileFault) -> [ItemFileNode.Entry] {
        bytes.removeFirst()
        var entries: [ItemFileNode.Entry] = []
        var seen: Set<String> = []
        skipBlanks()
        if take("}") { return [] }
        repeat {
            skipBlanks()
            guard bytes.first == UInt8(ascii: "\"") else {
                throw fault(
                    "there is no key in double quotes here; write \"title\": \"…\", without a comma after the last")
            }
            let start = line
            let key = try string()
            guard seen.insert(key).inserted else {
                throw ItemFileFault(line: start, field: shortened(key), "is given twice; keep one of them")
            }
            skipBlanks()
            guard take(":") else { throw fault("there is no colon after the key \(shortened(key)); add one") }
            entries.append(ItemFileNode.Entry(key: key, place: start, value: try value(depth: depth + 1)))
            skipBlanks()
        } while take(",")
        guard take("}") else {
            throw fault("there is neither a comma nor a closing } after \(entries.last?.key ?? "")")
        }
        return entries
    }

    private mutating func list(depth: Int) throws(ItemFileFault) -> [ItemFileNode] {
        bytes.removeFirst()
        var values: [ItemFileNode] = []
        skipBlanks()
        if take("]") { return [] }
        repeat {
            values.append(try value(depth: depth + 1))
            skipBlanks()
        } while take(",")
        guard take("]") else { throw fault("there is neither a comma nor a closing ] in the list; add it") }
        return values
    }

    /// RFC 8259 section 7.
    private mutating func string() throws(ItemFileFault) -> String {
        bytes.removeFirst()
        var text: [UInt8] = []
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text += Array(String(try escape()).utf8)
            case 0x0A:
                throw fault("a text in double quotes does not end on its line; close it, and write a new line as \\n")
            default: text.append(byte)
            }
        }
        throw fault("a text in double quotes does not end; close it")
    }

    private mutating func escape() throws(ItemFileFault) -> Unicode.Scalar {
        switch bytes.popFirst() {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let unit = try hexadecimal()
            if let scalar = Unicode.Scalar(unit) { return scalar }
            guard unit < 0xDC00, take("\\"), take("u") else { throw halfPair }
            let low = try hexadecimal()
            guard (0xDC00...0xDFFF).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
            else { throw halfPair }
            return scalar
        default: throw fault("has a backslash before a sign that takes none; write \\\\ for a backslash")
        }
    }

    private var halfPair: ItemFileFault {
        fault("has half a character (an unpaired surrogate \\uD800 to \\uDFFF); take it out")
    }

    private mutating func hexadecimal() throws(ItemFileFault) -> UInt32 {
        let digits = bytes.prefix(4)
        guard digits.count == 4, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
            digits.first != UInt8(ascii: "+"), digits.first != UInt8(ascii: "-")
        else { throw fault("\\u takes four digits of base 16 after it") }
        bytes = bytes.dropFirst(4)
        return value
    }
}
