import ArgumentParser
import Basics
import Foundation
import Journal
import Operations
import Records
import Settings

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the whole state into one file, while the daemon runs.",
        discussion: """
            Writes a tar file that only its owner may read, since it holds the secret, and reads it back before it counts. It \
            holds the state folder and fortnight.yaml, and no password or key that is named there.
            """)

    @Option(
        help: ArgumentHelp(
            "The file to write, or a folder that gets one named after the time. The current folder unless given.",
            valueName: "path"))
    var to = "."
    @Option(help: ArgumentHelp("Of the backups in that folder, keep this many.", valueName: "n")) var keep: Int?
    @Option(help: ArgumentHelp("Check a backup instead: every file, every format, every promise.", valueName: "file"))
    var verify: String?
    @OptionGroup var listing: ListingOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let keep, keep < 1 { throw ValidationError("--keep takes a number from 1 on.") }
    }

    func run() throws {
        if let verify { return try check(verify) }
        let configuration = try common.configuration()
        let (now, disk) = (Date(), SystemDisk())
        let isFolder = try disk.status(at: to)?.isFolder == true || to.hasSuffix("/")
        let target = isFolder ? "\(to.hasSuffix("/") ? String(to.dropLast()) : to)/\(Self.name(at: now))" : to
        if keep != nil, !isFolder { throw ValidationError("--keep needs a folder: name one with --to.") }
        if try disk.status(at: target) != nil { throw CommandFailure("\(target) is there already: name another file") }
        let manifest = try MakeBackup(
            of: StateFolder(path: configuration.state), configuration: configuration.file
        )(to: target, at: now)
        let removed = try keep.map { try Self.prune(disk.folder(of: target), keeping: $0, disk) } ?? 0
        guard !listing.json else {
            var line = JSONLine()
            line.line { line in
                line.field("file", target)
                line.field("taken", manifest.taken.stamp)
                line.field("files", manifest.files.count)
                line.field("bytes", manifest.size)
                line.field("removed", removed)
            }
            return print(line.text, terminator: "")
        }
        print(
            "\(target): \(Listing.count(manifest.files.count, "file")), \(Self.size(manifest.size)), read back and whole."
                + (removed > 0 ? " \(Listing.count(removed, "older backup")) removed." : ""))
        print("It holds the secret and everybody's address: keep it where only you can read it.")
    }

    private static func name(at now: Date) -> String {
        "fortnight-\(now.stamp.prefix(19).filter { $0 != "-" && $0 != ":" })Z.tar"
    }

    /// Removes the oldest of our own backups in a folder; their names are in order of time.
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

    /// Whole, and a state that could be lived with: unpacked beside it for a moment, and held against all promises.
    private func check(_ path: String) throws {
        let backup = try BackupFile(path)
        let manifest = try Self.checked(backup)
        let report = try CheckBackup(backup)(at: Date())
        if report.isWrong {
            for finding in report.findings where finding.weight == .wrong {
                Terminal.error("\(finding.path): \(finding.what)")
            }
            throw CommandFailure(
                "\(path) is whole, and the state in it was damaged when it was taken: use an older one")
        }
        print(
            "\(path) is whole: taken \(manifest.taken.stamp), \(Listing.count(manifest.files.count, "file")), "
                + "\(Listing.count(report.issues, "issue")), \(report.people) people on the roll.")
    }

    static func checked(_ backup: BackupFile) throws -> BackupManifest {
        do { return try backup.checked() } catch let fault as BackupFault {
            throw CommandFailure("\(backup.path) \(fault)")
        }
    }
}
