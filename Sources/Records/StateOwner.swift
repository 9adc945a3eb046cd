internal import Foundation
internal import Glibc
internal import Journal

// Whom the state folder belongs to, and what follows for root.

extension StateFolder {
    /// Run as root, the process becomes the user and takes on the groups of whom the folder belongs to, or will belong to
    /// once it is made, so that it leaves nothing behind that the daemon cannot read. Does nothing for anybody else, and
    /// where that is root itself. Call it before anything is opened. Throws ``OwnerFault``.
    package func takeOnOwner() throws(OwnerFault) {
        guard geteuid() == 0 else { return }
        guard let owner = Ownership(of: path, following: true) ?? heir else { return }
        if Ownership(of: path, following: true) == nil { makeFor(owner) }
        try owner.become(of: path)
    }

    /// Run as root, the process becomes the user whom the nearest folder above that path belongs to: what is made there is
    /// theirs. Does nothing where that is root. Throws ``OwnerFault``.
    package static func takeOnOwner(above path: String) throws(OwnerFault) {
        guard geteuid() == 0 else { return }
        var folder = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        while true {
            if let owner = Ownership(of: folder, following: true) { return try owner.become(of: folder) }
            guard let slash = folder.lastIndex(of: "/"), slash > folder.startIndex else { return }
            folder = String(folder[..<slash])
        }
    }

    /// To whom a folder that is not there yet will belong: the user whose folder it is made in, else the service's own;
    /// nil where that is root.
    private var heir: Ownership? {
        guard let above = Ownership(of: disk.folder(of: path), following: true) else { return nil }
        return above.user == 0 ? Ownership.ofService() : above
    }

    /// The service's user may not make a folder where root has to; what goes wrong shows when the folder is opened.
    private func makeFor(_ owner: Ownership) {
        guard (try? disk.makeFolder(path, permissions: 0o710)) != nil else { return }
        owner.take(path)
    }

    /// As commands take it: the name, or the number of a user who has none.
    static func name(_ user: UInt32) -> String {
        getpwuid(user).flatMap { $0.pointee.pw_name }.map { String(cString: $0) } ?? "\(user)"
    }
}

extension Ownership {
    /// As `init(of:)`, of what a symbolic link leads to.
    init?(of path: String, following: Bool) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(user: status.st_uid, group: status.st_gid)
    }

    /// Makes this process, which is root's, one of that user with its groups, for good.
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
