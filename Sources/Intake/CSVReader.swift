/// One row of a file of separated values.
package struct CSVRow: Hashable, Sendable {
    /// The line it begins in, from 1.
    package let line: Int
    /// Its values; of a bad row, those that could be read.
    package let fields: [String]
    /// Its fault and the remedy; nil for a good row.
    package let fault: String?
}

/// Why a whole file of separated values cannot be read, with the remedy.
package struct CSVFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String
}

/// Reads separated values (RFC 4180) row by row from chunks of bytes, in memory that does not grow with the file.
///
/// Values in quotation marks may hold separators, line ends and doubled marks. Lines end in CRLF, LF or CR; a byte
/// order mark is passed over, and blank lines are. The separator is a comma, a semicolon or a tab, whichever the first
/// row has most of. A bad row is an element like the others, and the one after it is read as if nothing had been.
package struct CSVReader {
    /// The most bytes of a row: far more than a person's record takes.
    package static let mostBytesOfRow = 65_536
    /// The most lines that a value in quotation marks may run over, so that one mark left open costs no more than
    /// these.
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

    /// The next row; nil at the end. Throws a ``CSVFault`` where the beginning of the file is not UTF-8, and the errors of
    /// `pull`.
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
        if buffer.starts(with: Array("PK\u{3}\u{4}".utf8)) {
            throw CSVFault(
                description:
                    "the file is a zip archive; unpack it, and import the files in it one by one, beginning with those who "
                    + "left")
        }
        if buffer.starts(with: [0xFF, 0xFE]) || buffer.starts(with: [0xFE, 0xFF]) || buffer.prefix(64).contains(0) {
            throw CSVFault(description: "the file is UTF-16, not UTF-8; save it as UTF-8 and import it again")
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

    /// Drops the bytes that have been read and appends at least ``refill`` bytes, or all there are.
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
