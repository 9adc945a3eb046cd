import Cryptography

/// The hash of a body with placeholders (RFC 6376 section 3.7): its canonical form is worked out once, and the part
/// before the first placeholder is hashed once.
struct BodyHash: Sendable {
    private let beginning: SHA256
    private let rest: TemplateBytes

    /// `body` has CRLF line ends. The placeholders' values are never empty and have no white space.
    init(_ body: TemplateBytes) {
        var form = RelaxedForm.Body()
        var canonical = TemplateBytes()
        var from = 0
        for (slot, at) in body.slots {
            body.bytes[from..<at].withUnsafeBytes { form.write($0) }
            form.settle()
            canonical.write(form.take())
            canonical.leave(slot)
            from = at
        }
        body.bytes[from...].withUnsafeBytes { form.write($0) }
        form.end()
        canonical.write(form.take())

        let first = canonical.slots.first?.at ?? canonical.bytes.count
        var hash = SHA256()
        canonical.bytes[..<first].withUnsafeBytes { hash.update($0) }
        (beginning, rest) = (hash, canonical.dropping(first))
    }

    /// The digest of the body with every placeholder filled.
    func digest(_ text: (Placeholder) -> [UInt8]) -> [UInt8] {
        var hash = beginning
        rest.bytes.withUnsafeBytes { bytes in
            var from = 0
            for (slot, at) in rest.slots {
                hash.update(UnsafeRawBufferPointer(rebasing: bytes[from..<at]))
                text(slot).withUnsafeBytes { hash.update($0) }
                from = at
            }
            hash.update(UnsafeRawBufferPointer(rebasing: bytes[from...]))
        }
        return hash.digest().bytes
    }
}
