/// Keeps an issue under the size at which mail readers cut a message off, and hide the unsubscribe link with the rest.
struct MailSize {
    struct Parts {
        var html: String
        var text: String
    }

    /// Encoded bytes of both parts. Gmail cuts at 102 KB; the difference is for the header.
    static let most = 98_000

    /// The length of each item's summary, in the order.
    let summaries: [Int]

    /// Renders as much as fits: everything; otherwise every summary cut to the greatest length that fits, so that the
    /// longest are cut first; otherwise also as few items as necessary, from the last, in brief.
    func fit(_ print: ((Int) -> ItemTemplateContext.Extent) -> Parts) -> Parts {
        let whole = print { _ in .whole }
        guard Self.cost(whole) > Self.most, !summaries.isEmpty else { return whole }
        if let cut = Self.greatest(0...(summaries.max() ?? 0), { limit in print { _ in .summary(limit) } }) {
            return cut
        }
        let count = summaries.count
        let brief = Self.greatest(0...count) { kept in print { $0 < kept ? .summary(0) : .brief } }
        return brief ?? print { _ in .brief }
    }

    /// The rendering for the greatest number in `range` that fits.
    private static func greatest(_ range: ClosedRange<Int>, _ print: (Int) -> Parts) -> Parts? {
        var (low, high) = (range.lowerBound, range.upperBound)
        var best: Parts?
        while low <= high {
            let middle = low + (high - low) / 2
            let parts = print(middle)
            if cost(parts) <= most {
                best = parts
                low = middle + 1
            } else {
                high = middle - 1
            }
        }
        return best
    }

    /// The bytes of both parts in quoted-printable (RFC 2045 section 6.7), to within a few.
    static func cost(_ parts: Parts) -> Int {
        [parts.html, parts.text].reduce(0) { sum, part in
            let bytes = part.utf8.reduce(0) { bytes, byte in
                switch byte {
                case UInt8(ascii: "\n"): bytes + 2
                case UInt8(ascii: "="), 0..<0x20, 0x7F...: bytes + 3
                default: bytes + 1
                }
            }
            // Every line of at most 76 characters ends in `=`, CR and LF.
            return sum + bytes + bytes / 73 * 3
        }
    }
}
