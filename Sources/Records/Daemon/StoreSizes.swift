internal import Foundation
internal import Glibc
internal import Journal

extension StateFolder {
    /// The size of each folder of the state folder, as far as this account may look; in order of name. Files at the top
    /// count as `.`.
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
        // Our own folders are four deep; deeper ones are not ours.
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

    /// The space on the state folder's file system, for an account that is not root; nil if it cannot be read.
    package func room() -> Room? { Room(at: path) }
}

/// The space on a file system, in bytes and in files.
package struct Room: Hashable, Sendable {
    package let freeBytes: Int
    package let bytes: Int
    package let freeFiles: Int
    /// 0 on file systems that make inodes on demand.
    package let files: Int

    /// The file system that holds `path`; nil if that is missing.
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

    /// Sending an issue to a large subscriber list could use this much.
    package static let littleBytes = 256 << 20
    package static let fewFiles = 2000

    /// Whether so little is left that someone should free some.
    package var isShort: Bool { freeBytes < Self.littleBytes || (files > 0 && freeFiles < Self.fewFiles) }
}
