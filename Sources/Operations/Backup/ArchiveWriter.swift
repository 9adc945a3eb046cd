import Bulletin
import Foundation
import Journal
import Tokens

/// A tar archive being written.
struct ArchiveWriter {
    private let file: OpenFile
    private let disk: any Disk
    private var end = 0

    private static let piece = 1 << 20
    /// Archives are padded to a multiple of twenty blocks, the record size of tapes.
    private static let record = 20 * TarHeader.size

    init(file: OpenFile, disk: any Disk) { (self.file, self.disk) = (file, disk) }

    /// Copies as many bytes as the header says from the beginning of `source` and returns their SHA-256. Throws
    /// ``BackupFault/changing(_:)`` if there are fewer.
    mutating func add(_ header: TarHeader, from source: OpenFile) throws -> String {
        try put(header.bytes())
        var hash = ContentHash.Running()
        var done = 0
        while done < header.length {
            let piece = try disk.bytes(of: source, at: done, count: min(Self.piece, header.length - done))
            guard !piece.isEmpty else { throw BackupFault.changing(header.name) }
            hash.add(piece)
            try put(piece)
            done += piece.count
        }
        try put([UInt8](repeating: 0, count: header.padding))
        return hash.hexadecimal
    }

    mutating func add(_ name: String, permissions: UInt32, modified: Date, content: [UInt8]) throws {
        let header = TarHeader(
            name: name, length: content.count, permissions: permissions, modified: Int(modified.timeIntervalSince1970))
        try put(header.bytes())
        try put(content)
        try put([UInt8](repeating: 0, count: header.padding))
    }

    /// Durable on return, except for the file's name.
    mutating func finish() throws {
        try put([UInt8](repeating: 0, count: 2 * TarHeader.size))
        try put([UInt8](repeating: 0, count: (Self.record - end % Self.record) % Self.record))
        try disk.sync(file)
    }

    private mutating func put(_ bytes: [UInt8]) throws(DiskFault) {
        guard !bytes.isEmpty else { return }
        try disk.write(file, bytes, at: end)
        end += bytes.count
    }
}
