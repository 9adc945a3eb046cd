import MIME

/// A reader's complaint as their provider passes it on (RFC 5965), and the older form of Outlook.com.
struct FeedbackReport: Sendable {
    /// In lower case: `abuse`, `not-spam`, `auth-failure`, `opt-out`.
    let kind: String
    /// Where our message went, if the provider left that in.
    let recipient: String?
    /// Our return path, with its token.
    let originalSender: String?

    init?(_ message: IncomingMessage) {
        let enclosed = message.enclosed
        if let part = message.first("message/feedback-report") {
            let fields = IncomingHeaderGroup(message.headers(in: part, most: 4))
            kind = fields["feedback-type"]?.lowercased().trimmingSpaces() ?? ""
            recipient =
                (fields["original-rcpt-to"] ?? fields["removal-recipient"]).flatMap(WrittenAddress.first)
                ?? Self.recipient(enclosed)
            originalSender = fields["original-mail-from"]
        } else if enclosed?.has("x-hmxmroriginalrecipient") == true {
            // Outlook.com's junk mail reports enclose the message, and say no more.
            kind = "abuse"
            recipient = Self.recipient(enclosed)
            originalSender = nil
        } else {
            return nil
        }
    }

    /// Whether a reader complained. Reports of authentication failures or of a virus scanner are no complaints.
    var isComplaint: Bool { ["abuse", "fraud", "opt-out", "opt-out-list", "complaint"].contains(kind) }

    private static func recipient(_ enclosed: IncomingHeader?) -> String? {
        (enclosed?["x-hmxmroriginalrecipient"] ?? enclosed?["to"]).flatMap(WrittenAddress.first)
    }
}

/// The fields of several groups as one.
private struct IncomingHeaderGroup {
    private let headers: [IncomingHeader]

    init(_ headers: [IncomingHeader]) { self.headers = headers }

    subscript(name: String) -> String? { headers.lazy.compactMap { $0[name] }.first }
}
