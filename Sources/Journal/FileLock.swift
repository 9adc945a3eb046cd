/// A lock between processes, and between instances within one: `flock` on a separate file, which is never renamed or
/// removed, so that all waiters wait for the same one.
package struct FileLock: Sendable {
    package let path: String
    private let permissions: UInt32
    private let disk: any Disk

    /// The lock for the file at `path`: `path.lock`.
    package init(beside path: String, permissions: UInt32, disk: any Disk) {
        self.init(at: path + ".lock", permissions: permissions, disk: disk)
    }

    package init(at path: String, permissions: UInt32, disk: any Disk) {
        (self.path, self.permissions, self.disk) = (path, permissions, disk)
    }

    /// The lock while it is held: released with the last reference to it, or with the process.
    package struct Hold: Sendable {
        fileprivate let file: OpenFile
        fileprivate let disk: any Disk

        /// Records the holder, for processes that are refused the lock.
        package func sign(_ holder: String) throws(DiskFault) {
            let text = Array(holder.utf8)
            try disk.write(file, text, at: 0)
            try disk.truncate(file, to: text.count)
        }
    }

    /// Waits until nobody else holds it.
    package func hold() throws(DiskFault) -> Hold {
        let file = try disk.open(path, .making, permissions: permissions)
        _ = try disk.lock(file, waiting: true)
        return Hold(file: file, disk: disk)
    }

    /// Nil if another holds it.
    package func tryHold() throws(DiskFault) -> Hold? {
        let file = try disk.open(path, .making, permissions: permissions)
        return try disk.lock(file, waiting: false) ? Hold(file: file, disk: disk) : nil
    }

    /// The lock's file, kept open for the next time: a delivery ledger is locked some thousand times a second.
    struct Kept: Sendable {
        fileprivate let file: OpenFile
        fileprivate let identity: FileIdentity
    }

    /// As ``hold()``, with the file kept open if it is still the one at the path. Released by ``release(_:)``, or with
    /// the file. Copies of `kept` are one holder: only one of them may use it.
    func hold(by kept: inout Kept?) throws(DiskFault) {
        if let known = kept, try disk.status(at: path)?.identity == known.identity {
            do {
                _ = try disk.lock(known.file, waiting: true)
                return
            } catch {
                kept = nil
                throw error
            }
        }
        kept = nil
        let file = try disk.open(path, .making, permissions: permissions)
        _ = try disk.lock(file, waiting: true)
        kept = Kept(file: file, identity: try disk.status(of: file).identity)
    }

    func release(_ kept: inout Kept?) {
        guard let file = kept?.file else { return }
        do { try disk.unlock(file) } catch { kept = nil }
    }

    package func whileHeld<Result>(_ body: () throws -> Result) throws -> Result {
        let hold = try hold()
        return try withExtendedLifetime(hold) { try body() }
    }

    /// The last signature; nil if nobody signed.
    package func signature() throws(DiskFault) -> String? {
        guard let content = try disk.content(of: path), !content.isEmpty else { return nil }
        return String(decoding: content, as: UTF8.self)
    }
}
