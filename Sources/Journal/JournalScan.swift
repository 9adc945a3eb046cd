import Foundation
import Glibc

// Fast reading of lines: a million of them are a byte scan over one buffer, without a String or an array for each.

extension LineJournal {
    /// Gives the reader every whole line from `end` on, and moves `end` past them.
    mutating func scanLines(of file: OpenFile, _ reader: inout some JournalReader) throws(JournalFault) {
        let size = try onDisk { () throws(DiskFault) in try disk.status(of: file).size }
        guard size > end else { return }
        var buffer = allocate(min(max(size - end + 1, 4096), 1 << 20))
        defer { buffer.deallocate() }
        var filled = 0
        while true {
            let free = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let from = end + filled
            let count = try onDisk { () throws(DiskFault) in try disk.read(file, into: free, at: from) }
            if count == 0 { return }
            let searchedTo = filled
            filled += count
            let used = try takeLines(UnsafeRawBufferPointer(rebasing: buffer[..<filled]), from: searchedTo, &reader)
            filled -= used
            if let start = buffer.baseAddress, used > 0 { memmove(start, start + used, filled) }
            if filled == buffer.count {
                let larger = allocate(buffer.count * 2)
                larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
                buffer.deallocate()
                buffer = larger
            }
        }
    }

    private func allocate(_ count: Int) -> UnsafeMutableRawBufferPointer {
        .allocate(byteCount: count, alignment: 16)
    }

    /// The whole lines of `bytes`, the first of which is at `end` in the file; there is no line feed before `searched`.
    /// Returns the number of bytes they take.
    private mutating func takeLines(
        _ bytes: UnsafeRawBufferPointer, from searched: Int, _ reader: inout some JournalReader
    ) throws(JournalFault) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        let hasNUL = memchr(base, 0, bytes.count) != nil
        let origin = end
        var start = 0
        var search = searched
        while let feed = memchr(base + search, 10, bytes.count - search) {
            let next = UnsafeRawPointer(feed) - base + 1
            let line = UnsafeRawBufferPointer(start: base + start, count: next - 1 - start)
            let offset = origin + start
            if offset == 0 {
                try checkHeader(line)
            } else if !Self.looksWhole(line, mayHaveNUL: hasNUL) || !reader.take(line, at: offset) {
                damage.append(JournalDamage(path: path, line: lineCount + 1, offset: offset, length: line.count))
            }
            lineCount += 1
            start = next
            search = next
            end = origin + start
        }
        return start
    }

    /// Whether a line can be a JSON object at all. A power cut in the middle mostly leaves NUL bytes.
    private static func looksWhole(_ line: UnsafeRawBufferPointer, mayHaveNUL: Bool) -> Bool {
        guard let base = line.baseAddress, line.count >= 2, line[0] == UInt8(ascii: "{"),
            line[line.count - 1] == UInt8(ascii: "}")
        else { return false }
        return !mayHaveNUL || memchr(base, 0, line.count) == nil
    }

    private struct Header: Decodable {
        let format: String
        let version: Int
    }

    private func checkHeader(_ line: UnsafeRawBufferPointer) throws(JournalFault) {
        guard let header = try? JSONDecoder().decode(Header.self, from: Data(line)), header.format == format.name else {
            throw .notThisFormat(path: path, wanted: format)
        }
        guard header.version == format.version else {
            throw .unknownVersion(path: path, found: header.version, known: format)
        }
    }
}

/// The number of line feeds.
func countLines(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard let base = bytes.baseAddress else { return 0 }
    var count = 0
    var search = 0
    while search < bytes.count, let feed = memchr(base + search, 10, bytes.count - search) {
        count += 1
        search = UnsafeRawPointer(feed) - base + 1
    }
    return count
}
