import Glibc
package import Journal
import Synchronization

/// A disk that refuses the nth operation, once or from then on. A refused write leaves half of its bytes. Its power is
/// never cut, so it does not really sync.
package final class RiggedDisk: Disk {
    package enum Refusal: Sendable, CaseIterable {
        case once
        case fromThenOn
    }

    private struct Rig {
        var asked = 0
        var refused = 0
        var plan: (at: Int, refusal: Refusal, changes: Bool)?
    }

    private let disk: any Disk
    private let code: Int32
    private let rig = Mutex(Rig())

    package init(over disk: any Disk = SystemDisk(), code: Int32 = ENOSPC) {
        (self.disk, self.code) = (disk, code)
    }

    /// Counts operations from the next one on, from 1; with `changes`, only operations that change something are
    /// counted and refused.
    package func refuse(at verb: Int, _ refusal: Refusal, changes: Bool = false) {
        rig.withLock { $0 = Rig(plan: (verb, refusal, changes)) }
    }

    package var hasRefused: Bool { rig.withLock { $0.refused > 0 } }

    /// Obeys again. Returns whether it refused anything.
    @discardableResult
    package func relent() -> Bool {
        rig.withLock { rig in
            rig.plan = nil
            return rig.refused > 0
        }
    }

    private static let changes: [DiskFault.Verb] = [.write, .sync, .cut, .rename, .remove, .makeFolder]

    private func ask(_ verb: DiskFault.Verb, _ path: String) throws(DiskFault) {
        let refuses = rig.withLock { rig in
            guard let plan = rig.plan, !plan.changes || Self.changes.contains(verb) else { return false }
            rig.asked += 1
            let refuses = plan.refusal == .once ? rig.asked == plan.at : rig.asked >= plan.at
            if refuses { rig.refused += 1 }
            return refuses
        }
        if refuses { throw DiskFault(verb, path, code: code) }
    }

    package func open(_ path: String, _ access: FileAccess, permissions: UInt32) throws(DiskFault) -> OpenFile {
        try ask(.open, path)
        return try disk.open(path, access, permissions: permissions)
    }

    package func read(
        _ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(DiskFault) -> Int {
        try ask(.read, file.path)
        return try disk.read(file, into: buffer, at: offset)
    }

    package func write(_ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskFault) {
        do throws(DiskFault) {
            try ask(.write, file.path)
        } catch {
            try disk.write(file, UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]), at: offset)
            throw error
        }
        try disk.write(file, bytes, at: offset)
    }

    package func sync(_ file: OpenFile) throws(DiskFault) {
        try ask(.sync, file.path)
    }

    package func syncFolder(_ path: String) throws(DiskFault) {
        try ask(.sync, path)
    }

    package func truncate(_ file: OpenFile, to size: Int) throws(DiskFault) {
        try ask(.cut, file.path)
        try disk.truncate(file, to: size)
    }

    package func status(of file: OpenFile) throws(DiskFault) -> FileStatus {
        try ask(.examine, file.path)
        return try disk.status(of: file)
    }

    package func status(at path: String) throws(DiskFault) -> FileStatus? {
        try ask(.examine, path)
        return try disk.status(at: path)
    }

    package func rename(_ old: String, to new: String) throws(DiskFault) {
        try ask(.rename, old)
        try disk.rename(old, to: new)
    }

    package func remove(_ path: String) throws(DiskFault) {
        try ask(.remove, path)
        try disk.remove(path)
    }

    package func list(_ folder: String) throws(DiskFault) -> [String] {
        try ask(.list, folder)
        return try disk.list(folder)
    }

    package func makeFolder(_ path: String, permissions: UInt32) throws(DiskFault) {
        try ask(.makeFolder, path)
        try disk.makeFolder(path, permissions: permissions)
    }

    package func lock(_ file: OpenFile, waiting: Bool) throws(DiskFault) -> Bool {
        try ask(.lock, file.path)
        return try disk.lock(file, waiting: waiting)
    }

    package func unlock(_ file: OpenFile) throws(DiskFault) {
        try ask(.lock, file.path)
        try disk.unlock(file)
    }
}
