package import Foundation
package import Journal
package import Records

/// Writes the state folder to one tar file, mode 0600, while a daemon may be running: everything acknowledged before it
/// began is in it.
///
/// No lock is taken. Documents are replaced whole, journals only grow, and an open file keeps its content; the rest
/// depends on the order. A file is copied before the files it refers to: an issue's state before its editions, running
/// totals before their ledger, ledgers before the subscriber list, so that nothing copied refers to something missing.
/// A journal is copied up to its last whole line.
package struct MakeBackup: Sendable {
    private let folder: StateFolder
    private let configuration: String?
    private let disk: any Disk

    /// `configuration` is the path of `fortnight.yaml`, which is kept too; secrets in separate files are not.
    package init(of folder: StateFolder, configuration: String?, disk: any Disk = SystemDisk()) {
        (self.folder, self.configuration, self.disk) = (folder, configuration, disk)
    }

    /// Writes a file beside `path` first; on return a whole backup is there, durable and read back.
    @discardableResult
    package func callAsFunction(to path: String, at now: Date) throws -> BackupManifest {
        guard try disk.status(at: folder.path + "/format.json") != nil else {
            throw StateFolderFault.notMade(folder.path)
        }
        let temporary = path + ".partial"
        do {
            let manifest = try write(to: temporary, at: now)
            guard try BackupFile(temporary, disk: disk).checked().files == manifest.files else {
                throw BackupFault.damaged("was not read back as it was written")
            }
            try disk.rename(temporary, to: path)
            try disk.syncFolder(disk.folder(of: path))
            return manifest
        } catch {
            try? disk.remove(temporary)
            throw error
        }
    }

    private func write(to path: String, at now: Date) throws -> BackupManifest {
        if try disk.status(at: path) != nil { try disk.remove(path) }
        var archive = ArchiveWriter(file: try disk.open(path, .makingNew, permissions: 0o600), disk: disk)
        var files: [BackupManifest.File] = []
        if let configuration, let file = try copy(configuration, as: "configuration/fortnight.yaml", to: &archive) {
            files.append(file)
        }
        for name in try names() {
            if let file = try copy("\(folder.path)/\(name)", as: BackupManifest.stateFolder + name, to: &archive) {
                files.append(file)
            }
        }
        let manifest = BackupManifest(taken: now, files: files)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let text = try Array(encoder.encode(manifest)) + [UInt8(ascii: "\n")]
        try archive.add(BackupManifest.name, permissions: 0o600, modified: now, content: text)
        try archive.finish()
        return manifest
    }

    /// Nil if the file has been removed.
    private func copy(
        _ path: String, as name: String, to archive: inout ArchiveWriter
    ) throws -> BackupManifest.File? {
        let file: OpenFile
        do {
            file = try disk.open(path, .reading, permissions: 0)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
        let status = try disk.status(of: file)
        let size = name.hasSuffix(".jsonl") ? try wholeLines(of: file, status.size) : status.size
        let hash = try archive.add(
            TarHeader(
                name: name, length: size, permissions: status.permissions, modified: status.modified / 1_000_000_000),
            from: file)
        return BackupManifest.File(
            name: name, size: size, sha256: hash, mode: String(status.permissions, radix: 8))
    }

    /// The bytes up to the last line feed.
    private func wholeLines(of file: OpenFile, _ size: Int) throws -> Int {
        var end = size
        while end > 0 {
            let start = max(0, end - 1 << 16)
            let piece = try disk.bytes(of: file, at: start, count: end - start)
            if let feed = piece.lastIndex(of: UInt8(ascii: "\n")) { return start + feed + 1 }
            end = start
        }
        return 0
    }

    private func names() throws -> [String] {
        var names: [String] = []
        try folder.eachFile { if Self.isKept($0) { names.append($0) } }
        return names.map { ($0, Self.rank($0)) }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
    }

    /// Leaves out locks, files being written, and copies kept by a repair or a restore.
    static func isKept(_ name: String) -> Bool {
        let last = name.split(separator: "/").last ?? ""
        return !last.hasPrefix(".") && !name.hasPrefix(".") && !last.hasSuffix(".lock") && !last.hasSuffix(".new")
            && !last.contains(".before-repair-") && name != "restored.json"
    }

    private static func rank(_ name: String) -> Int {
        switch name {
        case _ where name.hasPrefix("issues/"): name.hasSuffix("/state.json") ? 2 : 3
        case _ where name.hasPrefix("outbox/") || name.hasPrefix("returns/"): 4
        case _ where name.hasPrefix("deliveries/"): name.hasSuffix(".totals.json") ? 5 : 6
        case _ where name.hasPrefix("subscriptions/"): 7
        default: 1
        }
    }
}
