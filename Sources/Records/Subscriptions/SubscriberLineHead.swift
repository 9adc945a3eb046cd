import Basics
import Bulletin
import Foundation
import Journal

/// The parts of a line that the index and an audience need, read from its first bytes where the line is of our own making.
struct SubscriberLineHead {
    var id: SubscriberID
    var status: SubscriberStatus
    var isEmail: Bool
    var statusSince: Stamp
    var activeSince: Stamp?
    /// Whether a letter is owed.
    var owes = false

    /// Nil where the line is no record.
    init?(_ line: UnsafeRawBufferPointer) {
        if let head = Self.quick(line) {
            self = head
        } else if let subscriber = SubscriberLine.read(line) {
            self.init(subscriber)
        } else {
            return nil
        }
    }

    init(_ subscriber: Subscriber) {
        id = subscriber.id
        status = subscriber.status
        isEmail = subscriber.medium == .email
        statusSince = Stamp(subscriber.statusSince)
        activeSince = subscriber.activeSince.map { Stamp($0) }
        owes = subscriber.owes != nil
    }

    private init(_ id: SubscriberID, _ status: SubscriberStatus, since: Stamp) {
        (self.id, self.status, statusSince, isEmail) = (id, status, since, true)
    }

    /// The first half of the id.
    var fingerprint: UInt64 { id.high }

    /// The id that is written there in lower case.
    static func id(_ text: UnsafeRawBufferPointer) -> SubscriberID? {
        var scan = HeadScan(line: text)
        guard let id = scan.id(), scan.isAtEnd else { return nil }
        return id
    }

    /// Our own order and spacing only: `id`, `status`, `statusSince`, perhaps `activeSince`, `medium`.
    private static func quick(_ line: UnsafeRawBufferPointer) -> SubscriberLineHead? {
        var scan = HeadScan(line: line)
        guard scan.skip(#"{"id":""#), let id = scan.id(), scan.skip(#"","status":""#),
            let status = scan.status(), scan.skip(#"","statusSince":""#), let since = scan.stamp()
        else { return nil }
        var head = SubscriberLineHead(id, status, since: since)
        if status == .forgotten { return scan.skip("\"}") && scan.isAtEnd ? head : nil }
        if scan.skip(#"","activeSince":""#) {
            guard let active = scan.stamp() else { return nil }
            head.activeSince = active
        }
        guard scan.skip(#"","medium":""#) else { return nil }
        head.isEmail = scan.skip("email\"")
        // Somebody else's line may have it further on.
        guard head.activeSince != nil || !scan.contains(#""activeSince""#) else { return nil }
        // The owed letter is the last field, and the only object that stands there.
        head.owes = scan.endsWithObject && scan.contains(#""owes":{"#)
        return head
    }
}

/// Reads fixed text and fields from the beginning of a line.
private struct HeadScan {
    let line: UnsafeRawBufferPointer
    var at = 0

    var isAtEnd: Bool { at == line.count }

    mutating func skip(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard line.count - at >= count, let base = line.baseAddress, memcmp(base + at, text.utf8Start, count) == 0
        else { return false }
        at += count
        return true
    }

    /// 26 characters of lower-case base32.
    mutating func id() -> SubscriberID? {
        guard line.count - at >= SubscriberID.length, let start = line.baseAddress.map({ $0 + at }),
            let first = EightCharacters(start), let second = EightCharacters(start + 8),
            let third = EightCharacters(start + 16), let last = EightCharacters(start + 18), last.bits & 3 == 0
        else { return nil }
        at += SubscriberID.length
        return SubscriberID(
            high: first.bits << 24 | second.bits >> 16,
            low: second.bits << 48 | third.bits << 8 | (last.bits >> 2) & 0xFF)
    }

    mutating func status() -> SubscriberStatus? {
        guard line.count - at > 2 else { return nil }
        switch line[at] {
        case UInt8(ascii: "a"): return skip("active") ? .active : nil
        case UInt8(ascii: "p"): return skip("paused") ? .paused : nil
        case UInt8(ascii: "b"): return skip("bounced") ? .bounced : nil
        case UInt8(ascii: "c"): return skip("complained") ? .complained : nil
        case UInt8(ascii: "f"): return skip("forgotten") ? .forgotten : nil
        case UInt8(ascii: "m"): return skip("moved") ? .moved : nil
        case UInt8(ascii: "u"):
            if skip("unsubscribed") { return .unsubscribed }
            return skip("unconfirmed") ? .unconfirmed : nil
        default: return nil
        }
    }

    mutating func stamp() -> Stamp? {
        guard line.count - at >= Stamp.length, let base = line.baseAddress, let stamp = Stamp(base + at) else {
            return nil
        }
        at += Stamp.length
        return stamp
    }

    var endsWithObject: Bool {
        line.count > 2 && line[line.count - 1] == UInt8(ascii: "}") && line[line.count - 2] == UInt8(ascii: "}")
    }

    func contains(_ text: StaticString) -> Bool {
        guard let base = line.baseAddress else { return false }
        let count = text.utf8CodeUnitCount
        var search = at
        while line.count - search >= count,
            let found = memchr(base + search, Int32(text.utf8Start.pointee), line.count - search - count + 1)
        {
            if memcmp(found, text.utf8Start, count) == 0 { return true }
            search = UnsafeRawPointer(found) - base + 1
        }
        return false
    }
}

/// Eight characters of lower-case base32 as 40 bits, all worked out at once in one word: reading ids is most of the
/// work of indexing.
private struct EightCharacters {
    let bits: UInt64

    private static let each: UInt64 = 0x0101_0101_0101_0101

    /// Nil where one of them is not of the alphabet.
    init?(_ start: UnsafeRawPointer) {
        let text = UInt64(bigEndian: start.loadUnaligned(as: UInt64.self))
        let lowerBits = text & (Self.each * 31)
        // Beyond ASCII, or without any of the lower five bits: these would carry into their neighbours below.
        guard text & (Self.each << 7) == 0, (lowerBits &+ Self.each * 31) & (Self.each << 5) == Self.each << 5 else {
            return nil
        }
        // a is 0x61 and stands for 0, 2 is 0x32 and stands for 26; only letters have bit 6.
        let letters = (text >> 6) & Self.each
        let values = lowerBits &+ Self.each * 8 &- letters &* 9
        // Five bits each; and written again, they must be what was read.
        let digits = ((values &+ Self.each * 102) >> 7) & Self.each
        guard values & (Self.each * 0xE0) == 0, values &+ Self.each * 97 &- digits &* 73 == text else { return nil }
        let tens = (values & 0x001F_001F_001F_001F) | ((values & 0x1F00_1F00_1F00_1F00) >> 3)
        let twenties = (tens & 0x0000_03FF_0000_03FF) | ((tens & 0x03FF_0000_03FF_0000) >> 6)
        bits = (twenties & 0xF_FFFF) | ((twenties >> 32) << 20)
    }
}
