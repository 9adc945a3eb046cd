import Foundation
import Glibc
import TestSupport
import Testing

@Suite("The state folder, from outside", .wholePrograms)
struct StateFolderTests {
    @Test("loses nobody when four processes add 500 subscribers each at once")
    func fourWriters() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            try await bulletin.done("items")
            let runs = try (0..<4).map { writer in
                let rows = (0..<500).map { "writer\(writer).reader\($0)@example.org" }
                return try ProgramRun(
                    Programs.ours("fortnight"),
                    ["subscribers", "import", "-", "--config", "\(scratch)/fortnight.yaml"],
                    input: (["email"] + rows).joined(separator: "\n"))
            }
            for run in runs { #expect(try await run.ended().status == 0) }
            #expect(try await bulletin.done("subscribers", "stats", "--json").contains("\"active\":2000,"))
            let again = try await bulletin.done(
                "subscribers", "import", "-",
                input: "email\nwriter0.reader0@example.org\nnot an address\nnew@example.org")
            #expect(again.contains("1 added") && again.contains("1 there already") && again.contains("1 not taken"))
            try? FileManager.default.removeItem(atPath: "rejects.csv")
        }
    }

    @Test("has its permissions whatever the umask", arguments: ["077", "000"])
    func umask(mask: String) async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            let ending = try await ProgramRun.run(
                "/bin/sh",
                ["-c", "umask \(mask); exec \(Programs.ours("fortnight")) subscribers add reader@example.org"],
                environment: ["FORTNIGHT_CONFIG": "\(scratch)/fortnight.yaml"])
            #expect(ending.status == 0, "\(ending)")
            try await bulletin.queueNotice()
            try expectModes(of: "\(scratch)/state")
        }
    }

    private func expectModes(of state: String) throws {
        let modes = [
            "": 0o710, "/editorial": 0o2770, "/editorial/items": 0o2770, "/issues": 0o2750, "/subscriptions": 0o700,
            "/deliveries": 0o700, "/outbox": 0o700, "/returns": 0o700, "/secret": 0o600,
            "/subscriptions/roll.jsonl": 0o600,
        ]
        for (path, mode) in modes {
            var status = stat()
            #expect(lstat(state + path, &status) == 0)
            #expect(Int(status.st_mode & 0o7777) == mode, "\(path)")
        }
    }

    @Test("lets an editor queue, preview and list, and keeps subscribers, ledgers and secrets closed to them")
    func permissions() async throws {
        try #require(geteuid() == 0, "this test needs root, to take on another account: sudo deploy/test")
        let setpriv = try Programs.system("setpriv", package: "util-linux")
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: scratch)
            try await bulletin.done("subscribers", "add", "reader@example.org")
            try await bulletin.queueNotice()
            // The folder of a service account, with a group of editors.
            let (service, editors) = (uid_t(60_101), gid_t(60_102))
            let state = "\(scratch)/state"
            for path in try [""] + FileManager.default.subpathsOfDirectory(atPath: state).map({ "/" + $0 }) {
                // Changing the owner removes the setgid bit.
                var status = stat()
                #expect(lstat(state + path, &status) == 0)
                #expect(chown(state + path, service, editors) == 0)
                #expect(chmod(state + path, status.st_mode & 0o7777) == 0)
            }
            func asEditor(_ arguments: String...) async throws -> ProgramRun.Ending {
                try await ProgramRun.run(
                    setpriv,
                    ["--reuid=60103", "--regid=60103", "--groups=\(editors)", Programs.ours("fortnight")] + arguments
                        + ["--config", "\(scratch)/fortnight.yaml"])
            }
            let added = try await asEditor(
                "add", "notice", "--title", "From an editor", "--summary", "It is queued.", "--taking-part-phone",
                "0161 496 0456")
            #expect(added.status == 0, "\(added)")
            for command in [["items"], ["issues"], ["schedule"], ["preview"], ["issue", "hold", "1"]] {
                let ending = try await ProgramRun.run(
                    setpriv,
                    ["--reuid=60103", "--regid=60103", "--groups=\(editors)", Programs.ours("fortnight")] + command
                        + ["--config", "\(scratch)/fortnight.yaml"])
                #expect(ending.status == 0, "\(command): \(ending)")
            }
            for command in [["list"], ["stats"], ["export"]] {
                let ending = try await ProgramRun.run(
                    setpriv,
                    [
                        "--reuid=60103", "--regid=60103", "--groups=\(editors)", Programs.ours("fortnight"),
                        "subscribers",
                    ]
                        + command + ["--config", "\(scratch)/fortnight.yaml"])
                #expect(ending.status == 1 && !ending.output.contains("reader@"), "\(command): \(ending)")
            }
            #expect(try await asEditor("deliveries", "1", "--json").status == 1)
            try expectModes(of: state)
        }
    }
}
