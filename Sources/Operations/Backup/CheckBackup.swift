package import Foundation
import Journal
import Records

/// Verifies the state in a backup: it is unpacked for a moment into a folder that only its owner may enter.
package struct CheckBackup {
    private let backup: BackupFile

    package init(_ backup: BackupFile) { self.backup = backup }

    package func callAsFunction(at now: Date) throws -> VerifyState.Report {
        let files = FileManager.default
        let place = files.temporaryDirectory.appending(path: "fortnight-check-\(UUID().uuidString)")
        try files.createDirectory(
            at: place, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? files.removeItem(at: place) }
        let path = place.path(percentEncoded: false)
        let folder = StateFolder(path: path)
        try folder.make(at: now)
        try backup.unpack(into: path)
        return try VerifyState(folder)()
    }
}
