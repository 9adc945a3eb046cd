import ArgumentParser
import Basics
import Foundation
import Journal
import Operations
import Records
import Settings

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Back up the whole state into one file, while the daemon runs.",
        discussion: """
            Writes a tar file of the state folder and fortnight.yaml, and reads it back to check it. Only its owner may read \
            the file, since it contains the secret. Passwords and keys that fortnight.yaml names are not included.
            """)

    @Option(
        help: ArgumentHelp(
            "The file to write, or a folder for a file named after the time. Default: the current folder.",
            valueName: "path"))
    var to = "."
    @Option(help: ArgumentHelp("Keep only this many backups in that folder.", valueName: "n")) var keep: Int?
    @Option(help: ArgumentHelp("Check a backup instead of making one.", valueName: "file"))
    var verify: String?
    @OptionGroup var listing: ListingOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let keep, keep < 1 { throw ValidationError("--keep takes a number from 1.") }
    }

    func run() throws {
        if let verify { return try check(verify) }
        let configuration = try common.configuration()
        let (now, disk) = (Date(), SystemDisk())
        let isFolder = try disk.status(at: to)?.isFolder == true || to.hasSuffix("/")
        let target = isFolder ? "\(to.hasSuffix("/") ? String(to.dropLast()) : to)/\(Self.name(at: now))" : to
        if keep != nil, !isFolder { throw ValidationError("--keep needs a folder: name one with --to.") }
        if try disk.status(at: target) != nil { throw CommandFailure("\(target) already exists: name another file") }
        let manifest = try MakeBackup(
            of: StateFolder(path: configuration.state), configuration: configuration.file
        )(to: target, at: now)
        let removed = try keep.map { try Self.prune(disk.folder(of: target), keeping: $0, disk) } ?? 0
        guard !listing.json else {
            return try BackupRow(
                file: target, taken: manifest.taken.stamp, files: manifest.files.count, bytes: manifest.size,
                removed: removed
            ).printJSON()
        }
        print(
            "\(target): \(Listing.count(manifest.files.count, "file")), \(Self.size(manifest.size)), written and checked."
                + (removed > 0 ? " \(Listing.count(removed, "older backup")) removed." : ""))
        print("It contains the secret and all addresses: keep it where only you can read it.")
    }

    private static func name(at now: Date) -> String {
        "fortnight-\(now.stamp.prefix(19).filter { $0 != "-" && $0 != ":" })Z.tar"
    }

    /// Removes the oldest backups of a folder. Their names sort by time.
    private static func prune(_ folder: String, keeping count: Int, _ disk: SystemDisk) throws -> Int {
        let ours = try disk.list(folder).filter { $0.wholeMatch(of: /fortnight-\d{8}T\d{6}Z\.tar/) != nil }
        let old = ours.dropLast(count)
        for name in old { try disk.remove("\(folder)/\(name)") }
        return old.count
    }

    static func size(_ bytes: Int) -> String {
        switch bytes {
        case ..<10_000: "\(bytes) bytes"
        case ..<10_000_000: "\((bytes + 500) / 1000) kB"
        default: "\((bytes + 500_000) / 1_000_000) MB"
        }
    }

    /// Checks the file, and the state in it, which is unpacked beside it for a moment.
    private func check(_ path: String) throws {
        let backup = try BackupFile(path)
        let manifest = try Self.checked(backup)
        let report = try CheckBackup(backup)(at: Date())
        if report.isWrong {
            for finding in report.findings where finding.weight == .wrong {
                Terminal.error("\(finding.path): \(finding.what)")
            }
            throw CommandFailure(
                "\(path) is whole, but the state in it was damaged when it was taken: use an older backup")
        }
        print(
            "\(path) is whole: taken \(manifest.taken.stamp), \(Listing.count(manifest.files.count, "file")), "
                + "\(Listing.count(report.issues, "issue")), \(Listing.count(report.people, "subscriber")).")
    }

    static func checked(_ backup: BackupFile) throws -> BackupManifest {
        do { return try backup.checked() } catch let fault as BackupFault {
            throw CommandFailure("\(backup.path) \(fault)")
        }
    }
}

/// A backup in JSON.
private struct BackupRow: Encodable {
    let file: String
    let taken: String
    let files: Int
    let bytes: Int
    let removed: Int
}
