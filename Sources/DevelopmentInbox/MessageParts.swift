import NIOCore

/// A message taken apart for people to look at (RFC 2045, 2046): its text, its HTML, and what is attached.
struct MessageParts: Equatable {
    struct Attachment: Equatable {
        let name: String
        let type: String
        /// Octets, decoded.
        let size: Int
    }

    let headers: HeaderFields
    /// The header section as it stands on the wire.
    let rawHeaders: String
    /// The first part of each kind that is not an attachment.
    private(set) var text: String?
    private(set) var html: String?
    private(set) var attachments: [Attachment] = []
    private var partsSeen = 0
    private static let deepest = 10
    private static let mostParts = 100

    init(_ message: [UInt8]) {
        headers = HeaderFields(message)
        rawHeaders = String(decoding: message[..<headers.length], as: UTF8.self)
        take(headers, message[headers.length...], depth: 0)
    }

    private mutating func take(_ headers: HeaderFields, _ body: ArraySlice<UInt8>, depth: Int) {
        partsSeen += 1
        guard depth < Self.deepest, partsSeen <= Self.mostParts else { return }
        let type = ContentType(headers["Content-Type"] ?? "text/plain")
        if type.name.hasPrefix("multipart/"), let boundary = type.parameters["boundary"], !boundary.isEmpty {
            for part in Self.split(body, at: Array("--\(boundary)".utf8)) {
                let partHeaders = HeaderFields(part)
                take(partHeaders, part.dropFirst(partHeaders.length), depth: depth + 1)
            }
            return
        }
        let encoding = headers["Content-Transfer-Encoding"] ?? "7bit"
        let bytes = TransferEncoding.decode(body, as: String(encoding.prefix { $0 != " " && $0 != ";" }))
        let disposition = ContentType(headers["Content-Disposition"] ?? "inline")
        let charset = type.parameters["charset"] ?? "utf-8"
        switch type.name {
        case "text/plain" where text == nil && disposition.name != "attachment":
            text = Charset.text(bytes, charset: charset)
        case "text/html" where html == nil && disposition.name != "attachment":
            html = Charset.text(bytes, charset: charset)
        default:
            let name = disposition.parameters["filename"] ?? type.parameters["name"] ?? "without a name"
            attachments.append(Attachment(name: EncodedWords.decode(name), type: type.name, size: bytes.count))
        }
    }

    /// The parts between lines that begin with the delimiter; what stands before the first and after the last is none.
    private static func split(_ body: ArraySlice<UInt8>, at delimiter: [UInt8]) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var begun: Int?
        var line = body.startIndex
        while line < body.endIndex, parts.count < mostParts {
            let end = body[line...].firstIndex(of: 10).map { $0 + 1 } ?? body.endIndex
            let rest = body[line..<end].dropFirst(delimiter.count)
            let isLast = rest.starts(with: "--".utf8)
            if body[line..<end].starts(with: delimiter), isLast || rest.allSatisfy({ $0 <= 32 }) {
                // The line end before a delimiter belongs to the delimiter.
                if let begun { parts.append(body[begun..<max(begun, line - 2)]) }
                if isLast { return parts }
                begun = end
            }
            line = end
        }
        if let begun { parts.append(body[begun...]) }
        return parts
    }
}

/// A Content-Type or Content-Disposition: its name in lower case, its parameters without their quotes.
struct ContentType: Equatable {
    let name: String
    let parameters: [String: String]

    init(_ text: String) {
        var pieces: [String] = [""]
        var (isQuoted, isEscaped) = (false, false)
        for character in text {
            switch character {
            case _ where isEscaped:
                pieces[pieces.count - 1].append(character)
                isEscaped = false
            case "\\" where isQuoted: isEscaped = true
            case "\"": isQuoted.toggle()
            case ";" where !isQuoted: pieces.append("")
            default: pieces[pieces.count - 1].append(character)
            }
        }
        name = pieces[0].filter { !$0.isWhitespace }.lowercased()
        var parameters: [String: String] = [:]
        for piece in pieces.dropFirst() {
            let halves = piece.split(separator: "=", maxSplits: 1).map { $0.trimmed }
            if halves.count == 2 { parameters[halves[0].lowercased()] = halves[1] }
        }
        self.parameters = parameters
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
