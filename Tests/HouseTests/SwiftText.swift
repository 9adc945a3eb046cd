import Foundation

/// A piece of text for people: a comment or a string literal, joined over line breaks.
struct Passage: Sendable {
    let file: String
    /// From 1; the line that it begins on.
    let line: Int
    /// Paragraphs are separated by line feeds; interpolations are an ellipsis.
    let text: String
}

/// The comments, string literals and identifiers of a Swift or C file.
struct SwiftText {
    private(set) var passages: [Passage] = []
    private(set) var identifiers: [(name: String, line: Int)] = []

    private let file: String
    private let bytes: [UInt8]
    private var place = 0
    private var line = 1
    private var comment: (line: Int, last: Int, marker: Int, text: String)?
    private var literal: (line: Int, text: String)?

    init(_ text: String, file: String) {
        self.file = file
        bytes = Array(text.utf8)
        readCode(untilParenthesis: false)
        endComment()
        endLiteral()
    }

    private func byte(_ offset: Int = 0) -> UInt8 { place + offset < bytes.count ? bytes[place + offset] : 0 }

    private func follows(_ text: StaticString) -> Bool {
        let expected = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        return bytes.dropFirst(place).starts(with: expected)
    }

    private mutating func step(_ count: Int = 1) {
        for _ in 0..<count where place < bytes.count {
            if bytes[place] == 0x0A { line += 1 }
            place += 1
        }
    }

    /// Reads code to the end of the file, or to the parenthesis that ends an interpolation.
    private mutating func readCode(untilParenthesis: Bool) {
        var depth = 1
        while place < bytes.count {
            let next = byte()
            if follows("//") {
                readComment()
            } else if follows("/*") {
                while place < bytes.count, !follows("*/") { step() }
                step(2)
            } else if next == UInt8(ascii: "\"") || next == UInt8(ascii: "#") && startsRawString {
                readString()
            } else if Self.isWord(next) {
                readWord()
            } else {
                if next != UInt8(ascii: "+"), next > 0x20 { endLiteral() }
                if untilParenthesis, next == UInt8(ascii: "(") { depth += 1 }
                if untilParenthesis, next == UInt8(ascii: ")") { depth -= 1 }
                step()
                if depth == 0 { return }
            }
        }
    }

    private var startsRawString: Bool {
        var offset = 0
        while byte(offset) == UInt8(ascii: "#") { offset += 1 }
        return byte(offset) == UInt8(ascii: "\"")
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: byte >= 0x80
        }
    }

    private mutating func readWord() {
        endLiteral()
        let (start, at) = (place, line)
        while Self.isWord(byte()) { step() }
        let name = String(decoding: bytes[start..<place], as: UTF8.self)
        // The name after import is a module's.
        if identifiers.last?.name == "import" { identifiers.removeLast() } else { identifiers.append((name, at)) }
    }

    /// Reads one comment line, and joins it to the line before if that is a comment of the same kind.
    private mutating func readComment() {
        let at = line
        var marker = 0
        while byte() == UInt8(ascii: "/") {
            marker += 1
            step()
        }
        let start = place
        while place < bytes.count, byte() != 0x0A { step() }
        let words = String(decoding: bytes[start..<place], as: UTF8.self).trimmingCharacters(in: .whitespaces)
        if let comment, comment.marker == marker, comment.last == at - 1 {
            let isBreak = words.isEmpty || words.hasPrefix("- ") || comment.text.hasSuffix("\n")
            self.comment = (comment.line, at, marker, comment.text + (isBreak ? "\n" : " ") + words)
        } else {
            endComment()
            comment = (at, at, marker, words)
        }
    }

    private mutating func endComment() {
        if let comment { passages.append(Passage(file: file, line: comment.line, text: comment.text)) }
        comment = nil
    }

    private mutating func endLiteral() {
        if let literal { passages.append(Passage(file: file, line: literal.line, text: literal.text)) }
        literal = nil
    }

    private mutating func readString() {
        let outer = literal ?? (line, "")
        literal = nil
        var hashes = 0
        while byte() == UInt8(ascii: "#") {
            hashes += 1
            step()
        }
        let quotes = follows("\"\"\"") ? 3 : 1
        step(quotes)
        var text: [UInt8] = []
        while place < bytes.count, !ends(quotes, hashes) {
            if byte() == UInt8(ascii: "\\"), (0..<hashes).allSatisfy({ byte(1 + $0) == UInt8(ascii: "#") }) {
                step(1 + hashes)
                readEscape(into: &text)
            } else {
                text.append(byte())
                step()
            }
        }
        step(quotes + hashes)
        literal = (outer.line, outer.text + Self.joined(String(decoding: text, as: UTF8.self), lines: quotes == 3))
    }

    private func ends(_ quotes: Int, _ hashes: Int) -> Bool {
        (0..<quotes).allSatisfy { byte($0) == UInt8(ascii: "\"") }
            && (0..<hashes).allSatisfy { byte(quotes + $0) == UInt8(ascii: "#") }
    }

    private mutating func readEscape(into text: inout [UInt8]) {
        switch byte() {
        case UInt8(ascii: "("):
            step()
            readCode(untilParenthesis: true)
            endLiteral()
            text += "…".utf8
            return
        case UInt8(ascii: "n"): text.append(0x0A)
        case 0x0A: text.append(0x20)
        default: text.append(byte())
        }
        step()
    }

    /// A literal over several lines becomes paragraphs: only an empty line separates them.
    private static func joined(_ text: String, lines: Bool) -> String {
        guard lines else { return text }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.map { $0.trimmingCharacters(in: .whitespaces) }.reduce(into: "") { whole, line in
            whole += line.isEmpty ? "\n" : (whole.isEmpty || whole.hasSuffix("\n") ? line : " " + line)
        }
    }
}
