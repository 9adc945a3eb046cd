import Basics
import Bulletin
internal import Foundation
internal import Glibc

/// Writes the lines of a ledger into one buffer, for one write. Once the buffer has grown, a line needs no allocation.
struct LedgerLineWriter {
    private(set) var bytes: [UInt8] = []
    private var stamp: [UInt8] = []

    /// The most characters kept of a server's reply.
    static let mostText = 400

    /// Clears the buffer; the following lines have the time `now`.
    mutating func begin(at now: Date) {
        bytes.removeAll(keepingCapacity: true)
        stamp = Array(now.stamp.utf8)
    }

    mutating func audience(_ rule: String, at time: Date, count: Int) {
        put(#"{"audience":""#)
        bytes.append(contentsOf: rule.utf8)
        put(#"","at":""#)
        bytes.append(contentsOf: time.stamp.utf8)
        put(#"","count":"#)
        bytes.append(contentsOf: String(count).utf8)
        put("}\n")
    }

    package mutating func gone(_ count: Int) {
        put(#"{"gone":"#)
        bytes.append(contentsOf: String(count).utf8)
        put(#","at":""#)
        bytes.append(contentsOf: stamp)
        put("\"}\n")
    }

    mutating func handed(_ id: SubscriberID, was: DeliveryState) {
        start(id, .handed, was: was)
        put("}\n")
    }

    mutating func settled(_ id: SubscriberID, _ outcome: Outcome, was: DeliveryState) {
        start(id, outcome.state, was: was)
        let reply = outcome.reply
        if (100...999).contains(reply.code) {
            put(#","code":"#)
            number(reply.code)
        }
        if let enhanced = reply.enhanced {
            put(#","enhanced":""#)
            number(enhanced.klass)
            put(".")
            number(enhanced.subject)
            put(".")
            number(enhanced.detail)
            put("\"")
        }
        if !reply.text.isEmpty {
            put(#","text":""#)
            text(reply.text)
            put("\"")
        }
        put("}\n")
    }

    private mutating func start(_ id: SubscriberID, _ state: DeliveryState, was: DeliveryState) {
        put(#"{"id":""#)
        id.append(to: &bytes)
        put(#"","state":""#)
        word(state)
        if was != .owed {
            put(#"","was":""#)
            word(was)
        }
        put(#"","at":""#)
        bytes.append(contentsOf: stamp)
        put("\"")
    }

    private mutating func word(_ state: DeliveryState) {
        switch state {
        case .owed: put("owed")
        case .handed: put("handed")
        case .accepted: put("accepted")
        case .deferred: put("deferred")
        case .refused: put("refused")
        case .unknown: put("unknown")
        case .skipped: put("skipped")
        }
    }

    private mutating func put(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// 0 to 999.
    private mutating func number(_ value: Int) {
        if value >= 100 { bytes.append(UInt8(ascii: "0") + UInt8(value / 100 % 10)) }
        if value >= 10 { bytes.append(UInt8(ascii: "0") + UInt8(value / 10 % 10)) }
        bytes.append(UInt8(ascii: "0") + UInt8(value % 10))
    }

    /// At most ``mostText`` characters; control characters, line ends among them, become spaces.
    private mutating func text(_ text: String) {
        var text = text
        let isPlain = text.withUTF8 { utf8 in
            guard utf8.count <= Self.mostText, utf8.allSatisfy(Self.isPlain) else { return false }
            bytes.append(contentsOf: utf8)
            return true
        }
        guard !isPlain else { return }
        for scalar in text.unicodeScalars.prefix(Self.mostText) {
            switch scalar {
            case "\"", "\\":
                put("\\")
                bytes.append(UInt8(ascii: scalar))
            case _ where scalar.properties.generalCategory == .control: put(" ")
            default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}
