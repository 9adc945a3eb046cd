import Glibc

/// The machine's own file system.
package struct SystemDisk: Disk {
    package init() {}

    package func open(_ path: String, _ access: FileAccess, permissions: UInt32) throws(DiskFault) -> OpenFile {
        // Non-blocking, so that a pipe put in a file's place cannot hang the program; for regular files it makes no
        // difference.
        let always = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        switch access {
        case .reading: return try opened(path, O_RDONLY | always)
        case .writing: return try opened(path, O_RDWR | always)
        case .makingNew: return try made(path, always, permissions)
        case .making:
            // A file may appear or disappear between the two tries.
            while true {
                do {
                    return try opened(path, O_RDWR | always)
                } catch {
                    guard error.isMissing else { throw error }
                }
                do {
                    return try made(path, always, permissions)
                } catch {
                    guard error.isThere else { throw error }
                }
            }
        }
    }

    private func made(_ path: String, _ flags: Int32, _ permissions: UInt32) throws(DiskFault) -> OpenFile {
        let file = try opened(path, O_RDWR | O_CREAT | O_EXCL | flags, permissions)
        try check(.open, path) { fchmod(file.descriptor, permissions) }
        return file
    }

    private func opened(_ path: String, _ flags: Int32, _ permissions: UInt32 = 0) throws(DiskFault) -> OpenFile {
        let descriptor = try check(.open, path) { Glibc.open(path, flags, permissions) }
        let file = OpenFile(path: path, descriptor: descriptor) { _ = Glibc.close($0) }
        guard try fileStatus(of: file).st_mode & S_IFMT == S_IFREG else {
            throw DiskFault(.open, path, code: ENODEV)
        }
        return file
    }

    package func read(
        _ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(DiskFault) -> Int {
        guard let start = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count {
            let count = Glibc.pread(file.descriptor, start + done, buffer.count - done, off_t(offset + done))
            if count == 0 { break }
            if count > 0 {
                done += count
            } else if errno != EINTR {
                throw DiskFault(.read, file.path, code: errno)
            }
        }
        return done
    }

    package func write(_ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskFault) {
        guard let start = bytes.baseAddress else { return }
        var done = 0
        while done < bytes.count {
            let count = Glibc.pwrite(file.descriptor, start + done, bytes.count - done, off_t(offset + done))
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                throw DiskFault(.write, file.path, code: errno)
            }
        }
    }

    package func sync(_ file: OpenFile) throws(DiskFault) {
        try check(.sync, file.path) { fdatasync(file.descriptor) }
    }

    package func syncFolder(_ path: String) throws(DiskFault) {
        let descriptor = try check(.sync, path) { Glibc.open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY) }
        defer { _ = Glibc.close(descriptor) }
        try check(.sync, path) { fsync(descriptor) }
    }

    package func truncate(_ file: OpenFile, to size: Int) throws(DiskFault) {
        try check(.cut, file.path) { ftruncate(file.descriptor, off_t(size)) }
    }

    package func status(of file: OpenFile) throws(DiskFault) -> FileStatus {
        FileStatus(try fileStatus(of: file))
    }

    private func fileStatus(of file: OpenFile) throws(DiskFault) -> stat {
        var status = stat()
        try check(.examine, file.path) { fstat(file.descriptor, &status) }
        return status
    }

    package func status(at path: String) throws(DiskFault) -> FileStatus? {
        var status = stat()
        do {
            try check(.examine, path) { lstat(path, &status) }
        } catch {
            if error.isMissing { return nil }
            throw error
        }
        return FileStatus(status)
    }

    package func rename(_ old: String, to new: String) throws(DiskFault) {
        try check(.rename, old) { Glibc.rename(old, new) }
    }

    package func remove(_ path: String) throws(DiskFault) {
        try check(.remove, path) { Glibc.remove(path) }
    }

    package func list(_ folder: String) throws(DiskFault) -> [String] {
        guard let stream = opendir(folder) else { throw DiskFault(.list, folder, code: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw DiskFault(.list, folder, code: errno) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    package func makeFolder(_ path: String, permissions: UInt32) throws(DiskFault) {
        try check(.makeFolder, path) { mkdir(path, permissions) }
        try check(.makeFolder, path) { chmod(path, permissions) }
    }

    package func lock(_ file: OpenFile, waiting: Bool) throws(DiskFault) -> Bool {
        do {
            try check(.lock, file.path) { flock(file.descriptor, LOCK_EX | (waiting ? 0 : LOCK_NB)) }
            return true
        } catch {
            guard error.code == EWOULDBLOCK else { throw error }
            return false
        }
    }

    package func unlock(_ file: OpenFile) throws(DiskFault) {
        try check(.lock, file.path) { flock(file.descriptor, LOCK_UN) }
    }

    /// Repeats a call that a signal interrupted, and turns -1 into a fault.
    @discardableResult
    private func check(_ verb: DiskFault.Verb, _ path: String, _ call: () -> Int32) throws(DiskFault) -> Int32 {
        while true {
            let result = call()
            guard result == -1 else { return result }
            let code = errno
            guard code == EINTR else { throw DiskFault(verb, path, code: code) }
        }
    }
}

extension FileStatus {
    fileprivate init(_ status: stat) {
        self.init(
            identity: FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino)),
            size: Int(status.st_size),
            modified: status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec,
            permissions: status.st_mode & 0o7777, isFolder: status.st_mode & S_IFMT == S_IFDIR)
    }
}
