extension EmailAddress {
    /// `bounces+DETAIL@domain` (RFC 5233): an address of our own, made from one that was read and judged before. It costs
    /// next to nothing, because it is wanted once or twice a message. `detail` is ours as well: letters, digits, full stops
    /// and hyphens, with no full stop first, last or beside another, and no longer than leaves 64 octets in all.
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
