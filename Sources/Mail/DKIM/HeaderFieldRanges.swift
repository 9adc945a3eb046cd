/// The positions of the fields of a header.
struct HeaderFieldRanges {
    /// Names in lower case, from the top.
    let names: [String]
    /// Without the CRLF at its end, folds included.
    let ranges: [Range<Int>]

    /// `header` is whole fields, each with its CRLF; an empty line ends them.
    init(_ header: UnsafeRawBufferPointer) {
        ranges = Self.ranges(header)
        names = ranges.map { range in
            let name = header[range].prefix { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: " ") }
            return String(decoding: name, as: UTF8.self).lowercased()
        }
    }

    /// The fields of `header` without their names.
    static func ranges(_ header: UnsafeRawBufferPointer) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(24)
        var start = 0
        var at = 0
        while at + 1 < header.count {
            guard header[at] == 0x0D, header[at + 1] == 0x0A else {
                at += 1
                continue
            }
            if at == start { return ranges }
            let next = at + 2
            let isFold = next < header.count && (header[next] == 0x20 || header[next] == 0x09)
            if !isFold {
                ranges.append(start..<at)
                start = next
            }
            at = next
        }
        return ranges
    }
}

/// The fields that a signature covers (RFC 6376 sections 5.4.1 and 8.15): the same for every message of a template.
///
/// Every covered field is oversigned, so that none can be added. Some absent fields are covered as well, because adding
/// them could mislead a reader.
struct SignedFields {
    /// The names of the tag `h=`, in the order in which they are hashed.
    let names: [String]
    /// The covered fields of that header, by position, in that order.
    let places: [Int]

    /// Covered whether present or not.
    private static let always = [
        "From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding", "List-Unsubscribe", "List-Unsubscribe-Post",
    ]
    /// Covered if present.
    private static let present = [
        "List-Id", "List-Help", "List-Post", "List-Archive", "List-Owner", "Auto-Submitted", "Content-Language",
        "In-Reply-To", "References",
    ]

    init(of header: HeaderFieldRanges) {
        var names: [String] = []
        var places: [Int] = []
        for name in Self.always + Self.present {
            let lower = name.lowercased()
            // Of several fields of one name, the last is hashed first (section 5.4.2).
            let found = header.names.indices.filter { header.names[$0] == lower }.reversed()
            guard !found.isEmpty || Self.always.contains(name) else { continue }
            places += found
            names += Array(repeating: name, count: found.count + 1)
        }
        (self.names, self.places) = (names, places)
    }
}
