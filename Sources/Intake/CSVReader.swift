/// One row of a file of separated values.
package struct CSVRow: Hashable, Sendable {
    /// The line it begins in, from 1.
    package let line: Int
    /// Its values; of a row that is wrong, what could be read of it.
    package let fields: [String]
    /// What is wrong with it, and the remedy; nil for a good row.
    package let fault: String?
}

/// Why a whole file of separated values cannot be read, with the remedy.
package struct CSVFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}

/// Reads separated values (RFC 4180) row by row from chunks of bytes, in memory that does not grow with the file.
///
/// Values in quotation marks may hold separators, line ends and doubled marks. Lines end in CRLF, LF or CR; a byte order
/// mark is passed over, and blank lines are. The separator is a comma, a semicolon or a tab, whichever the first row has
/// most of. A bad row is an element like the others, and the one after it is read as if nothing had been.
package struct CSVReader {
    /// The most bytes of a row: far more than a person's record takes.
    package static let mostBytesOfRow = 65_536
    /// The most lines that a value in quotation marks may run over, so that one mark left open costs no more than these.
    package static let mostLinesOfField = 60
    static let mostFields = 500
    /// Bytes asked for at a time, at least.
    private static let refill = 65_536

    private let pull: () throws -> [UInt8]?
    private var buffer: [UInt8] = []
    /// Where the next row begins in `buffer`.
    private var start = 0
    private var line = 1
    private var isComplete = false
    /// Known from the first row on.
    package private(set) var separator: UInt8?

    /// Takes bytes from `pull`, chunks of any size, nil at the end.
    package init(_ pull: @escaping () throws -> [UInt8]?) { self.pull = pull }

    /// The next row; nil at the end. Throws a ``CSVFault`` where the file is not UTF-8 from its beginning, and what
    /// `pull` throws.
    package mutating func next() throws -> CSVRow? {
        if separator == nil { try begin() }
        while true {
            let scan = buffer.withUnsafeBufferPointer { bytes in
                var scan = RowScan(
                    bytes: bytes, at: start, isComplete: isComplete, separator: separator ?? UInt8(ascii: ","))
                scan.run()
                return scan.result
            }
            switch scan {
            case .end: return nil
            case .unfinished: try refill()
            case .blank(let next):
                start = next
                line += 1
            case .row(let fields, let next, let lines):
                let row = CSVRow(line: line, fields: fields, fault: nil)
                start = next
                line += lines
                return row
            case .bad(let fields, let fault, let next, let lines):
                let row = CSVRow(line: line, fields: fields, fault: fault)
                start = next
                line += lines
                return row
            case .tooLong:
                let row = CSVRow(
                    line: line, fields: [], fault: "is longer than \(Self.mostBytesOfRow / 1024) KB; is it one person?")
                try skipLine()
                return row
            }
        }
    }

    private mutating func begin() throws {
        try refill()
        if buffer.starts(with: [0xFF, 0xFE]) || buffer.starts(with: [0xFE, 0xFF]) || buffer.prefix(64).contains(0) {
            throw CSVFault(description: "the file is UTF-16, not UTF-8; save it as CSV UTF-8")
        }
        if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
        separator = detectedSeparator()
    }

    private func detectedSeparator() -> UInt8 {
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        var counts = [0, 0, 0]
        var isQuoted = false
        for byte in buffer[start...] {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if isQuoted { continue }
            if byte == 0x0A || byte == 0x0D { break }
            if let index = candidates.firstIndex(of: byte) { counts[index] += 1 }
        }
        let most = counts.max() ?? 0
        return candidates[counts.firstIndex(of: most) ?? 0]
    }

    /// Drops what has been read and appends at least ``refill`` bytes, or all there are.
    private mutating func refill() throws {
        buffer.removeFirst(start)
        start = 0
        let wanted = buffer.count + Self.refill
        while buffer.count < wanted {
            guard let chunk = try pull() else {
                isComplete = true
                return
            }
            buffer += chunk
        }
    }

    private mutating func skipLine() throws {
        while true {
            if let end = buffer[start...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
                let isPair = buffer[end] == 0x0D && end + 1 < buffer.count && buffer[end + 1] == 0x0A
                start = end + (isPair ? 2 : 1)
                line += 1
                return
            }
            start = buffer.count
            if isComplete { return }
            try refill()
        }
    }
}

/// Finds one row in bytes that may not hold the whole of it yet.
private struct RowScan {
    enum Result {
        case end
        case unfinished
        case blank(next: Int)
        case row([String], next: Int, lines: Int)
        case bad([String], String, next: Int, lines: Int)
        case tooLong
    }

