package import Bulletin
package import Foundation
import Journal
package import Records

/// Restores a backup into a state folder, which must not hold a state yet. The folder is first marked as restored, and
/// nothing is sent from it until ``AcceptRestoration`` has run.
package struct RestoreBackup: Sendable {
    private let folder: StateFolder
    private let disk: any Disk

    package struct Report: Sendable {
        package let restoration: Restoration
        package let files: Int
        /// The later requests that the damaged subscriber list had; nil if none was named, or it could not be read.
        package let requests: LaterRequests?
        /// Why the damaged subscriber list could not be read.
        package let unread: String?
    }

    package init(into folder: StateFolder) {
        self.folder = folder
        disk = SystemDisk()
    }

    /// Throws ``RestoreFault`` if there is a state already.
    package func checkFree() throws {
        guard try disk.status(at: folder.path) != nil else { return }
        var first: String?
        try folder.eachFile { name in
            guard first == nil, !Self.filesOfAnEmptyState.contains(name), MakeBackup.isKept(name) else { return }
            first = name
        }
        if let first { throw RestoreFault.occupied(folder.path, by: first) }
    }

    private static let filesOfAnEmptyState: Set<String> = ["format.json", "secret", "told.json", "standing.json"]

    /// The folder exists already (``Records/StateFolder/make(at:group:)``), and `backup` has been checked. `damaged` is
    /// the folder of the damaged state: requests in its subscriber list that are newer than the backup are taken over.
    package func callAsFunction(
        _ backup: BackupFile, _ manifest: BackupManifest, damaged: String?, at now: Date
    ) throws -> Report {
        try checkFree()
        let lock = try folder.holdDaemonLock(at: now)
        var restoration = Restoration(taken: manifest.taken, restored: now, gapFrom: manifest.taken, merged: 0)
        try folder.save(restoration)
        try backup.unpack(into: folder.path)
        var requests: LaterRequests?
        var unread: String?
        if let damaged {
            do { requests = try folder.takeOverLaterRequests(from: damaged) } catch { unread = "\(error)" }
        }
        if let requests {
            restoration.merged = requests.taken
            restoration.gapFrom = min(now, max(manifest.taken, requests.latest ?? manifest.taken))
            try folder.save(restoration)
        }
        withExtendedLifetime(lock) {}
        let files = manifest.files.count { $0.name.hasPrefix(BackupManifest.stateFolder) }
        return Report(restoration: restoration, files: files, requests: requests, unread: unread)
    }
}

/// Why nothing was restored, or accepted.
package enum RestoreFault: Error, Hashable, Sendable, CustomStringConvertible {
    case occupied(String, by: String)
    case notRestored(String)
    case acceptedBefore(by: String, at: String)
    case sentBefore(IssueNumber, highest: IssueNumber)
    case notDueYet(IssueNumber, highest: Int)

    package var description: String {
        switch self {
        case .occupied(let path, let name):
            "\(path) already holds a state (\(name)), and restore overwrites nothing. Move it aside and name it, so "
                + "that later requests in it are kept: mv \(path) \(path).damaged, then repeat the command with --damaged "
                + "\(path).damaged"
        case .notRestored(let path): "\(path) was not restored from a backup: there is nothing to accept"
        case .acceptedBefore(let person, let time): "\(person) accepted that at \(time) already"
        case .sentBefore(let number, let highest):
            "issue \(highest) was sent before the backup was taken, so it was sent through \(highest) at least, not \(number)"
        case .notDueYet(let number, let highest):
            "issue \(number) was not due yet: the last one that can have been sent is \(highest)"
        }
    }
}
