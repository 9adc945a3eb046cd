import Glibc

/// A message that somebody else wrote, split at its boundaries (RFC 2046 section 5.1). The time this takes grows with
/// its length and not with its nesting, nothing is recursive, and ``overflow`` names a bound that it exceeds.
package struct IncomingMessage {
    /// A part that is no multipart itself.
    package struct Part {
        package let header: IncomingHeader
        package let type: IncomingParameters
        /// Its octets in the message.
        package let content: Range<Int>

        var encoding: String? { header["content-transfer-encoding"] }

        /// Whether it is to be kept as a file, and not shown (RFC 2183 section 2.2).
        package var isAttachment: Bool { disposition.value == "attachment" }

        /// The name it has as a file (RFC 2183 section 2.3), else the older parameter of its type.
        package var fileName: String? { (disposition["filename"] ?? type["name"]).map(IncomingWords.decode) }

        private var disposition: IncomingParameters { IncomingParameters(header["content-disposition"]) }
    }

    /// A report that encloses a message of ours has four or five.
    static let mostParts = 1000
    /// No mailer nests deeper than six or seven.
    static let mostNesting = 50
    /// Octets of a text or a report that are looked at.
    static let longestText = 256 << 10

    package let header: IncomingHeader
    package let type: IncomingParameters
    /// Octets of the header and the empty line after it.
    package let headerLength: Int
    package let parts: [Part]
    /// Which bound the message exceeds, in words; it is read up to there.
    package let overflow: String?
    private let bytes: UnsafeRawBufferPointer

    /// Valid as long as `bytes` are.
    package init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        var scan = PartScan(bytes: bytes)
        scan.run()
        (header, type, parts, overflow) = (scan.top, scan.topType, scan.parts, scan.overflow)
        headerLength = scan.topLength
    }

    /// The first part of one of those types.
    package func first(_ types: String...) -> Part? { parts.first { types.contains($0.type.value) } }

    /// The octets of a part with its transfer encoding undone.
    package func content(of part: Part) -> [UInt8] { IncomingText.decode(bytes[part.content], as: part.encoding) }

    /// A part's whole text; of HTML its source.
    package func source(of part: Part) -> String {
        IncomingText.text(bytes[part.content], part.type, encoding: part.encoding)
    }

    /// A part's text up to ``longestText``; HTML as plain text.
    func text(_ part: Part) -> String {
        let text = IncomingText.text(bytes[part.content].prefix(Self.longestText), part.type, encoding: part.encoding)
        return part.type.value == "text/html" ? PlainHTML.text(text) : text
    }

    /// The headers in a part, separated by empty lines: a report's groups, an enclosed message's header. At most
    /// `most`.
    package func headers(in part: Part, most: Int) -> [IncomingHeader] {
        var content = IncomingText.decode(bytes[part.content].prefix(Self.longestText), as: part.encoding)
        // A last line without its end is a line all the same.
        content.append(10)
        return content.withUnsafeBytes { bytes in
            var headers: [IncomingHeader] = []
            var at = 0
            while at < bytes.count, headers.count < most, let (header, end) = IncomingHeader.read(bytes, from: at) {
                if !header.fields.isEmpty { headers.append(header) }
                // A line that is no field begins nothing; it is skipped.
                at = end > at ? end : bytes.line(from: at).next
            }
            return headers
        }
    }

    /// The text that a person reads first: the first plain text, else the first HTML as plain text. Empty where there
    /// is neither.
    package var readableText: String {
        let plain = parts.first { $0.type.value == "text/plain" && !$0.isAttachment }
        guard let part = plain ?? parts.first(where: { $0.type.value == "text/html" }) else { return "" }
        let text = text(part)
        if text.allSatisfy(\.isWhitespace), let html = first("text/html") { return self.text(html) }
        return text
    }

    /// The header of the message that is enclosed: as a whole message, or its header alone (RFC 6522, 6533).
    package var enclosed: IncomingHeader? {
        first("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "text/rfc822-header")
            .flatMap { headers(in: $0, most: 1).first }
    }
}

/// Goes through a message line by line.
private struct PartScan {
    let bytes: UnsafeRawBufferPointer
    var top = IncomingHeader()
    var topType = IncomingParameters(nil)
    var topLength = 0
    var parts: [IncomingMessage.Part] = []
    package var overflow: String?

