import Bulletin
import MIME

/// A text of the edition as quoted-printable, with placeholders for its personal parts.
struct PrintedPart {
    /// The text before and within a personal part.
    struct Link {
        /// The address up to the reader's token, as written in this part (escaped in HTML).
        let address: String
        /// The number of bytes of the token; nil if there is none, and the address is complete.
        let tokenWidth: Int?
    }

    private let link: Link?
    private var writer = QuotedPrintable.Writer()
    private var templateBytes = TemplateBytes()

    /// The encoded text. `name` (`text` or `HTML`) is for the fault: a text without the marker of
    /// ``PersonalPart/leave``, or with an unknown marker. Without `link` it must have no marker.
    static func templateBytes(of text: String, named name: String, link: Link?) throws(ComposingFault) -> TemplateBytes
    {
        var part = PrintedPart(link: link)
        var found = false
        var bytes = Array(text.utf8)
        if bytes.last != 0x0A { bytes.append(0x0A) }
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
            let line = line.last == 0x0D ? line.dropLast() : line
            if try part.print(line, named: name) { found = true }
        }
        guard found || link == nil else { throw .noWayToLeave(part: name) }
        part.templateBytes.write(part.writer.take())
        return part.templateBytes
    }

    private init(link: Link?) { self.link = link }

    /// Writes one line and returns whether it contained the link.
    private mutating func print(_ line: ArraySlice<UInt8>, named name: String) throws(ComposingFault) -> Bool {
        let marker = Array(PersonalPart.leave.marker.utf8)
        var rest = line
        var found = false
        while let start = rest.firstIndex(of: marker[0]) {
            guard let link, rest[start...].starts(with: marker) else { throw .unknownPersonalPart(part: name) }
            writer.write(rest[..<start], hasMore: true)
            writer.write(link.address.utf8, hasMore: true)
            if let width = link.tokenWidth {
                writer.leave(width)
                templateBytes.write(writer.take())
                templateBytes.leave(.leave)
            }
            rest = rest[(start + marker.count)...]
            found = true
        }
        writer.write(rest, hasMore: false)
        writer.endLine()
        return found
    }
}
