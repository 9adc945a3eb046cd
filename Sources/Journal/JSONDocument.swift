/// A whole document in a file, which always holds either the old one or the new one, whatever happens: written beside
/// it, synced, renamed into its place, and the folder synced.
package struct JSONDocument: Sendable {
    package let path: String
    private let permissions: UInt32
    private let disk: any Disk

    package init(_ path: String, permissions: UInt32, disk: any Disk) {
        (self.path, self.permissions, self.disk) = (path, permissions, disk)
    }

    /// Nil if there is none.
    package func read() throws(DiskFault) -> [UInt8]? { try disk.content(of: path) }

    /// Durable on return. After a fault the old document remains or, if only the folder could not be synced, the new
    /// one. Content that need not survive a power cut is written without `durably`: it is complete in any case.
    package func write(_ bytes: [UInt8], durably: Bool = true) throws(DiskFault) {
        let file = try makeTemporary()
        do {
            try disk.write(file, bytes, at: 0)
            if durably { try disk.sync(file) }
            try disk.rename(temporary, to: path)
        } catch {
            try? disk.remove(temporary)
            throw error
        }
        if durably { try disk.syncFolder(folder) }
        withExtendedLifetime(file) {}
    }

    /// Durable on return; does nothing if there is none.
    package func remove() throws(DiskFault) {
        do {
            try disk.remove(path)
        } catch {
            if error.isMissing { return }
            throw error
        }
        try disk.syncFolder(folder)
    }

    /// Removes the temporary files of killed writers in the folder; those of running writers are left alone.
    package static func removeLeftovers(in folder: String, disk: any Disk) throws(DiskFault) {
        for name in try disk.list(folder) where name.hasPrefix(".") && name.hasSuffix(".tmp") {
            let path = "\(folder)/\(name)"
            do {
                let file = try disk.open(path, .writing, permissions: 0)
                if try disk.lock(file, waiting: false), try isStill(file, at: path, disk: disk) {
                    try disk.remove(path)
                }
            } catch {
                guard error.isMissing else { throw error }
            }
        }
    }

    private var folder: String { disk.folder(of: path) }

    /// Hidden, so that no listing mistakes it for a document.
    private var temporary: String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ".\(path).tmp" }
        let name = path.utf8.index(after: slash)
        return "\(path[..<name]).\(path[name...]).tmp"
    }

    /// A new, locked file at the temporary path. An existing one belongs to a running writer while it is locked, and is
    /// a leftover otherwise.
    private func makeTemporary() throws(DiskFault) -> OpenFile {
        while true {
            let file: OpenFile
            var isNew = true
            do {
                file = try disk.open(temporary, .makingNew, permissions: permissions)
            } catch {
                guard error.isThere else { throw error }
                do {
                    file = try disk.open(temporary, .writing, permissions: permissions)
                } catch {
                    if error.isMissing { continue }
                    throw error
                }
                isNew = false
            }
            _ = try disk.lock(file, waiting: true)
            guard try Self.isStill(file, at: temporary, disk: disk) else { continue }
            if isNew { return file }
            try disk.remove(temporary)
        }
    }

    private static func isStill(_ file: OpenFile, at path: String, disk: any Disk) throws(DiskFault) -> Bool {
        try disk.status(at: path)?.identity == disk.status(of: file).identity
    }
}
