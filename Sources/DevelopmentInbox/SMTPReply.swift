import NIOCore

/// A reply of the server: code, enhanced code (RFC 2034), and its lines of text.
struct SMTPReply: Sendable, Equatable {
    let code: Int
    let enhanced: String?
    let lines: [String]

    init(_ code: Int, _ enhanced: String?, _ lines: String...) {
        self.init(code, enhanced, lines: lines)
    }

    init(_ code: Int, _ enhanced: String?, lines: [String]) {
        self.code = code
        self.enhanced = enhanced
        self.lines = lines
    }

    var isRefusal: Bool { code >= 400 }

    func write(into buffer: inout ByteBuffer, withEnhancedCodes: Bool) {
        for (index, line) in lines.enumerated() {
            buffer.writeString(String(code))
            buffer.writeString(index == lines.count - 1 ? " " : "-")
            if withEnhancedCodes, let enhanced {
                buffer.writeString(enhanced)
                buffer.writeString(" ")
            }
            buffer.writeString(line)
            buffer.writeString("\r\n")
        }
    }

    /// The same reply grown to about so many bytes, in lines of the longest length allowed (RFC 5321 section
    /// 4.5.3.1.5).
    func padded(to bytes: Int) -> SMTPReply {
        let line = String(repeating: "x", count: 480)
        let padding = Array(repeating: line, count: max(1, bytes / 490))
        return SMTPReply(code, enhanced, lines: padding + [lines.last ?? ""])
    }
}

/// The output after one step of the dialogue, and how it is sent.
struct SMTPAnswer: Equatable {
    enum Timing: Equatable {
        case atOnce
        case after(Duration)
        /// One byte, a pause of this length, the next byte.
        case byteByByte(Duration)
    }

    enum Ending: Equatable {
        case goOn
        case startTLS
        /// Close once the bytes are out.
        case close
        /// Stay connected, and neither answer nor read a command again.
        case silence
    }

    var bytes: ByteBuffer
    var timing = Timing.atOnce
    var ending = Ending.goOn
    /// Whether the reply is of 4yz or 5yz.
    var refuses = false
}
