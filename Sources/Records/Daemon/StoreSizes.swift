internal import Foundation
internal import Glibc
internal import Journal

extension StateFolder {
    /// How much stands in each folder of the state folder, as far as this account may look; in order of names. What is
    /// at the top itself counts as `.`.
    package func stores() -> [DaemonStatus.Store] {
        let names = (try? disk.list(path)) ?? []
        var top = (files: 0, bytes: 0)
        var stores: [DaemonStatus.Store] = []
        for name in names {
            guard let status = try? disk.status(at: "\(path)/\(name)") else { continue }
            if status.isFolder {
                let (files, bytes) = measure("\(path)/\(name)")
                stores.append(DaemonStatus.Store(name: name, files: files, bytes: bytes))
            } else {
                top = (top.files + 1, top.bytes + status.size)
            }
        }
        return [DaemonStatus.Store(name: ".", files: top.files, bytes: top.bytes)] + stores
    }

    private func measure(_ folder: String, depth: Int = 0) -> (files: Int, bytes: Int) {
        // Our own folders are four deep; what is deeper was not made by us.
        guard depth < 8, let names = try? disk.list(folder) else { return (0, 0) }
        var (files, bytes) = (0, 0)
        for name in names {
            guard let status = try? disk.status(at: "\(folder)/\(name)") else { continue }
            if status.isFolder {
                let below = measure("\(folder)/\(name)", depth: depth + 1)
                (files, bytes) = (files + below.files, bytes + below.bytes)
            } else {
                (files, bytes) = (files + 1, bytes + status.size)
            }
        }
        return (files, bytes)
    }

    /// The room on the file system of the state folder, for an account that is not root; nil where it cannot be told.
    package func room() -> Room? { Room(at: path) }
}

/// The room on a file system, in bytes and in files.
package struct Room: Hashable, Sendable {
    package let freeBytes: Int
    package let bytes: Int
    package let freeFiles: Int
    /// 0 on file systems that make inodes as they need them.
    package let files: Int

    /// Of the file system that holds `path`; nil where that is missing.
    package init?(at path: String) {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let unit = Int(clamping: status.f_frsize)
        freeBytes = Int(clamping: status.f_bavail).multipliedReportingOverflow(by: unit).partialValue
        bytes = Int(clamping: status.f_blocks).multipliedReportingOverflow(by: unit).partialValue
        (freeFiles, files) = (Int(clamping: status.f_favail), Int(clamping: status.f_files))
    }

    package init(freeBytes: Int, bytes: Int, freeFiles: Int, files: Int) {
        (self.freeBytes, self.bytes, self.freeFiles, self.files) = (freeBytes, bytes, freeFiles, files)
    }

    /// Where sending an issue to a large roll could fill it.
    package static let littleBytes = 256 << 20
    package static let fewFiles = 2000

    /// Whether there is so little that a person should make some.
    package var isShort: Bool { freeBytes < Self.littleBytes || (files > 0 && freeFiles < Self.fewFiles) }
}
