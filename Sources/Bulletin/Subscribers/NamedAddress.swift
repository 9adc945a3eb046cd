/// A display name and an address, as From and To have them: `Health eBulletin <bulletin@example.org>` (RFC 5322 section
/// 3.4, where it is a mailbox).
package struct NamedAddress: Hashable, Sendable {
    package var name: String?
    package var address: EmailAddress

    package init(name: String? = nil, address: EmailAddress) { (self.name, self.address) = (name, address) }
}
