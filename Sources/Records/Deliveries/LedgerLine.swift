import Basics
import Bulletin
internal import Foundation
internal import Glibc
internal import Journal

// The form of a delivery ledger, `deliveries/0024.jsonl`:
//
//     {"format":"fortnight-deliveries","version":1}
//     {"audience":"active","at":"2026-12-02T10:00:00.000Z","count":3}
//     {"id":"42e5v3r5potqyay7a5czblhmga","state":"handed","at":"2026-12-02T10:00:01.000Z"}
//     {"id":"42e5…","state":"accepted","was":"handed","at":"…","code":250,"enhanced":"2.0.0","text":"Ok: queued"}
//     {"gone":1,"at":"2026-12-02T10:05:00.000Z"}
//
// The audience of a correction (`0024-c1.jsonl`) is `"sent 0024"`: the members of the issue's audience who were sent the
// issue, by its own ledger. The count includes all of that audience; members who were not sent the issue are skipped.
//
// `was` is the state before, left out if that was owed, so that running totals need only these lines. `gone` counts the
// members of the audience that a restart can no longer identify, because they were forgotten before their turn.

let ledgerFormat = JournalFormat("fortnight-deliveries", version: 1)

/// A line after the header.
enum LedgerLine: Hashable {
    /// The audience: the subscribers active at `at`; for a correction, those of them who were sent the issue.
    case audience(at: Date, count: Int)
    case delivery(Change)
    case gone(Int)

    /// The content of one delivery's line.
    struct Change: Hashable {
        let id: SubscriberID
        let state: DeliveryState
        let was: DeliveryState
        /// In milliseconds since 1970.
        let at: Int
        /// The server's reply code; 0 if there was none.
        let code: Int
    }

    /// Nil if it is not a line of a ledger.
    init?(_ line: UnsafeRawBufferPointer) {
        if let change = Self.quick(line) {
            self = .delivery(change)
        } else if let read = try? JSONDecoder().decode(WrittenLine.self, from: Data(line)), let line = read.line {
            self = line
        } else {
            return nil
        }
    }

    /// Only our own order and spacing: a restart reads a million of them.
    private static func quick(_ line: UnsafeRawBufferPointer) -> Change? {
        var scan = LineScan(line)
        guard scan.skip(#"{"id":""#), let id = scan.id(), scan.skip(#"","state":""#), let state = scan.state() else {
            return nil
        }
        var was = DeliveryState.owed
        if scan.skip(#","was":""#) {
            guard let word = scan.state() else { return nil }
            was = word
        }
        guard scan.skip(#","at":""#), let at = scan.stamp(), scan.skip("\"") else { return nil }
        guard !scan.skip("}") else { return Change(id: id, state: state, was: was, at: at, code: 0) }
        guard scan.skip(#","code":"#), let code = scan.number(3) else { return nil }
        return Change(id: id, state: state, was: was, at: at, code: code)
    }
}

/// Any line of a ledger, with all its fields, in any order.
struct WrittenLine: Decodable {
    let id: SubscriberID?
    let state: DeliveryState?
    let was: DeliveryState?
    let at: String?
    let code: Int?
    let enhanced: String?
    let text: String?
    let audience: String?
    let count: Int?
    package let gone: Int?

    var line: LedgerLine? {
        guard let at = at.flatMap({ Date(rfc3339: $0) }) else { return nil }
        if let id, let state, state != .owed {
            let milliseconds = Int((at.timeIntervalSince1970 * 1000).rounded())
            return .delivery(
                LedgerLine.Change(id: id, state: state, was: was ?? .owed, at: milliseconds, code: code ?? 0))
        }
        if let audience, audience == "active" || audience.hasPrefix("sent "), let count, count >= 0 {
            return .audience(at: at, count: count)
        }
        if let gone, gone >= 0 { return .gone(gone) }
        return nil
    }
}

/// Reads the fixed parts of our own lines, byte by byte.
struct LineScan {
    private let line: UnsafeRawBufferPointer
    private var at = 0

    init(_ line: UnsafeRawBufferPointer) { self.line = line }

    mutating func skip(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard line.count - at >= count, let base = line.baseAddress, memcmp(base + at, text.utf8Start, count) == 0
        else { return false }
        at += count
        return true
    }

    mutating func id() -> SubscriberID? {
        guard line.count - at >= SubscriberID.length,
            let id = SubscriberID(text: UnsafeRawBufferPointer(rebasing: line[at..<(at + SubscriberID.length)]))
        else { return nil }
        at += SubscriberID.length
        return id
    }

    /// The name of a state and the quotation mark after it.
    mutating func state() -> DeliveryState? {
        guard at < line.count else { return nil }
        switch line[at] {
        case UInt8(ascii: "h"): return skip("handed\"") ? .handed : nil
        case UInt8(ascii: "a"): return skip("accepted\"") ? .accepted : nil
        case UInt8(ascii: "d"): return skip("deferred\"") ? .deferred : nil
        case UInt8(ascii: "r"): return skip("refused\"") ? .refused : nil
        case UInt8(ascii: "u"): return skip("unknown\"") ? .unknown : nil
        case UInt8(ascii: "s"): return skip("skipped\"") ? .skipped : nil
        default: return nil
        }
    }

    /// A number of that many digits.
    mutating func number(_ width: Int) -> Int? {
        guard line.count - at >= width else { return nil }
        var value = 0
        for character in line[at..<(at + width)] {
            let digit = character &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        at += width
        return value
    }

    /// A time as ``Foundation/Date/stamp`` writes it, in milliseconds since 1970.
    mutating func stamp() -> Int? {
        guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2), skip("T"),
            let hour = number(2), skip(":"), let minute = number(2), skip(":"), let second = number(2), skip("."),
            let millisecond = number(3), skip("Z"), let date = LocalDate(year: year, month: month, day: day),
            hour < 24, minute < 60, second < 60
        else { return nil }
        return (date.daysSinceEpoch * 86_400 + hour * 3600 + minute * 60 + second) * 1000 + millisecond
    }
}
