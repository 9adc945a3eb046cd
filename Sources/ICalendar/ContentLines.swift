/// Why a calendar cannot be taken, with its place and the remedy.
package struct CalendarFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// From 1; nil for the whole file.
    package let line: Int?
    package let message: String

    package init(line: Int? = nil, _ message: String) { (self.line, self.message) = (line, message) }

    package var description: String { (line.map { "line \($0): " } ?? "") + message }
}

/// One property of iCalendar as its line has it (RFC 5545 section 3.1), unfolded.
package struct ContentLine {
    /// In upper case.
    package let name: String
    /// The values of its parameters by their names in upper case.
    package let parameters: [String: String]
    package let value: String
    /// The line that it begins in, from 1.
    package let line: Int
    /// It was longer than is kept.
    let isCut: Bool
}

/// Reads a calendar's bytes property by property. Lines end in CRLF or LF; a fold may stand inside a character. Of a
/// property that is longer than ``CalendarLimits/longestProperty`` only the beginning is kept.
struct ContentLines {
    private let bytes: [UInt8]
    private var place: Int
    private var line = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        place = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// The next one; nil at the end. Throws where a line is not iCalendar, or not UTF-8.
    mutating func next() throws(CalendarFault) -> ContentLine? {
        while place < bytes.count {
            line += 1
            let first = line
            var whole: [UInt8] = []
            var isCut = false
            append(physicalLine(), to: &whole, &isCut)
            while place < bytes.count, bytes[place] == 0x20 || bytes[place] == 0x09 {
                line += 1
                append(physicalLine().dropFirst(), to: &whole, &isCut)
            }
            if whole.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            let text = isCut ? String(decoding: whole, as: UTF8.self) : String(validating: whole, as: UTF8.self)
            guard let text else {
                throw CalendarFault(line: first, "is not text in UTF-8; export the calendar again, as UTF-8")
            }
            return try Self.parsed(text, line: first, isCut: isCut)
        }
        return nil
    }

    private mutating func physicalLine() -> ArraySlice<UInt8> {
        let start = place
        let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
        place = min(end + 1, bytes.count)
        return bytes[start..<(end > start && bytes[end - 1] == 0x0D ? end - 1 : end)]
    }

    private func append(_ part: ArraySlice<UInt8>, to whole: inout [UInt8], _ isCut: inout Bool) {
        let room = CalendarLimits.longestProperty - whole.count
        if part.count > room { isCut = true }
        whole += part.prefix(room)
    }

    // MARK: Name, parameters, value

    private static func parsed(_ text: String, line: Int, isCut: Bool) throws(CalendarFault) -> ContentLine {
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        func take(until ends: String.UnicodeScalarView) -> String {
            let start = index
            while index < scalars.endIndex, !ends.contains(scalars[index]) { index = scalars.index(after: index) }
            return String(scalars[start..<index])
        }
        let name = take(until: ";:".unicodeScalars)
        guard index < scalars.endIndex, isName(name) else { throw unreadable(line) }
        var parameters: [String: String] = [:]
        while index < scalars.endIndex, scalars[index] == ";" {
            index = scalars.index(after: index)
            let key = take(until: "=;:".unicodeScalars)
            guard index < scalars.endIndex, scalars[index] == "=", isName(key) else { throw unreadable(line) }
            var values: [String] = []
            repeat {
                index = scalars.index(after: index)
                if index < scalars.endIndex, scalars[index] == "\"" {
                    index = scalars.index(after: index)
                    values.append(take(until: "\"".unicodeScalars))
                    if index < scalars.endIndex { index = scalars.index(after: index) }
                } else {
                    values.append(take(until: ",;:".unicodeScalars))
                }
            } while index < scalars.endIndex && scalars[index] == ","
            parameters[key.uppercased()] = decoded(values.joined(separator: ","))
        }
        guard index < scalars.endIndex, scalars[index] == ":" else { throw unreadable(line) }
        let value = String(scalars[scalars.index(after: index)...])
        return ContentLine(
            name: name.uppercased(), parameters: parameters, value: value, line: line, isCut: isCut)
    }

    private static func unreadable(_ line: Int) -> CalendarFault {
        CalendarFault(line: line, "is not a line of iCalendar, NAME:value; export the calendar again")
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }

    /// Undoes the encoding of parameters (RFC 6868): `^n`, `^'`, `^^`.
    private static func decoded(_ text: String) -> String {
        guard text.contains("^") else { return text }
        var result = ""
        var isMarked = false
        for character in text {
            if isMarked {
                switch character {
                case "n": result += "\n"
                case "'": result += "\""
                case "^": result += "^"
                default: result += "^\(character)"
                }
                isMarked = false
            } else if character == "^" {
                isMarked = true
            } else {
                result.append(character)
            }
        }
        return isMarked ? result + "^" : result
    }
}
