/// DNS questions and answers (RFC 1035), as far as checking a domain's mail needs them: pure bytes in and values out,
/// bounded, and never trusting a length.
enum DNSKind: UInt16, Sendable {
    case a = 1
    case mx = 15
    case txt = 16
    case aaaa = 28
}

/// One record of a name.
enum DNSRecord: Hashable, Sendable {
    /// The strings of one record, joined (RFC 7208 section 3.3).
    case text(String)
    /// The lower preference comes first; the host of a null MX (RFC 7505) is empty.
    case exchange(preference: Int, host: String)
    case address
}

struct DNSReply: Hashable, Sendable {
    /// RFC 1035 section 4.1.1: 0 no error, 2 the server failed, 3 there is no such name, 5 refused.
    var code: Int
    /// Truncated: ask again over TCP.
    var isTruncated: Bool
    var records: [DNSRecord]
}

/// The message is not an answer to the question.
struct DNSFault: Error, Hashable, Sendable, CustomStringConvertible {
    let description: String
}

enum DNSMessage {
    /// A question for one kind of record, with recursion desired. Throws if `name` is not valid.
    static func question(_ name: String, _ kind: DNSKind, id: UInt16) throws(DNSFault) -> [UInt8] {
        var bytes: [UInt8] = []
        for word in [id, 0x0100, 1, 0, 0, 0] { bytes += [UInt8(word >> 8), UInt8(word & 0xFF)] }
        bytes += try encoded(name)
        for word in [kind.rawValue, 1] { bytes += [UInt8(word >> 8), UInt8(word & 0xFF)] }
        return bytes
    }

    private static func encoded(_ name: String) throws(DNSFault) -> [UInt8] {
        var bytes: [UInt8] = []
        for label in name.utf8.split(separator: UInt8(ascii: ".")) {
            guard label.count <= 63 else { throw DNSFault(description: "\(name) is not a domain name") }
            bytes += [UInt8(label.count)] + label
        }
        guard !bytes.isEmpty, bytes.count < 255 else { throw DNSFault(description: "\(name) is not a domain name") }
        return bytes + [0]
    }

    /// The answer to that question. Records of other kinds, such as aliases on the way, are skipped.
    static func reply(
        _ bytes: [UInt8], to name: String, _ kind: DNSKind, id: UInt16
    ) throws(DNSFault) -> DNSReply {
        var scan = DNSScan(bytes: bytes)
        guard try scan.word() == id else { throw DNSFault(description: "got an answer to another question") }
        let flags = try scan.word()
        guard flags & 0x8000 != 0 else { throw DNSFault(description: "got a question instead of an answer") }
        let (questions, answers) = (try scan.word(), try scan.word())
        _ = (try scan.word(), try scan.word())
        guard questions <= 1 else { throw DNSFault(description: "got an answer to several questions") }
        if questions == 1 {
            let asked = try scan.name()
            let isOurs = asked.lowercased() == name.lowercased().trimmingDots
            guard isOurs, try scan.word() == kind.rawValue, try scan.word() == 1 else {
                throw DNSFault(description: "got an answer to another question")
            }
        }
        var reply = DNSReply(code: Int(flags & 15), isTruncated: flags & 0x0200 != 0, records: [])
        guard !reply.isTruncated else { return reply }
        for _ in 0..<answers {
            if let record = try scan.record(kind) { reply.records.append(record) }
        }
        return reply
    }
}

/// Reads a message from its beginning on.
private struct DNSScan {
    let bytes: [UInt8]
    private var at = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    private static var short: DNSFault { DNSFault(description: "the answer is cut short") }

    mutating func byte() throws(DNSFault) -> UInt8 {
        guard at < bytes.count else { throw Self.short }
        defer { at += 1 }
        return bytes[at]
    }

    mutating func word() throws(DNSFault) -> UInt16 {
        let high = try byte()
        return UInt16(high) << 8 | UInt16(try byte())
    }

    /// RFC 1035 section 4.1.4: a pointer may only point back, so that every chain of them ends.
    mutating func name() throws(DNSFault) -> String {
        var labels: [String] = []
        var (place, end, length) = (at, -1, 0)
        while true {
            guard place < bytes.count else { throw Self.short }
            let size = Int(bytes[place])
            if size & 0xC0 == 0xC0 {
                guard place + 1 < bytes.count else { throw Self.short }
                let target = (size & 0x3F) << 8 | Int(bytes[place + 1])
                if end < 0 { end = place + 2 }
                guard target < place else {
                    throw DNSFault(description: "the answer has a name that points in a circle")
                }
                place = target
            } else {
                guard size <= 63, place + size < bytes.count else { throw Self.short }
                place += 1
                if size == 0 { break }
                length += size + 1
                guard length <= 255 else { throw DNSFault(description: "the answer has a name without end") }
                labels.append(String(decoding: bytes[place..<place + size], as: UTF8.self))
                place += size
            }
        }
        at = end < 0 ? place : end
        return labels.joined(separator: ".")
    }

    /// The next record; nil if it is of another kind.
    mutating func record(_ kind: DNSKind) throws(DNSFault) -> DNSRecord? {
        _ = try name()
        let (found, order) = (try word(), try word())
        // Its time to live.
        _ = (try word(), try word())
        let size = Int(try word())
        let end = at + size
        guard end <= bytes.count else { throw Self.short }
        defer { at = end }
        guard found == kind.rawValue, order == 1 else { return nil }
        switch kind {
        case .a, .aaaa: return .address
        case .mx:
            let preference = Int(try word())
            return .exchange(preference: preference, host: try name())
        case .txt:
            var text: [UInt8] = []
            while at < end {
                let length = Int(try byte())
                guard at + length <= end else { throw Self.short }
                text += bytes[at..<at + length]
                at += length
            }
            return .text(String(decoding: text, as: UTF8.self))
        }
    }
}

extension String {
    fileprivate var trimmingDots: String { hasSuffix(".") ? String(dropLast()) : self }
}
