/// What every issue says about who publishes it, and the addresses it goes out under.
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
    /// The number that takes text messages.
    package var text: String?
    /// Where everything that comes back goes (`delivery.returnAddress`); its plus parts carry seals.
    package var returnAddress: EmailAddress
    /// Whether the mailbox behind `returnAddress` is read, so that mailed wishes may go there; else they go to `replyTo`.
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
