import MIME

/// A message as its page shows it: its header, its text, its HTML, and its attachments.
struct ShownMessage {
    struct Attachment: Equatable {
        let name: String
        let type: String
        /// Octets, decoded.
        let size: Int
    }

    private let header: IncomingHeader
    /// The header section as it was sent.
    let rawHeader: String
    /// The first part of each kind that is not an attachment.
    private(set) var text: String?
    private(set) var html: String?
    private(set) var attachments: [Attachment] = []

    init(_ message: [UInt8]) {
        self = message.withUnsafeBytes { bytes in
            ShownMessage(IncomingMessage(bytes), bytes)
        }
    }

    private init(_ message: IncomingMessage, _ bytes: UnsafeRawBufferPointer) {
        header = message.header
        rawHeader = String(decoding: bytes.prefix(message.headerLength), as: UTF8.self)
        for part in message.parts {
            switch part.type.value {
            case "text/plain" where text == nil && !part.isAttachment: text = message.source(of: part)
            case "text/html" where html == nil && !part.isAttachment: html = message.source(of: part)
            case let type:
                attachments.append(
                    Attachment(
                        name: part.fileName ?? "without a name", type: type, size: message.content(of: part).count))
            }
        }
    }

    /// The first field of that name, letter case aside, on one line and with its encoded words decoded.
    subscript(_ name: String) -> String? { header[name.lowercased()].map(IncomingWords.decode) }
}
