import Basics
import Bulletin
import Foundation
import Glibc
import Records
import Settings

/// Examines the state folder without changing it: its owner, its permissions, and whether it can be read.
struct ExamineState {
    let folder: StateFolder
    /// False for accounts that may not read the parts closed to editors; then a warning says so.
    private var seesAll: Bool { geteuid() == 0 || access("\(folder.path)/subscriptions", R_OK | X_OK) == 0 }

    /// The mode each path is made with; paths below are as private as their folder.
    private static let modes: [(name: String, mode: UInt32, isFolder: Bool)] = [
        ("", 0o710, true), ("editorial", 0o2770, true), ("editorial/items", 0o2770, true),
        ("editorial/networks", 0o2770, true), ("editorial/issues", 0o2770, true), ("issues", 0o2750, true),
        ("standing", 0o2750, true), ("subscriptions", 0o700, true), ("deliveries", 0o700, true),
        ("outbox", 0o700, true),
        ("returns", 0o700, true), ("secret", 0o600, false), ("subscriptions/roll.jsonl", 0o600, false),
    ]

    func permissions() -> [DoctorFinding] {
        let top = URL(filePath: folder.path).resolvingSymlinksInPath().path
        guard let owner = PathFacts(top) else {
            return [
                DoctorFinding(
                    .state, "Folder", .warning, "there is no state folder at \(folder.path) yet",
                    "start fortnightd, or run the first command")
            ]
        }
        let findings = Self.modes.flatMap { part -> [DoctorFinding] in
            let path = part.name.isEmpty ? top : "\(top)/\(part.name)"
            return PathFacts(path).map { look(path, $0, part, owner) } ?? []
        }
        guard findings.isEmpty else { return findings }
        return [
            DoctorFinding(.state, "Permissions", .good, "correct; everything belongs to \(Self.user(owner.user))")
        ]
    }

    private func look(
        _ path: String, _ found: PathFacts, _ part: (name: String, mode: UInt32, isFolder: Bool), _ owner: PathFacts
    ) -> [DoctorFinding] {
        guard part.isFolder ? found.isFolder : found.isFile else {
            return [
                DoctorFinding(
                    .state, "Permissions", .wrong, "\(path) is not a \(part.isFolder ? "folder" : "file")",
                    "look at it with ls -l \(path), and move it aside")
            ]
        }
        var findings: [DoctorFinding] = []
        if found.mode != part.mode {
            // A more permissive mode exposes private data; a stricter one only keeps people from their work.
            let isOpen = found.mode & ~part.mode & 0o077 != 0
            findings.append(
                DoctorFinding(
                    .state, "Permissions", isOpen ? .wrong : .warning,
                    "\(path) has the mode \(Self.octal(found.mode)) instead of \(Self.octal(part.mode))",
                    "chmod \(Self.octal(part.mode)) \(path)"))
        }
        if found.user != owner.user {
            findings.append(
                DoctorFinding(
                    .state, "FileOwner", .wrong,
                    "\(path) belongs to \(Self.user(found.user)), but the folder to \(Self.user(owner.user))",
                    "as root: chown -R \(Self.user(owner.user)) \(folder.path)"))
        }
        return findings
    }

    /// The light check: every document and every ledger can be read. `fortnight verify` looks at each line.
    func soundness() -> [DoctorFinding] {
        // Before the first subscriber there is no secret, and this must not make one.
        guard folder.isMade, access("\(folder.path)/subscriptions/roll.jsonl", F_OK) == 0 || !seesAll else { return [] }
        guard seesAll else {
            return [
                DoctorFinding(
                    .state, "Soundness", .warning, "this account may not read subscribers and deliveries",
                    "run fortnight doctor as \(Self.owner(of: folder.path))")
            ]
        }
        do {
            let report = try VerifyState(folder)()
            guard !report.findings.isEmpty else {
                return [
                    DoctorFinding(
                        .state, "Soundness", .good,
                        "\(report.people.grouped) records, \(report.issues.grouped) issues, \(report.ledgers.grouped) ledgers are sound"
                    )
                ]
            }
            return report.findings.prefix(5).map { finding in
                DoctorFinding(
                    .state, "Soundness", finding.weight == .wrong ? .wrong : .warning,
                    "\(finding.path): \(finding.what)",
                    "fortnight verify has the details, and --repair fixes them where it can")
            }
        } catch {
            return [DoctorFinding(.state, "Soundness", .wrong, "\(error)", "fortnight verify")]
        }
    }

    /// The decisions still open after the state came back from a backup.
    func restoration() -> [DoctorFinding] {
        guard let open = try? folder.openRestoration() else { return [] }
        return [DoctorFinding(.state, "Restored", .wrong, open.reason, Restoration.remedy)]
    }

    /// Whether the daemon is well.
    func daemon(_ report: StatusReport) -> DoctorFinding {
        switch report.daemon {
        case .running(_, let pid): DoctorFinding(.state, "Daemon", .good, "running (process \(pid))")
        default:
            DoctorFinding(
                .state, "Daemon", report.isRunning ? .wrong : .warning,
                report.warnings.first?.what ?? "the daemon is not running", report.warnings.first?.remedy)
        }
    }

    static func owner(of path: String) -> String { PathFacts(path).map { user($0.user) } ?? "fortnight" }

    private static func octal(_ mode: UInt32) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    static func user(_ id: UInt32) -> String {
        getpwuid(id).flatMap { $0.pointee.pw_name }.map { String(cString: $0) } ?? "\(id)"
    }
}