    private var boundaries: [[UInt8]] = []
    /// The depth of each of them.
    private var depths: [[UInt8]: Int] = [:]
    private var open: (header: IncomingHeader, type: IncomingParameters, start: Int)?
    private var at = 0

    /// RFC 2046 section 5.1.1 has 70.
    private static let longestBoundary = 200

    package init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func run() {
        // As mailbox files part messages.
        if bytes.starts(with: "From ".utf8) { at = bytes.line(from: 0).next }
        guard let (header, end) = IncomingHeader.read(bytes, from: at) else {
            overflow =
                "its header has more than \(IncomingHeader.mostFields) fields or \(IncomingHeader.longest >> 10) KB"
            topLength = bytes.count
            return
        }
        (top, topType, topLength, at) = (header, Self.type(header, within: nil), end, end)
        begin(header, topType)
        while at < bytes.count, overflow == nil {
            let (line, next) = bytes.line(from: at)
            if line.count > 2, !boundaries.isEmpty, bytes[line.lowerBound] == UInt8(ascii: "-"),
                bytes[line.lowerBound + 1] == UInt8(ascii: "-"), let (depth, isLast) = boundary(line)
            {
                close(at: at)
                leave(to: isLast ? depth : depth + 1)
                at = next
                if !isLast { beginPart() }
            } else {
                at = next
            }
        }
        close(at: bytes.count)
    }

    private mutating func beginPart() {
        guard parts.count < IncomingMessage.mostParts else {
            overflow = "it has more than \(IncomingMessage.mostParts) parts"
            return
        }
        guard let (header, end) = IncomingHeader.read(bytes, from: at) else {
            overflow = "a part's header has more than \(IncomingHeader.mostFields) fields"
            return
        }
        at = end
        begin(header, Self.type(header, within: topType))
    }

    private mutating func begin(_ header: IncomingHeader, _ type: IncomingParameters) {
        if type.value.hasPrefix("multipart/"), let boundary = type["boundary"], !boundary.isEmpty {
            guard boundaries.count < IncomingMessage.mostNesting else {
                overflow = "its parts are nested more than \(IncomingMessage.mostNesting) deep"
                return
            }
            let text = Array(boundary.utf8.prefix(Self.longestBoundary))
            // One that stands further out already ends that, too.
            if depths[text] == nil { depths[text] = boundaries.count }
            boundaries.append(text)
        } else {
            open = (header, type, at)
        }
    }

    private mutating func leave(to depth: Int) {
        while boundaries.count > depth, let text = boundaries.popLast() {
            if depths[text] == boundaries.count { depths[text] = nil }
        }
    }

    private mutating func close(at end: Int) {
        guard let part = open else { return }
        open = nil
        // The line end before a boundary belongs to the boundary (RFC 2046 section 5.1.1).
        var end = end
        if end < bytes.count, end > part.start, bytes[end - 1] == 10 {
            end -= 1
            if end > part.start, bytes[end - 1] == 13 { end -= 1 }
        }
        parts.append(
            IncomingMessage.Part(header: part.header, type: part.type, content: part.start..<max(part.start, end)))
    }

    /// How deep the boundary stands that this line is, and whether it is the last of its multipart. One look, however
    /// deep they are nested.
    private func boundary(_ line: Range<Int>) -> (depth: Int, isLast: Bool)? {
        guard line.count <= Self.longestBoundary + 8 else { return nil }
        var text = Array(bytes[(line.lowerBound + 2)..<line.upperBound])
        while let last = text.last, last == 0x20 || last == 0x09 { text.removeLast() }
        if let depth = depths[text] { return (depth, false) }
        guard text.suffix(2).elementsEqual("--".utf8) else { return nil }
        text.removeLast(2)
        return depths[text].map { ($0, true) }
    }

    /// A part without a type is plain text (RFC 2045 section 5.2), or, in a digest, a message.
    private static func type(_ header: IncomingHeader, within outer: IncomingParameters?) -> IncomingParameters {
        if let text = header["content-type"] {
            let type = IncomingParameters(text)
            if type.value.contains("/") { return type }
        }
        return IncomingParameters(outer?.value == "multipart/digest" ? "message/rfc822" : "text/plain")
    }
}
