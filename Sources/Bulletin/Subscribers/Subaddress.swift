extension EmailAddress {
    /// `bounces+DETAIL@domain` (RFC 5233): one of our addresses, derived from a validated one. It is cheap, because it
    /// is needed once or twice for each message. `detail` is ours as well: letters, digits, full stops and hyphens,
    /// with no full stop first, last or doubled, and short enough for 64 octets in all.
    package func subaddress(_ detail: String) -> EmailAddress {
        EmailAddress(ours: "\(local)+\(detail)", domain: domain)
    }

    private init(ours local: String, domain: String) {
        precondition(
            local.utf8.count <= 64, "a subaddress of \(local.utf8.count) octets: delivery.returnAddress is too long")
        self.local = local
        self.domain = domain
    }
}