    let bytes: UnsafeBufferPointer<UInt8>
    var at: Int
    let isComplete: Bool
    let separator: UInt8
    private let start: Int
    private var fields: [String] = []
    private var lines = 0
    private var isLegible = true
    private(set) var result = Result.unfinished

    init(bytes: UnsafeBufferPointer<UInt8>, at: Int, isComplete: Bool, separator: UInt8) {
        (self.bytes, self.at, self.isComplete, self.separator) = (bytes, at, isComplete, separator)
        start = at
    }

    mutating func run() {
        guard at < bytes.count else {
            result = isComplete ? .end : .unfinished
            return
        }
        while true {
            let isWhole = bytes[safe: at] == UInt8(ascii: "\"") ? quotedField() : plainField()
            guard isWhole else { return }
            if at - start > CSVReader.mostBytesOfRow || fields.count > CSVReader.mostFields {
                result = .tooLong
                return
            }
            if at == bytes.count { return finish(next: at) }
            if bytes[at] == separator {
                at += 1
                continue
            }
            guard let next = lineEnd(at) else { return }
            return finish(next: next)
        }
    }

    private mutating func finish(next: Int) {
        if fields == [""], next - start <= 2 {
            result = .blank(next: next)
        } else if isLegible {
            result = .row(fields, next: next, lines: lines + 1)
        } else {
            result = .bad(
                fields, "is not UTF-8; save the file as CSV UTF-8 and import it again", next: next, lines: lines + 1)
        }
    }

    /// The byte after the line end at `index`; nil (the result set) where the next byte decides and is not there yet.
    private mutating func lineEnd(_ index: Int) -> Int? {
        guard bytes[index] == 0x0D else { return index + 1 }
        if index + 1 < bytes.count { return bytes[index + 1] == 0x0A ? index + 2 : index + 1 }
        if isComplete { return index + 1 }
        result = .unfinished
        return nil
    }

    /// Reads up to a separator or line end; false where the row is settled or unfinished.
    private mutating func plainField() -> Bool {
        let first = at
        while at < bytes.count {
            let byte = bytes[at]
            if byte == separator || byte == 0x0A || byte == 0x0D { break }
            at += 1
        }
        if at == bytes.count, !isComplete {
            result = at - start > CSVReader.mostBytesOfRow ? .tooLong : .unfinished
            return false
        }
        append(UnsafeBufferPointer(rebasing: bytes[first..<at]))
        return true
    }

    /// Reads from one quotation mark to the other; false where the row is settled or unfinished.
    private mutating func quotedField() -> Bool {
        let first = at + 1
        var doubled = false
        var newLines = 0
        at = first
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") {
                guard at + 1 < bytes.count else {
                    if isComplete { break }
                    result = .unfinished
                    return false
                }
                guard bytes[at + 1] == byte else { break }
                doubled = true
                at += 1
            } else if byte == 0x0A || (byte == 0x0D && bytes[safe: at + 1] != 0x0A) {
                newLines += 1
                if newLines > CSVReader.mostLinesOfField { return leftOpen() }
            }
            if at - start > CSVReader.mostBytesOfRow { return leftOpen() }
            at += 1
        }
        guard at < bytes.count else {
            if isComplete { return leftOpen() }
            result = .unfinished
            return false
        }
        let content = UnsafeBufferPointer(rebasing: bytes[first..<at])
        at += 1
        if at < bytes.count, bytes[at] != separator, bytes[at] != 0x0A, bytes[at] != 0x0D {
            return broken("has something after a closing quotation mark; double the marks within a value")
        }
        if at == bytes.count, !isComplete {
            result = .unfinished
            return false
        }
        lines += newLines
        if doubled {
            var text: [UInt8] = []
            text.reserveCapacity(content.count)
            var isSecond = false
            for byte in content {
                isSecond = byte == UInt8(ascii: "\"") && !isSecond
                if !isSecond { text.append(byte) }
            }
            text.withUnsafeBufferPointer { append($0) }
        } else {
            append(content)
        }
        return true
    }

    private mutating func append(_ content: UnsafeBufferPointer<UInt8>) {
        if let text = String(validating: content, as: UTF8.self) {
            fields.append(text)
        } else {
            isLegible = false
            fields.append(String(decoding: content, as: UTF8.self))
        }
    }

    private mutating func leftOpen() -> Bool {
        broken("has a quotation mark that is opened and not closed; close it")
    }

    /// Gives the row up to its first line end as a bad one: a stray mark must not swallow the rows after it.
    private mutating func broken(_ fault: String) -> Bool {
        let end = bytes[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count
        let next = end == bytes.count ? end : (lineEnd(end) ?? end)
        let raw = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
        result = .bad([raw], fault, next: next, lines: 1)
        return false
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate subscript(safe index: Int) -> UInt8? { index < count ? self[index] : nil }
}
