import Glibc

/// The header of a message that somebody else wrote (RFC 5322 section 2.2), read within bounds, so that no header is
/// expensive to read.
package struct IncomingHeader: Sendable {
    struct Field: Sendable {
        /// In lower case.
        package let name: String
        /// Unfolded, on one line; no longer than ``IncomingHeader/longestValue``.
        package let value: String
    }

    /// More fields than any server writes; a header that has more was made to waste time.
    static let mostFields = 1000
    /// Octets of a whole header: Outlook's own fields take 30 thousand.
    static let longest = 512 << 10
    /// Octets of one value that are looked at.
    static let longestValue = 8 << 10

    private(set) var fields: [Field] = []

    /// The value of the first field of that name, in lower case.
    package subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

    package func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    package func has(_ name: String) -> Bool { fields.contains { $0.name == name } }

    /// Whether it was sent so that nobody answers it (RFC 5321 section 4.5.5), as the server that took it in wrote.
    package var hasNullSender: Bool {
        guard let path = self["return-path"] else { return false }
        return path.isEmpty || path.filter { !$0.isWhitespace } == "<>"
    }

    init() {}

    /// The fields of `message` that bear one of those names, in lower case, and no others: cheap enough for a server to
    /// read of every message it takes. None where the header exceeds its bounds.
    package init(of message: UnsafeRawBufferPointer, only names: [String]) {
        self = Self.read(message, from: 0, only: names)?.header ?? IncomingHeader()
    }

    /// Reads the header that begins at `start`, and tells where the content after it begins. Nil where it exceeds its
    /// bounds. A line that is no field ends it, as an empty one does. `names`: the fields that are kept; nil for all.
    static func read(
        _ bytes: UnsafeRawBufferPointer, from start: Int, only names: [String]? = nil
    ) -> (header: IncomingHeader, end: Int)? {
        var header = IncomingHeader()
        var at = start
        var name: String?
        var value: [UInt8] = []
        func finish() {
            if let name { header.fields.append(Field(name: name, value: IncomingText.line(value))) }
            (name, value) = (nil, [])
        }
        while at < bytes.count {
            let (line, next) = bytes.line(from: at)
            guard next - start <= longest else { return nil }
            if line.isEmpty {
                finish()
                return (header, next)
            }
            if let first = bytes[line].first, first == 0x20 || first == 0x09 {
                // Some mailers end a header with a line of spaces; for others it continues the field.
                if name != nil { append(bytes[line], to: &value) }
            } else if let colon = colon(in: bytes, line) {
                finish()
                guard header.fields.count < mostFields else { return nil }
                let field = bytes[line.lowerBound..<colon]
                if let names, !names.contains(where: { isName($0, field) }) {
                    name = nil
                } else {
                    name = String(decoding: field, as: UTF8.self).lowercased().trimmingSpaces()
                    append(bytes[(colon + 1)..<line.upperBound], to: &value)
                }
            } else {
                finish()
                return (header, at)
            }
            at = next
        }
        finish()
        return (header, at)
    }

    /// Where the colon after a field's name stands; nil where the line begins with no name (RFC 5322 section 3.6.8).
    private static func colon(in bytes: UnsafeRawBufferPointer, _ line: Range<Int>) -> Int? {
        for index in line.prefix(78) {
            switch bytes[index] {
            case UInt8(ascii: ":"): return index > line.lowerBound ? index : nil
            case 0x21...0x7E, 0x20, 0x09: continue
            default: return nil
            }
        }
        return nil
    }

    /// Whether `field` is `name`, in any case, with white space behind it or not.
    private static func isName(_ name: String, _ field: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard field.count >= name.utf8.count else { return false }
        let matches = zip(field, name.utf8).allSatisfy { byte, lower in
            byte == lower || (0x41...0x5A).contains(byte) && byte | 0x20 == lower
        }
        return matches && field.dropFirst(name.utf8.count).allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }

    private static func append(_ more: Slice<UnsafeRawBufferPointer>, to value: inout [UInt8]) {
        let room = longestValue - value.count
        if room > 0 { value.append(contentsOf: more.prefix(room)) }
    }
}

/// A field's value with parameters: `multipart/report; report-type=delivery-status; boundary="x"` (RFC 2045 section
/// 5.1).
package struct IncomingParameters: Sendable {
    /// The text before the first semicolon, in lower case.
    package let value: String
    private var named: [String: String] = [:]

    package subscript(name: String) -> String? { named[name] }

    init(_ text: String?) {
        var parts = Self.split(text ?? "")[...]
        value = parts.popFirst()?.trimmingSpaces().lowercased() ?? ""
        for part in parts {
            guard let equals = part.firstIndex(of: "=") else { continue }
            var name = String(part[..<equals]).trimmingSpaces().lowercased()
            // RFC 2231: a long parameter in pieces, `boundary*0=`; its first piece is enough here.
            if let star = name.firstIndex(of: "*") { name = String(name[..<star]) }
            let value = String(part[part.index(after: equals)...]).trimmingSpaces()
            if named[name] == nil { named[name] = Self.unquoted(value) }
        }
    }

    /// At semicolons outside quotation marks, into few enough parts.
    private static func split(_ text: String) -> [String] {
        var parts: [String] = []
        var part = String.UnicodeScalarView()
        var isQuoted = false
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if scalar == ";", !isQuoted, parts.count < 64 {
                parts.append(String(part))
                part = String.UnicodeScalarView()
                continue
            }
            if scalar == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = scalar == "\\" && !isEscaped
            part.append(scalar)
        }
        return parts + [String(part)]
    }

    private static func unquoted(_ value: String) -> String {
        guard value.hasPrefix("\"") else { return String(value.prefix { $0 != " " && $0 != "(" }) }
        var out = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in value.unicodeScalars.dropFirst() {
            if isEscaped {
                out.append(scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == "\"" {
                break
            } else {
                out.append(scalar)
            }
        }
        return String(out)
    }
}

extension UnsafeRawBufferPointer {
    /// The line that begins at `start`, without its end, and where the next one begins.
    func line(from start: Int) -> (line: Range<Int>, next: Int) {
        guard let base = baseAddress, start < count else { return (start..<start, start) }
        guard let feed = memchr(base + start, 10, count - start) else { return (start..<count, count) }
        let end = UnsafeRawPointer(feed) - base
        let bare = end > start && self[end - 1] == 13 ? end - 1 : end
        return (start..<bare, end + 1)
    }
}

extension StringProtocol {
    /// Without white space at its ends.
    package func trimmingSpaces() -> String {
        let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(String.UnicodeScalarView(scalars[first...last]))
    }
}
