import Foundation

/// A message as parsed by a receiver: a parser that shares no code with the writer.
struct ReceivedMessage {
    /// Unfolded, in order.
    let fields: [(name: String, value: String)]
    let body: [UInt8]

    init(_ bytes: [UInt8]) {
        let text = Data(bytes)
        let end = text.firstRange(of: Data("\r\n\r\n".utf8))
        let head = String(decoding: text[..<(end?.lowerBound ?? text.endIndex)], as: UTF8.self)
        body = end.map { Array(text[$0.upperBound...]) } ?? []
        let unfolded = head.replacing("\r\n ", with: " ").replacing("\r\n\t", with: "\t")
        fields = unfolded.split(separator: "\r\n", omittingEmptySubsequences: false).map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? String(parts[1]) : ""
            return (String(parts[0]), value.trimmingCharacters(in: .whitespaces))
        }
    }

    /// Every value of that field.
    func all(_ name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }

    /// The value of a field that is there once; nil otherwise.
    subscript(_ name: String) -> String? {
        let values = all(name)
        return values.count == 1 ? values[0] : nil
    }

    /// The body's parts, each with its header, if it is a multipart; text before and after them is dropped.
    var parts: [ReceivedMessage] {
        guard let type = self["Content-Type"], let start = type.range(of: "boundary=\"") else { return [] }
        let boundary = type[start.upperBound...].prefix { $0 != "\"" }
        let text = String(decoding: body, as: UTF8.self)
        guard let closing = ("\r\n" + text).range(of: "\r\n--\(boundary)--\r\n") else { return [] }
        return ("\r\n" + text)[..<closing.lowerBound].components(separatedBy: "\r\n--\(boundary)\r\n").dropFirst()
            .map { ReceivedMessage(Array($0.utf8)) }
    }

    /// The body with quoted-printable undone, nil where it is not valid or not UTF-8.
    var decodedText: String? {
        var out: [UInt8] = []
        var index = body.startIndex
        while index < body.endIndex {
            guard body[index] == UInt8(ascii: "=") else {
                out.append(body[index])
                index += 1
                continue
            }
            guard index + 2 < body.endIndex else { return nil }
            let pair = Array(body[(index + 1)...(index + 2)])
            if pair != [0x0D, 0x0A] {
                let hex = String(decoding: pair, as: UTF8.self)
                guard hex == hex.uppercased(), let byte = UInt8(hex, radix: 16) else { return nil }
                out.append(byte)
            }
            index += 3
        }
        return String(validating: out, as: UTF8.self)
    }

    /// The words of a field as people read them (RFC 2047): encoded words decoded, the blanks between them gone.
    static func decodedWords(_ value: String) -> String? {
        var out = ""
        var pending: [UInt8] = []
        var lastWasEncoded = false
        for word in value.split(separator: " ", omittingEmptySubsequences: false) {
            let pieces = word.split(separator: "?", omittingEmptySubsequences: false)
            if word.hasPrefix("=?"), word.hasSuffix("?="), pieces.count == 5 {
                guard word.utf8.count <= 75, let bytes = payload(pieces[3], pieces[2]) else { return nil }
                // Each word is whole characters (RFC 2047 section 5).
                guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
                if !lastWasEncoded, !out.isEmpty { out += " " }
                pending += bytes
                out += String(decoding: bytes, as: UTF8.self)
                lastWasEncoded = true
            } else {
                if !out.isEmpty { out += " " }
                out += word
                lastWasEncoded = false
            }
        }
        return out
    }

    private static func payload(_ text: Substring, _ encoding: Substring) -> [UInt8]? {
        if encoding.lowercased() == "b" { return Data(base64Encoded: String(text)).map(Array.init) }
        var out: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "_"): out.append(0x20)
            case UInt8(ascii: "="):
                guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
                out.append(value)
                rest = rest.dropFirst(2)
            default: out.append(byte)
            }
        }
        return out
    }

    /// Name and address of a field of one mailbox; nil where it is not exactly one.
    static func mailbox(_ value: String?) -> (name: String?, address: String)? {
        guard let value else { return nil }
        guard value.hasSuffix(">") else { return value.contains(" ") ? nil : (nil, value) }
        if value.hasPrefix("\"") {
            var name = ""
            var rest = Substring(value).dropFirst()
            while let character = rest.popFirst() {
                if character == "\"" { break }
                if character == "\\" {
                    guard let escaped = rest.popFirst() else { return nil }
                    name.append(escaped)
                } else {
                    name.append(character)
                }
            }
            guard rest.hasPrefix(" <") else { return nil }
            return (name, String(rest.dropFirst(2).dropLast()))
        }
        guard let open = value.range(of: " <", options: .backwards) else { return nil }
        return (decodedWords(String(value[..<open.lowerBound])), String(value[open.upperBound...].dropLast()))
    }
}

/// The faults in a message's bytes on the wire, a line each: RFC 5321 section 2.3.8, RFC 5322 section 2.1.1, RFC 2045
/// section 6.7, and dots that would need stuffing.
func wireProblems(_ bytes: [UInt8]) -> [String] {
    var problems: [String] = []
    var previous: UInt8 = 0
    for byte in bytes {
        if byte == 0x0A, previous != 0x0D { problems.append("a bare LF") }
        if previous == 0x0D, byte != 0x0A { problems.append("a bare CR") }
        if byte == 0 || byte > 0x7E { problems.append("the byte \(byte)") }
        previous = byte
    }
    if !bytes.suffix(2).elementsEqual([0x0D, 0x0A]) { problems.append("no CRLF at the end") }
    var inHeader = true
    for line in String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n") {
        if line.isEmpty { inHeader = false }
        if line.hasPrefix(".") { problems.append("a dot first: \(line)") }
        if line.hasPrefix("From ") { problems.append("a From first: \(line)") }
        if inHeader {
            if line.allSatisfy({ $0 == " " || $0 == "\t" }) { problems.append("a line of blanks in the header") }
            let value = line.drop { $0 != " " }.dropFirst()
            if line.utf8.count > 78, value.contains(" ") { problems.append("not folded: \(line)") }
        } else {
            if line.utf8.count > 76 { problems.append("\(line.utf8.count) bytes: \(line)") }
            if line.hasSuffix(" ") || line.hasSuffix("\t") { problems.append("a blank last: \(line)") }
        }
    }
    return problems
}
