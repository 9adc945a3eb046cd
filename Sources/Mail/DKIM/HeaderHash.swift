import Cryptography

/// The hash of the covered fields of a header with placeholders, each with its CRLF (RFC 6376 section 3.7), before the
/// signature's own field: their canonical form is worked out once, and the part before the first placeholder is hashed
/// once.
struct HeaderHash: Sendable {
    private let beginning: SHA256
    private let rest: TemplateBytes

    /// `places` are the positions of the covered fields, in the order in which they are hashed. The placeholders'
    /// values are never empty, and have no white space at their ends.
    init(_ header: TemplateBytes, places: [Int]) {
        let canonical = header.bytes.withUnsafeBytes { bytes in
            let ranges = HeaderFieldRanges.ranges(bytes)
            var templateBytes = TemplateBytes()
            for place in places { Self.write(ranges[place], of: header, bytes, to: &templateBytes) }
            return templateBytes
        }
        let first = canonical.slots.first?.at ?? canonical.bytes.count
        var hash = SHA256()
        canonical.bytes[..<first].withUnsafeBytes { hash.update($0) }
        (beginning, rest) = (hash, canonical.dropping(first))
    }

    private static func write(
        _ range: Range<Int>, of header: TemplateBytes, _ bytes: UnsafeRawBufferPointer,
        to templateBytes: inout TemplateBytes
    ) {
        var form = RelaxedForm.Field()
        var from = range.lowerBound
        for (slot, at) in header.slots where range.lowerBound < at && at <= range.upperBound {
            form.write(UnsafeRawBufferPointer(rebasing: bytes[from..<at]))
            form.settle()
            templateBytes.write(form.take())
            templateBytes.leave(slot)
            from = at
        }
        form.write(UnsafeRawBufferPointer(rebasing: bytes[from..<range.upperBound]))
        templateBytes.write(form.take())
        templateBytes.write([0x0D, 0x0A])
    }

    /// The hash of the header with every placeholder filled.
    func covered(_ text: (Placeholder) -> [UInt8]) -> SHA256 {
        var hash = beginning
        rest.bytes.withUnsafeBytes { bytes in
            var from = 0
            for (slot, at) in rest.slots {
                hash.update(UnsafeRawBufferPointer(rebasing: bytes[from..<at]))
                RelaxedForm.Field(ofValue: text(slot)).bytes.withUnsafeBytes { hash.update($0) }
                from = at
            }
            hash.update(UnsafeRawBufferPointer(rebasing: bytes[from...]))
        }
        return hash
    }
}
