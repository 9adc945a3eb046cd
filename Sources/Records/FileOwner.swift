internal import Glibc

/// The owner and group of a file. ``Disk`` does not handle them, because they do not affect durability.
struct FileOwner: Hashable, Sendable {
    let user: UInt32
    let group: UInt32

    init(user: UInt32, group: UInt32) { (self.user, self.group) = (user, group) }

    /// Nil if nothing is there.
    init?(of path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        self.init(user: status.st_uid, group: status.st_gid)
    }

    /// The service's own user and the editors' group, as the package makes them; nil if this process may not give files
    /// away or the user does not exist.
    static func ofService() -> FileOwner? {
        guard geteuid() == 0, let user = user(named: "fortnight") else { return nil }
        return FileOwner(user: user.user, group: group(named: "fortnight-editors") ?? user.group)
    }

    static func group(named name: String) -> UInt32? {
        var entry = Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1 << 16) { buffer in
            guard let room = buffer.baseAddress, getgrnam_r(name, &entry, room, buffer.count, &found) == 0, found != nil
            else {
                return nil
            }
            return entry.gr_gid
        }
    }

    private static func user(named name: String) -> FileOwner? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1 << 16) { buffer in
            guard let room = buffer.baseAddress, getpwnam_r(name, &entry, room, buffer.count, &found) == 0, found != nil
            else {
                return nil
            }
            return FileOwner(user: entry.pw_uid, group: entry.pw_gid)
        }
    }

    /// Gives a file or folder to this owner, as far as this process may: root gives both user and group, others a group
    /// of their own.
    func take(_ path: String) {
        guard let now = FileOwner(of: path), now != self else { return }
        _ = lchown(path, geteuid() == 0 ? user : UInt32.max, group)
    }
}
