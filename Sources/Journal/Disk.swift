/// The interface between our files and the machine: the few operations that everything durable is made of. Tests make
/// it fail, or lose unsynced data.
package protocol Disk: Sendable {
    /// Opens a regular file; never through a symbolic link. A new file gets exactly these `permissions`, whatever the
    /// umask.
    func open(_ path: String, _ access: FileAccess, permissions: UInt32) throws(DiskFault) -> OpenFile
    /// Reads until the buffer is full or the file ends; returns the number of bytes read.
    func read(
        _ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(DiskFault) -> Int
    /// Writes all the bytes. After a fault, any part of them may be in the file.
    func write(_ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskFault)
    /// Returns when the file's content survives a power cut.
    func sync(_ file: OpenFile) throws(DiskFault)
    /// Returns when the folder's entries (names made, renamed, removed) survive a power cut.
    func syncFolder(_ path: String) throws(DiskFault)
    func truncate(_ file: OpenFile, to size: Int) throws(DiskFault)
    func status(of file: OpenFile) throws(DiskFault) -> FileStatus
    /// Nil if nothing is at that path.
    func status(at path: String) throws(DiskFault) -> FileStatus?
    /// Replaces any file at `new`.
    func rename(_ old: String, to new: String) throws(DiskFault)
    /// Removes a file or an empty folder.
    func remove(_ path: String) throws(DiskFault)
    /// The names in a folder, sorted by their bytes.
    func list(_ folder: String) throws(DiskFault) -> [String]
    /// Makes one folder, whose parent exists, with exactly these permissions, whatever the umask.
    func makeFolder(_ path: String, permissions: UInt32) throws(DiskFault)
    /// Locks the open file against every other opening of it, in this process or another, until it is unlocked or
    /// closed. False if another holds it and `waiting` is false.
    func lock(_ file: OpenFile, waiting: Bool) throws(DiskFault) -> Bool
    /// Releases the lock, and keeps the file open.
    func unlock(_ file: OpenFile) throws(DiskFault)
}

/// How a file is opened.
package enum FileAccess: Sendable {
    /// An existing file, to read.
    case reading
    /// An existing file, to read and write.
    case writing
    /// To read and write; made if it is missing.
    case making
    /// To read and write; a fault if it exists.
    case makingNew
}

/// An open file; closed, and its lock released, with the last reference to it.
package final class OpenFile: Sendable {
    package let path: String
    package let descriptor: Int32
    private let close: @Sendable (Int32) -> Void

    package init(path: String, descriptor: Int32, close: @escaping @Sendable (Int32) -> Void) {
        (self.path, self.descriptor, self.close) = (path, descriptor, close)
    }

    deinit { close(descriptor) }
}

/// Identifies a file whatever its name.
package struct FileIdentity: Hashable, Sendable {
    package let device: UInt64
    package let inode: UInt64

    package init(device: UInt64, inode: UInt64) { (self.device, self.inode) = (device, inode) }
}

package struct FileStatus: Hashable, Sendable {
    package let identity: FileIdentity
    /// In bytes.
    package let size: Int
    /// Nanoseconds since 1970.
    package let modified: Int
    /// The lower twelve bits of the mode.
    package let permissions: UInt32
    package let isFolder: Bool

    package init(identity: FileIdentity, size: Int, modified: Int, permissions: UInt32, isFolder: Bool) {
        (self.identity, self.size, self.modified) = (identity, size, modified)
        (self.permissions, self.isFolder) = (permissions, isFolder)
    }
}

extension Disk {
    /// The whole content of a file; nil if it is missing.
    package func content(of path: String) throws(DiskFault) -> [UInt8]? {
        let file: OpenFile
        do {
            file = try open(path, .reading, permissions: 0)
        } catch {
            if error.isMissing { return nil }
            throw error
        }
        return try bytes(of: file, at: 0, count: try status(of: file).size)
    }

    /// At most `count` bytes from `offset`; fewer if the file ends before.
    package func bytes(of file: OpenFile, at offset: Int, count: Int) throws(DiskFault) -> [UInt8] {
        guard count > 0 else { return [] }
        var fault: DiskFault?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(DiskFault) {
                filled = try read(file, into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            } catch {
                fault = error
            }
        }
        if let fault { throw fault }
        return bytes
    }

    package func write(_ file: OpenFile, _ bytes: [UInt8], at offset: Int) throws(DiskFault) {
        var fault: DiskFault?
        bytes.withUnsafeBytes { buffer in
            do throws(DiskFault) {
                try write(file, buffer, at: offset)
            } catch {
                fault = error
            }
        }
        if let fault { throw fault }
    }

    /// Makes the folder unless it exists, and makes sure that it survives a power cut. Its parent must exist.
    package func makeFolderIfMissing(_ path: String, permissions: UInt32) throws(DiskFault) {
        do {
            try makeFolder(path, permissions: permissions)
        } catch {
            if error.isThere { return }
            throw error
        }
        try syncFolder(folder(of: path))
    }

    /// The folder that contains the path's last name.
    package func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
