/// One message ready for the wire: its recipient, its return path, and its bytes.
package struct OutgoingMessage: Sendable {
    package let id: SubscriberID
    /// The return path (RFC 5321 section 3.3, MAIL FROM), a VERP address of ours; nil for the null sender.
    package let sender: EmailAddress?
    package let recipient: EmailAddress
    /// RFC 5322 bytes with CRLF line ends, 7-bit, dot-stuffed (RFC 5321 section 4.5.2), ending in CRLF and without the
    /// final dot line.
    package let data: [UInt8]
    /// Octets before dot-stuffing, for the SIZE parameter (RFC 1870).
    package let size: Int

    package init(id: SubscriberID, sender: EmailAddress?, recipient: EmailAddress, data: [UInt8], size: Int) {
        (self.id, self.sender, self.recipient, self.data, self.size) = (id, sender, recipient, data, size)
    }
}

/// A part of a rendered edition that differs between readers. The edition contains its marker, which no entered text
/// can contain (control characters are refused on entry), and Mail replaces it with the reader's own.
package enum PersonalPart: String, Sendable, CaseIterable {
    /// The address of the unsubscribe page.
    case leave

    package var marker: String { "\u{1}\(rawValue)\u{2}" }
}
