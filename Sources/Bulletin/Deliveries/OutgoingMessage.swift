/// One message ready for the wire: to whom it goes, where its bounces come back to, and its bytes.
package struct OutgoingMessage: Sendable {
    package let id: SubscriberID
    /// The return path (RFC 5321 section 3.3, MAIL FROM), a VERP address of ours; nil for the null sender.
    package let sender: EmailAddress?
    package let recipient: EmailAddress
    /// RFC 5322 bytes with CRLF line ends, 7-bit, dots stuffed (RFC 5321 section 4.5.2), ending in CRLF and without the
    /// final dot line.
    package let data: [UInt8]
    /// Octets before dots were stuffed, for the SIZE parameter (RFC 1870).
    package let size: Int

    package init(id: SubscriberID, sender: EmailAddress?, recipient: EmailAddress, data: [UInt8], size: Int) {
        (self.id, self.sender, self.recipient, self.data, self.size) = (id, sender, recipient, data, size)
    }
}

/// A part of a printed edition that differs from reader to reader. The edition holds its marker, which no text that
/// people hand in can hold (control characters are refused at the door), and Mail puts the reader's own in its place.
package enum PersonalPart: String, Sendable, CaseIterable {
    /// The address of the page with the button to leave.
    case leave

    package var marker: String { "\u{1}\(rawValue)\u{2}" }
}
