import Foundation
import Glibc

/// The file of a private key, which is made once and never overwritten.
struct KeyFile {
    private let path: String

    init(_ path: String) { self.path = path }

    /// Writes the bytes so that only the file's owner may read them: `owner`, where one is given. Durable on return. Throws
    /// where anything of that name is there.
    func write(_ bytes: [UInt8], owner: (user: uid_t, group: gid_t)?) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let code = errno
            throw CommandFailure(
                code == EEXIST
                    ? "\(path) already exists, and keys are never overwritten: name another file with --file"
                    : "cannot make \(path): \(String(cString: strerror(code)))")
        }
        defer { close(descriptor) }
        var isDone = fchmod(descriptor, 0o600) == 0
        // Root makes it for the daemon.
        if let owner, geteuid() == 0 { isDone = isDone && fchown(descriptor, owner.user, owner.group) == 0 }
        var rest = bytes[...]
        while isDone, !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { isDone = false }
        }
        guard isDone, fsync(descriptor) == 0 else {
            let code = errno
            unlink(path)
            throw CommandFailure("cannot write \(path): \(String(cString: strerror(code)))")
        }
    }

    /// The daemon's account, which owns the state folder; nil before there is one.
    static func owner(of state: String) -> (user: uid_t, group: gid_t)? {
        var status = stat()
        guard stat(state, &status) == 0 else { return nil }
        return (status.st_uid, status.st_gid)
    }
}
