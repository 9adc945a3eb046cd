import Bulletin

/// Splits a relay's bytes into replies (RFC 5321 section 4.2), however they arrive.
struct ReplyReader {
    /// The bytes cannot be a reply; the connection is unusable, since it is uncertain which command the next line
    /// answers.
    enum Fault: String, Error, CustomStringConvertible {
        /// Over ``mostBytes`` or ``mostLines``.
        case tooLong = "the relay's reply was too long"
        case noReply = "the relay sent something other than an SMTP reply"

        var description: String { rawValue }
    }

    /// A reply whose text is not decoded yet: most replies are read for their code alone.
    struct Raw {
        let code: Int
        let text: [UInt8]

        var isPositive: Bool { (200..<300).contains(code) }

        var reply: Reply { Reply(code: code, rawText: text) }
    }

    /// The limit of one reply, all its lines together. No well-behaved server comes near it; but if we gave up on the
    /// reply to a message, its outcome would be unknown.
    static let mostBytes = 1 << 20
    static let mostLines = 16_384
    /// The most that is kept of a line and of all of them; the rest is discarded.
    private static let mostKept = 4 * Reply.mostText

    private var line: [UInt8] = []
    private var text: [UInt8] = []
    private var bytes = 0
    private var lines = 0

    /// Reads from `input`, and removes the bytes read; nil if the next reply is not complete yet.
    mutating func next(_ input: inout Slice<UnsafeRawBufferPointer>) throws(Fault) -> Raw? {
        while let byte = input.popFirst() {
            bytes += 1
            guard bytes <= Self.mostBytes else { throw .tooLong }
            guard byte == UInt8(ascii: "\n") else {
                if line.count < Self.mostKept || byte == UInt8(ascii: "\r") { line.append(byte) }
                continue
            }
            if let raw = try endLine() { return raw }
        }
        return nil
    }

    private mutating func endLine() throws(Fault) -> Raw? {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        lines += 1
        guard lines <= Self.mostLines else { throw .tooLong }
        guard let code = Self.code(line) else { throw .noReply }
        let isLast = line.count == 3 || line[3] != UInt8(ascii: "-")
        if line.count > 4, text.count < Self.mostKept {
            if !text.isEmpty { text.append(UInt8(ascii: "\n")) }
            text.append(contentsOf: line[4...])
        }
        line.removeAll(keepingCapacity: true)
        guard isLast else { return nil }
        defer {
            text.removeAll()
            (bytes, lines) = (0, 0)
        }
        return Raw(code: code, text: text)
    }

    /// Three digits from 200 to 599, then nothing, a space or a hyphen.
    private static func code(_ line: [UInt8]) -> Int? {
        guard line.count >= 3 else { return nil }
        var code = 0
        for character in line.prefix(3) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else { return nil }
            code = code * 10 + Int(character - UInt8(ascii: "0"))
        }
        guard (200..<600).contains(code) else { return nil }
        guard line.count == 3 || line[3] == UInt8(ascii: " ") || line[3] == UInt8(ascii: "-") else { return nil }
        return code
    }
}

extension Reply {
    /// The most characters of a reply's text that are kept.
    static let mostText = 1000

    /// From the text of a reply's lines, separated by line feeds, as the relay sent it. An enhanced code whose class
    /// matches the code's first digit is removed from the text (RFC 2034 section 4), any other remains text; control
    /// characters and invalid UTF-8 are replaced.
    init(code: Int, rawText: [UInt8]) {
        var enhanced: EnhancedCode?
        var clean: [UInt8] = []
        for line in rawText.prefix(4 * Self.mostText).split(separator: UInt8(ascii: "\n")) {
            var line = line
            if let (found, rest) = Self.enhancedCode(line), found.klass == code / 100 {
                if enhanced == nil { enhanced = found }
                line = rest
            }
            guard !line.isEmpty else { continue }
            if !clean.isEmpty { clean.append(UInt8(ascii: " ")) }
            clean.append(contentsOf: line)
        }
        var text = String(decoding: clean, as: UTF8.self)
        if !clean.allSatisfy({ (0x20...0x7E).contains($0) }) {
            let scalars = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
            text = String(String.UnicodeScalarView(scalars))
        }
        if clean.count > Self.mostText { text = String(text.prefix(Self.mostText)) }
        self.init(code: code, enhanced: enhanced, text: text)
    }

    /// The enhanced code at the beginning of a line (RFC 3463 section 2), and the rest of the line. Read byte by byte:
    /// every accepted message has one.
    private static func enhancedCode(_ line: ArraySlice<UInt8>) -> (EnhancedCode, ArraySlice<UInt8>)? {
        var numbers = (0, 0, 0)
        var (part, digits, end) = (0, 0, line.startIndex)
        scan: while end < line.endIndex {
            let byte = line[end]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9") where digits < 3:
                numbers.2 = numbers.2 * 10 + Int(byte - UInt8(ascii: "0"))
                digits += 1
            case UInt8(ascii: ".") where part < 2 && digits > 0:
                numbers = (numbers.1, numbers.2, 0)
                (part, digits) = (part + 1, 0)
            case UInt8(ascii: " "): break scan
            default: return nil
            }
            end += 1
        }
        guard part == 2, digits > 0, [2, 4, 5].contains(numbers.0) else { return nil }
        return (EnhancedCode(numbers.0, numbers.1, numbers.2), line[end...].dropFirst())
    }
}
