import Bulletin
import Foundation
package import Journal
import Tokens

/// An existing backup, to be checked and unpacked.
package struct BackupFile: Sendable {
    package let path: String
    private let file: OpenFile
    private let disk: any Disk

    private static let piece = 1 << 20
    /// Room for a manifest of a hundred thousand files; we never write a larger one.
    private static let mostManifest = 64 << 20

    package init(_ path: String, disk: any Disk = SystemDisk()) throws {
        (self.path, self.disk) = (path, disk)
        file = try disk.open(path, .reading, permissions: 0)
    }

    /// Reads the whole backup: every file must be there once, complete, and match the manifest. Throws ``BackupFault``.
    package func checked() throws -> BackupManifest {
        var seen: [String: (size: Int, sha256: String)] = [:]
        var manifest: BackupManifest?
        try eachEntry { header, content in
            guard manifest == nil else { throw BackupFault.damaged("has data after its manifest") }
            if header.name == BackupManifest.name {
                manifest = try read(header, content)
                return
            }
            var hash = ContentHash.Running()
            while let piece = try content.next() { hash.add(piece) }
            guard seen.updateValue((header.length, hash.hexadecimal), forKey: header.name) == nil else {
                throw BackupFault.damaged("holds \(header.name) twice")
            }
        }
        guard let manifest else { throw BackupFault.damaged("breaks off before its end") }
        for entry in manifest.files {
            guard let found = seen.removeValue(forKey: entry.name) else {
                throw BackupFault.damaged("lacks \(entry.name)")
            }
            guard found == (entry.size, entry.sha256) else {
                throw BackupFault.damaged("holds a damaged \(entry.name)")
            }
        }
        if let stranger = seen.keys.min() {
            throw BackupFault.damaged("holds \(stranger), which its manifest does not name")
        }
        return manifest
    }

    private func read(_ header: TarHeader, _ content: EntryContent) throws -> BackupManifest {
        guard header.length <= Self.mostManifest else { throw BackupFault.damaged("has too large a manifest") }
        var text: [UInt8] = []
        while let piece = try content.next() { text += piece }
        do {
            return try JSONDecoder().decode(BackupManifest.self, from: Data(text))
        } catch is DecodingError {
            throw BackupFault.damaged("has a damaged manifest")
        }
    }

    /// Writes the state's files into `target`, with their permissions, durable on return. Missing folders are made with
    /// their parents' permissions. Call only after ``checked()``.
    func unpack(into target: String) throws {
        var folders: Set<String> = [target]
        try eachEntry { header, content in
            guard header.name.hasPrefix(BackupManifest.stateFolder) else { return }
            let parts = header.name.dropFirst(BackupManifest.stateFolder.utf8.count).split(separator: "/")
            var folder = target
            for part in parts.dropLast() {
                let parent = folder
                folder += "/\(part)"
                guard folders.insert(folder).inserted else { continue }
                try disk.makeFolderIfMissing(
                    folder, permissions: disk.status(at: parent)?.permissions ?? 0o700)
            }
            let name = parts.last.map(String.init) ?? ""
            let copy = try disk.open("\(folder)/\(name)", .making, permissions: header.permissions)
            try disk.truncate(copy, to: 0)
            var end = 0
            while let piece = try content.next() {
                try disk.write(copy, piece, at: end)
                end += piece.count
            }
            try disk.sync(copy)
        }
        for folder in folders { try disk.syncFolder(folder) }
    }

    private func eachEntry(_ body: (TarHeader, EntryContent) throws -> Void) throws {
        let size = try disk.status(of: file).size
        var offset = 0
        while offset + TarHeader.size <= size {
            guard let header = try TarHeader(disk.bytes(of: file, at: offset, count: TarHeader.size)) else { return }
            offset += TarHeader.size
            guard header.length <= size - offset else { throw BackupFault.damaged("breaks off within \(header.name)") }
            try body(header, EntryContent(file: file, disk: disk, start: offset, length: header.length))
            offset += header.length + header.padding
        }
        throw BackupFault.damaged("breaks off before its end")
    }
}

/// One file's content, in pieces.
private final class EntryContent {
    private let file: OpenFile
    private let disk: any Disk
    private var offset: Int
    private let end: Int

    init(file: OpenFile, disk: any Disk, start: Int, length: Int) {
        (self.file, self.disk, offset, end) = (file, disk, start, start + length)
    }

    func next() throws -> [UInt8]? {
        guard offset < end else { return nil }
        let piece = try disk.bytes(of: file, at: offset, count: min(1 << 20, end - offset))
        guard !piece.isEmpty else { throw BackupFault.damaged("breaks off") }
        offset += piece.count
        return piece
    }
}
