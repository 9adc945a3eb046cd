internal import Foundation
internal import Glibc
internal import Journal

// Checks whether a daemon could work on the folder before it starts, each fault with the command that fixes it.

extension StateFolder {
    /// Throws ``UsabilityFault`` if this process could not keep its state here. The folder need not exist yet.
    package func checkUsable() throws(UsabilityFault) {
        let isThere = FileOwner(of: path, following: true) != nil
        let place = isThere ? path : disk.folder(of: path)
        var status = statvfs()
        if statvfs(place, &status) == 0, status.f_flag & UInt(ST_RDONLY) != 0 {
            throw .readOnly(place, mount: Self.mount(of: place))
        }
        guard isThere else { return }
        try checkOwner()
        guard access(path, R_OK | W_OK | X_OK) == 0 else { throw .closed(path) }
    }

    /// Everything but the editors' files must belong to this process's user; the editors' files must be readable.
    private func checkOwner() throws(UsabilityFault) {
        let me = geteuid()
        guard me != 0, let top = FileOwner(of: path, following: true) else { return }
        guard top.user == me else {
            throw .foreignFolder(path, owner: Self.name(top.user), me: Self.name(me))
        }
        let own = [
            "format.json", "daemon.lock", "secret", "issues", "standing", "subscriptions", "deliveries", "outbox",
            "returns",
        ]
        for file in files(in: own) {
            guard let owner = FileOwner(of: file), owner.user != me else { continue }
            throw .foreignFile(file, owner: Self.name(owner.user), me: Self.name(me), state: path)
        }
        for file in files(in: ["editorial"]) where access(file, R_OK) != 0 && errno == EACCES {
            guard let owner = FileOwner(of: file) else { continue }
            throw .foreignFile(file, owner: Self.name(owner.user), me: Self.name(me), state: path)
        }
    }

    private func files(in parts: [String]) -> [String] {
        parts.map { path + "/" + $0 }.flatMap { part in
            [part] + ((try? FileManager.default.subpathsOfDirectory(atPath: part)) ?? []).map { part + "/" + $0 }
        }
    }

    /// A sentence for each resource that has run out, with the command that shows more: the daemon keeps running
    /// meanwhile.
    package var shortages: [String] {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return [] }
        let mount = Self.mount(of: path)
        let remedy = "until some space is free, nothing new is stored or sent; find what uses it with"
        // Some file systems do not count inodes, and report 0 of 0.
        return [
            status.f_bavail == 0
                ? "\(mount), which holds \(path), is full: \(remedy) df -h \(mount) and du -xh -d 2 \(mount)" : nil,
            status.f_files > 0 && status.f_favail == 0
                ? "\(mount), which holds \(path), has no inode left: \(remedy) df -i \(mount) and du -x --inodes -d 2 "
                    + mount : nil,
        ].compactMap { $0 }
    }

    /// The mount point of the file system that holds `path`, from `/proc/self/mountinfo`; `/` if that does not say.
    private static func mount(of path: String) -> String {
        guard let resolved = realpath(path, nil) else { return "/" }
        defer { free(resolved) }
        let real = String(cString: resolved)
        let table = FileManager.default.contents(atPath: "/proc/self/mountinfo") ?? Data()
        return String(decoding: table, as: UTF8.self).split(separator: "\n").compactMap { line -> String? in
            let fields = line.split(separator: " ")
            return fields.count > 4 ? String(fields[4]).replacing("\\040", with: " ") : nil
        }
        .filter { real == $0 || real.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }
        .max { $0.count < $1.count } ?? "/"
    }
}

/// Why a daemon cannot keep its state in a folder.
package enum UsabilityFault: Error, Hashable, Sendable, CustomStringConvertible {
    case readOnly(String, mount: String)
    case closed(String)
    case foreignFolder(String, owner: String, me: String)
    case foreignFile(String, owner: String, me: String, state: String)

    package var description: String {
        switch self {
        case .readOnly(let path, let mount):
            "\(path) is on \(mount), which is read-only: as root, mount -o remount,rw \(mount); if systemd stops the "
                + "service from writing there, run systemctl edit fortnight and add ReadWritePaths=\(path) under [Service]"
        case .closed(let path): "\(path) is closed to its own owner: chmod u+rwx \(path)"
        case .foreignFolder(let path, let owner, let me):
            "\(path) belongs to \(owner), and this runs as \(me): run it as \(owner), or give the folder away, as root: "
                + "chown -R \(me) \(path)"
        case .foreignFile(let file, let owner, let me, let state):
            "\(file) belongs to \(owner), and this runs as \(me), who cannot use it: as root, chown -R \(me) \(state)"
        }
    }
}
