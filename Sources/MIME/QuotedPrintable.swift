import Basics

/// Quoted-printable (RFC 2045 section 6.7): lines of at most 76 bytes ending in CRLF, upper-case hex, no raw trailing
/// blank. A dot and `From ` at the start of a line are encoded too, so that no line needs a dot stuffed and no mailbox
/// file puts a `>` before one.
package enum QuotedPrintable {
    /// RFC 2045 section 6.7(5), the soft break's `=` included.
    static let longestLine = 76

    /// `=XX`
    static func escape(_ byte: UInt8) -> [UInt8] {
        [UInt8(ascii: "=")] + Hexadecimal.digits(of: byte)
    }

    /// Writes text line by line, keeping the column, so that slots whose width is known may stand among it.
    package struct Writer {
        package private(set) var bytes: [UInt8] = []
        private var column = 0
        package init() {}

        /// Appends one line of text without its line end. `hasMore`: something follows on the same line.
        package mutating func write(_ line: some Collection<UInt8>, hasMore: Bool) {
            var index = line.startIndex
            while index != line.endIndex {
                let byte = line[index]
                let next = line.index(after: index)
                let isLast = next == line.endIndex && !hasMore
                // Its width within a line decides whether the line breaks before it; at the start of a line it may
                // take more.
                var width = Self.isLiteral(byte, last: isLast) ? 1 : 3
                makeRoom(width)
                if column == 0, width == 1, Self.isRiskyFirst(line[index...]) { width = 3 }
                if width == 1 { bytes.append(byte) } else { bytes += escape(byte) }
                column += width
                index = next
            }
        }

        /// Leaves a place for `width` bytes that need no encoding and are not a line's risky first ones; nothing is
        /// written but the soft break before them, where one is due.
        package mutating func leave(_ width: Int) {
            makeRoom(width)
            column += width
        }

        /// Ends the line of text.
        package mutating func endLine() {
            bytes += [0x0D, 0x0A]
            column = 0
        }

        /// Takes the bytes written so far and keeps the column.
        package mutating func take() -> [UInt8] {
            defer { bytes = [] }
            return bytes
        }

        private mutating func makeRoom(_ width: Int) {
            guard column > 0, column + width > longestLine - 1 else { return }
            bytes += [UInt8(ascii: "="), 0x0D, 0x0A]
            column = 0
        }

        private static func isLiteral(_ byte: UInt8, last: Bool) -> Bool {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"): !last
            case UInt8(ascii: "="): false
            case 0x21...0x7E: true
            default: false
            }
        }

        private static func isRiskyFirst(_ rest: some Sequence<UInt8>) -> Bool {
            rest.starts(with: [UInt8(ascii: ".")]) || rest.starts(with: Array("From ".utf8))
        }
    }
}
