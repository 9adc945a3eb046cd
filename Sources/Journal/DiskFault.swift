import Glibc

/// An operation that the system refused, the file, and the remedy.
package struct DiskFault: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Verb: String, Sendable, CaseIterable {
        case open, read, write, sync, cut = "shorten", examine, rename, remove, list
        case makeFolder = "make the folder"
        case lock
    }

    package let verb: Verb
    package let path: String
    /// As `errno` had it.
    package let code: Int32

    package init(_ verb: Verb, _ path: String, code: Int32) {
        (self.verb, self.path, self.code) = (verb, path, code)
    }

    /// Nothing stands at that path.
    package var isMissing: Bool { code == ENOENT }
    /// Something stands there already.
    package var isThere: Bool { code == EEXIST }
    package var isForbidden: Bool { code == EACCES || code == EPERM }
    package var isFull: Bool { code == ENOSPC || code == EDQUOT }

    package var description: String {
        "cannot \(verb.rawValue) \(path): \(String(cString: strerror(code)))" + (remedy.map { "; \($0)" } ?? "")
    }

    private var remedy: String? {
        switch code {
        case ENOSPC, EDQUOT: "make room on that file system, then try again"
        case EACCES, EPERM: "run it as a user or with a group that may"
        case EROFS: "mount that file system for writing"
        case ENOENT: "check the path, or run fortnight init"
        case ELOOP: "put the file itself there, not a symbolic link"
        case ENODEV: "put a regular file there"
        case EIO: "the disk failed: look at the system's log, and at your backups"
        case EMFILE, ENFILE: "raise the limit on open files (LimitNOFILE)"
        default: nil
        }
    }
}
