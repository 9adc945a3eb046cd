/// The relaxed canonical forms, which survive changes that mail systems make to white space (RFC 6376 section 3.4).
enum RelaxedForm {
    private static let space = UInt8(ascii: " ")
    private static let tab = UInt8(ascii: "\t")
    private static let colon = UInt8(ascii: ":")

    /// A header field written in pieces, without the CRLF at its end (section 3.4.2): the name in lower case, unfolded,
    /// runs of white space as one space, none at the ends or around the colon.
    struct Field: Sendable {
        private(set) var bytes: [UInt8] = []
        private var inName: Bool
        private var hasValue = false
        private var owesSpace = false

        init() { inName = true }

        /// A part of a value, which neither begins nor ends with white space of its own.
        init(ofValue text: [UInt8]) {
            inName = false
            bytes.reserveCapacity(text.count)
            text.withUnsafeBytes { write($0) }
        }

        mutating func write(_ piece: UnsafeRawBufferPointer) {
            var at = 0
            while at < piece.count {
                switch piece[at] {
                case space, tab: owesSpace = true
                case 0x0D, 0x0A: break
                case colon where inName:
                    bytes.append(colon)
                    (inName, owesSpace) = (false, false)
                case let byte where inName: bytes.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
                default:
                    settle()
                    let start = at
                    while at < piece.count, piece[at] > space { at += 1 }
                    bytes.append(contentsOf: piece[start..<max(at, start + 1)])
                    at = max(at, start + 1)
                    continue
                }
                at += 1
            }
        }

        /// Writes pending white space, because text that does not begin with white space follows.
        mutating func settle() {
            if owesSpace, hasValue { bytes.append(space) }
            (hasValue, owesSpace) = (true, false)
        }

        /// Returns and empties the output, and keeps pending white space.
        mutating func take() -> [UInt8] {
            defer { bytes = [] }
            return bytes
        }
    }

    /// A body written in pieces (section 3.4.4): runs of white space within a line as one space, none at its end, no
    /// empty lines at the end of the body.
    struct Body {
        private(set) var bytes: [UInt8] = []
        private var owesSpace = false
        private var owedLineEnds = 0
        private var isEmpty = true

        /// `piece` has only CRLF line ends.
        mutating func write(_ piece: UnsafeRawBufferPointer) {
            for byte in piece {
                switch byte {
                case space, tab: owesSpace = true
                case 0x0D: continue
                case 0x0A:
                    owesSpace = false
                    owedLineEnds += 1
                default:
                    settle()
                    bytes.append(byte)
                }
            }
        }

        /// Writes pending white space and line ends, because text that is neither follows.
        mutating func settle() {
            isEmpty = false
            while owedLineEnds > 0 {
                bytes += [0x0D, 0x0A]
                owedLineEnds -= 1
            }
            if owesSpace {
                bytes.append(space)
                owesSpace = false
            }
        }

        /// Ends the body with one line end, unless it has no line.
        mutating func end() {
            owedLineEnds = 0
            if !isEmpty { bytes += [0x0D, 0x0A] }
        }

        /// Returns and empties the output, and keeps pending white space and line ends.
        mutating func take() -> [UInt8] {
            defer { bytes = [] }
            return bytes
        }
    }
}
