/// The relaxed canonical forms, which survive what mail systems do to white space (RFC 6376 section 3.4).
enum RelaxedForm {
    private static let space = UInt8(ascii: " ")
    private static let tab = UInt8(ascii: "\t")
    private static let colon = UInt8(ascii: ":")

    /// Appends one header field, without the CRLF at its end (section 3.4.2): the name in lower case, the folds undone,
    /// white space within as one space, none at the ends or around the colon.
    static func append(field: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
        var inName = true
        var hasValue = false
        var owesSpace = false
        for byte in field {
            switch byte {
            case space, tab: owesSpace = true
            case 0x0D, 0x0A: continue
            case colon where inName:
                bytes.append(byte)
                (inName, owesSpace) = (false, false)
            case _ where inName: bytes.append((0x41...0x5A).contains(byte) ? byte | 0x20 : byte)
            default:
                if owesSpace, hasValue { bytes.append(space) }
                (hasValue, owesSpace) = (true, false)
                bytes.append(byte)
            }
        }
    }

    /// A body as it is written, piece by piece (section 3.4.4): white space within a line as one space, none at its end,
    /// no empty lines at the end of all.
    struct Body {
        private(set) var bytes: [UInt8] = []
        private var owesSpace = false
        private var owedLineEnds = 0
        private var isEmpty = true

        /// `piece` has CRLF line ends alone.
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

        /// What follows here is text that is neither empty nor white space: what is owed before it is written.
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

        /// The end of the body: one line end, unless there is no line.
        mutating func end() {
            owedLineEnds = 0
            if !isEmpty { bytes += [0x0D, 0x0A] }
        }

        /// Empties what is written and keeps what is owed.
        mutating func take() -> [UInt8] {
            defer { bytes = [] }
            return bytes
        }
    }
}
