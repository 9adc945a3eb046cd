import Glibc

/// An operation that the machine refused, the file, and the remedy.
package struct DiskFault: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Verb: String, Sendable, CaseIterable {
        case open, read, write, sync, cut = "shorten", examine, rename, remove, list
        case makeFolder = "make the folder"
        case lock
    }

    package let verb: Verb
    package let path: String
    /// The value of `errno`.
    package let code: Int32

    package init(_ verb: Verb, _ path: String, code: Int32) {
        (self.verb, self.path, self.code) = (verb, path, code)
    }

    /// Nothing is at that path.
    package var isMissing: Bool { code == ENOENT }
    /// Something is already there.
    package var isThere: Bool { code == EEXIST }
    package var isForbidden: Bool { code == EACCES || code == EPERM }
    package var isFull: Bool { code == ENOSPC || code == EDQUOT }

    package var description: String {
        "cannot \(verb.rawValue) \(path): \(String(cString: strerror(code)))" + (remedy.map { "; \($0)" } ?? "")
    }

    private var remedy: String? {
        switch code {
        case ENOSPC, EDQUOT: "free some space on that file system, then try again"
        case EACCES, EPERM: "run it as a user or with a group that has permission"
        case EROFS: "mount that file system read-write"
        case ENOENT: "check the path, or run fortnight init"
        case ELOOP: "replace the symbolic link with the file itself"
        case ENODEV: "put a regular file there"
        case EIO: "the disk failed: check the system's log and your backups"
        case EMFILE, ENFILE: "raise the limit on open files (LimitNOFILE)"
        default: nil
        }
    }
}
