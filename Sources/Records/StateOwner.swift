internal import Foundation
internal import Glibc
internal import Journal

// The owner of the state folder, and switching to it when run as root.

extension StateFolder {
    /// Run as root, the process switches to the user and groups of the state folder's owner, or its owner-to-be, so
    /// that it leaves nothing behind that the daemon cannot read. Does nothing for other users, or if the owner is
    /// root. Call it before anything is opened. Throws ``OwnerFault``.
    package func takeOnOwner() throws(OwnerFault) {
        guard geteuid() == 0 else { return }
        guard let owner = FileOwner(of: path, following: true) ?? futureOwner else { return }
        if FileOwner(of: path, following: true) == nil { makeFor(owner) }
        try owner.become(of: path)
    }

    /// Run as root, the process switches to the owner of the nearest folder above that path: new files there are
    /// theirs. Does nothing if that is root. Throws ``OwnerFault``.
    package static func takeOnOwner(above path: String) throws(OwnerFault) {
        guard geteuid() == 0 else { return }
        var folder = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        while true {
            if let owner = FileOwner(of: folder, following: true) { return try owner.become(of: folder) }
            guard let slash = folder.lastIndex(of: "/"), slash > folder.startIndex else { return }
            folder = String(folder[..<slash])
        }
    }

    /// The owner that a missing folder will have: the user whose folder it is made in, otherwise the service's own; nil
    /// if that is root.
    private var futureOwner: FileOwner? {
        guard let above = FileOwner(of: disk.folder(of: path), following: true) else { return nil }
        return above.user == 0 ? FileOwner.ofService() : above
    }

    /// The service's user may not make a folder where root has to; any failure shows when the folder is opened.
    private func makeFor(_ owner: FileOwner) {
        guard (try? disk.makeFolder(path, permissions: 0o710)) != nil else { return }
        owner.take(path)
    }

    /// The name, or the number of a user without one, as commands accept it.
    static func name(_ user: UInt32) -> String {
        getpwuid(user).flatMap { $0.pointee.pw_name }.map { String(cString: $0) } ?? "\(user)"
    }
}

extension FileOwner {
    /// As `init(of:)`, but of a symbolic link's target.
    init?(of path: String, following: Bool) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(user: status.st_uid, group: status.st_gid)
    }

    /// Switches this process, run by root, to that user and its groups, for good.
    fileprivate func become(of path: String) throws(OwnerFault) {
        guard user != 0 else { return }
        let name = getpwuid(user).flatMap { $0.pointee.pw_name }.map { String(cString: $0) }
        guard (name.map { initgroups($0, group) } ?? setgroups(0, nil)) == 0, setgid(group) == 0, setuid(user) == 0
        else {
            throw OwnerFault.cannotBecome(path)
        }
    }
}

/// Root could not become the owner of the state folder.
package enum OwnerFault: Error, Hashable, Sendable, CustomStringConvertible {
    case cannotBecome(String)

    package var description: String {
        switch self {
        case .cannotBecome(let path): "cannot become the owner of \(path): run this as that user"
        }
    }
}
