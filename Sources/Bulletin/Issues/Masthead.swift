/// The publisher's details in every issue, and the addresses it is sent from.
package struct Masthead: Hashable, Sendable {
    package var name: String
    package var publisher: String
    /// BCP 47, `en-GB`.
    package var language: String
    /// The display name and the address of From.
    package var fromName: String
    package var from: EmailAddress
    package var replyTo: EmailAddress?
    package var postalAddress: String
    package var phone: String?
    /// The number for text messages.
    package var text: String?
    /// The address that bounces return to (`delivery.returnAddress`); its plus parts carry codes.
    package var returnAddress: EmailAddress
    /// Whether the mailbox behind `returnAddress` is read, so that requests by mail can go there; otherwise they go to
    /// `replyTo`.
    package var mailboxIsRead: Bool
    /// `https://bulletin.example.org`, without a slash at its end.
    package var publicURL: String

    package init(
        name: String, publisher: String, language: String, fromName: String, from: EmailAddress,
        replyTo: EmailAddress?, postalAddress: String, phone: String?, text: String?, returnAddress: EmailAddress,
        mailboxIsRead: Bool, publicURL: String
    ) {
        (self.name, self.publisher, self.language) = (name, publisher, language)
        (self.fromName, self.from, self.replyTo) = (fromName, from, replyTo)
        (self.postalAddress, self.phone, self.text) = (postalAddress, phone, text)
        (self.returnAddress, self.mailboxIsRead, self.publicURL) = (returnAddress, mailboxIsRead, publicURL)
    }
}
