import Foundation
import NIOCore

/// A message while it arrives: finds its end, takes the stuffed dots out, and holds it to the rules of the wire
/// (RFC 5321 sections 2.3.8, 4.5.2 and 4.5.3.1.6).
struct MessageBody {
    enum Progress: Equatable {
        case needsMore
        case complete
        /// A CR or an LF stood alone: the rest cannot be told from commands, so the connection must end.
        case bareLineEnd(line: Int)
    }

    private(set) var contents: ByteBuffer
    /// Octets of the message, those that were not kept included.
    private(set) var size = 0
    private(set) var lines = 0
    /// The first line over 998 octets.
    private(set) var overlongLine: Int?
    private(set) var hasEightBit = false
    private(set) var hasNull = false
    /// Whether the header section holds an octet beyond ASCII.
    var headerHasEightBit: Bool {
        var lineIsEmpty = true
        for byte in contents.readableBytesView {
            if byte >= 0x80 { return true }
            if byte == 10, lineIsEmpty { return false }
            if byte != 13 { lineIsEmpty = byte == 10 }
        }
        return false
    }
    /// Whether no octet was offered yet.
    var isUntouched = true
    private let most: Int
    /// Octets of the present line that were consumed before its end was in sight.
    private var begun = 0
    private var endsInCR = false

    /// - Parameters:
    ///   - size: octets to make room for at once.
    ///   - most: octets beyond which the message is counted but no longer kept.
    init(expecting size: Int, keepingAtMost most: Int) {
        contents = ByteBuffer()
        contents.reserveCapacity(min(size, most, 1 << 20))
        self.most = most
    }

    /// Takes as much of the input as belongs to the message, its final dot included.
    mutating func take(_ input: inout ByteBuffer) -> Progress {
        let (consumed, progress) = input.withUnsafeReadableBytes { scan($0) }
        input.moveReaderIndex(forwardBy: consumed)
        return progress
    }

    private mutating func scan(_ bytes: UnsafeRawBufferPointer) -> (consumed: Int, progress: Progress) {
        guard let base = bytes.baseAddress else { return (0, .needsMore) }
        var at = 0
        // Whole lines are copied in runs, cut only where a dot is taken out.
        var run = 0
        while at < bytes.count {
            guard let found = memchr(base + at, 10, bytes.count - at) else {
                let rest = bytes.count - at
                guard begun > 0 || rest > 1000 else { break }
                // Far too long already, or its beginning is gone: take the rest and remember how it ended.
                if begun == 0 { overlongLine = overlongLine ?? lines + 1 }
                if let bare = bareCR(bytes, at, bytes.count - 1) { return (bytes.count, bare) }
                begun += rest
                endsInCR = bytes[bytes.count - 1] == 13
                keep(bytes, run, bytes.count)
                return (bytes.count, .needsMore)
            }
            let lineFeed = base.distance(to: UnsafeRawPointer(found))
            let hasCR = lineFeed > at ? bytes[lineFeed - 1] == 13 : begun > 0 && endsInCR
            guard hasCR else { return (lineFeed, .bareLineEnd(line: lines + 1)) }
            if let bare = bareCR(bytes, at, lineFeed - 1) { return (lineFeed, bare) }
            let length = begun + lineFeed - at - 1
            if begun == 0, bytes[at] == UInt8(ascii: ".") {
                keep(bytes, run, at)
                if length == 1 { return (lineFeed + 1, .complete) }
                run = at + 1
            }
            let stuffing = begun == 0 && bytes[at] == UInt8(ascii: ".") ? 1 : 0
            lines += 1
            if length - stuffing > 998, overlongLine == nil { overlongLine = lines }
            begun = 0
            at = lineFeed + 1
        }
        keep(bytes, run, at)
        return (at, .needsMore)
    }

    /// A CR before `end` that is not followed by an LF, the caller having seen that none of these bytes is an LF.
    private func bareCR(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Progress? {
        guard let base = bytes.baseAddress, end > start else {
            return begun > 0 && endsInCR && bytes[start] != 10 ? .bareLineEnd(line: lines + 1) : nil
        }
        let isBare = (begun > 0 && endsInCR) || memchr(base + start, 13, end - start) != nil
        return isBare ? .bareLineEnd(line: lines + 1) : nil
    }

    private mutating func keep(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) {
        guard end > start else { return }
        let part = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        size += part.count
        hasEightBit = hasEightBit || Self.hasHighBit(part)
        hasNull = hasNull || part.baseAddress.flatMap { memchr($0, 0, part.count) } != nil
        if contents.readableBytes + part.count <= most { contents.writeBytes(part) }
    }

    private static func hasHighBit(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var (seen, at) = (UInt64(0), 0)
        while at + 8 <= bytes.count {
            seen |= bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            at += 8
        }
        var tail = UInt8(0)
        while at < bytes.count {
            tail |= bytes[at]
            at += 1
        }
        return seen & 0x8080_8080_8080_8080 != 0 || tail & 0x80 != 0
    }
}
