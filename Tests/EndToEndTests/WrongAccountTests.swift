import Foundation
import TestSupport
import Testing

@Suite("The state folder, under the wrong account or on a bad disk", .wholePrograms)
struct WrongAccountTests {
    /// A service account, its group of editors, and another user.
    private static let (service, editors, stranger) = (uid_t(60_101), gid_t(60_102), uid_t(60_104))

    private func needRoot() throws {
        try #require(geteuid() == 0, "this test needs root, to take on other accounts: sudo deploy/test")
    }

    private func give(_ path: String, to user: uid_t, _ group: gid_t) throws {
        for name in try [""] + FileManager.default.subpathsOfDirectory(atPath: path).map({ "/" + $0 }) {
            var status = stat()
            #expect(lstat(path + name, &status) == 0)
            #expect(lchown(path + name, user, group) == 0)
            #expect(chmod(path + name, status.st_mode & 0o7777) == 0)
        }
    }

    private func daemon(as user: uid_t, _ scratch: String) async throws -> ProgramRun.Ending {
        try await ProgramRun.run(
            Programs.system("setpriv", package: "util-linux"),
            [
                "--reuid=\(user)", "--regid=\(Self.editors)", "--clear-groups", Programs.ours("fortnightd"), "--config",
                "\(scratch)/fortnight.yaml",
            ])
    }

    @Test("never has files owned by root, whatever root does and whether or not it existed before")
    func rootByMistake() async throws {
        try needRoot()
        for isThere in [true, false] {
            try await withScratchFolder { scratch in
                let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
                let state = "\(scratch)/state"
                try give(scratch, to: Self.service, Self.editors)
                if isThere {
                    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
                    try give(state, to: Self.service, Self.editors)
                }
                try await bulletin.queueNotice()
                try await bulletin.addReaders(3)
                try await bulletin.done("networks", "list")
                try await bulletin.done("preview", "--format", "text")
                try await bulletin.done("issue", "hold", "1", "--why", "Not yet")
                let daemon = try await bulletin.daemon()
                let status = try String(contentsOfFile: "/proc/\(daemon.processID)/status", encoding: .utf8)
                let service = String(Self.service)
                #expect(status.contains("Uid:\t\(service)\t\(service)\t\(service)\t\(service)\n"))
                daemon.signal(SIGTERM)
                #expect(try await daemon.ended().status == 0)
                for name in try FileManager.default.subpathsOfDirectory(atPath: state) {
                    var status = stat()
                    #expect(lstat("\(state)/\(name)", &status) == 0)
                    #expect(status.st_uid == Self.service && status.st_gid == Self.editors, "\(name)")
                }
            }
        }
    }

    @Test("belongs to the owner of the folder in which root makes a bulletin")
    func initAsRoot() async throws {
        try needRoot()
        try await withScratchFolder { scratch in
            #expect(chown(scratch, Self.stranger, gid_t(Self.stranger)) == 0)
            let made = try await ProgramRun.run(Programs.ours("fortnight"), ["init", "\(scratch)/club/bulletin"])
            #expect(made.status == 0, "\(made)")
            for name in try FileManager.default.subpathsOfDirectory(atPath: scratch) {
                var status = stat()
                #expect(lstat("\(scratch)/\(name)", &status) == 0)
                #expect(status.st_uid == Self.stranger, "\(name)")
            }
        }
    }

    @Test("of another owner, or with another owner's file, is reported at the start with the command that corrects it")
    func wrongOwner() async throws {
        try needRoot()
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            try await bulletin.addReaders(1)
            let state = "\(scratch)/state"
            try give(scratch, to: Self.service, Self.editors)
            let foreign = try await daemon(as: Self.stranger, scratch)
            #expect(foreign.status == 1)
            #expect(
                foreign.errors.contains(
                    "\(state) belongs to 60101, and this runs as 60104: run it as 60101, or give the folder "
                        + "away, as root: chown -R 60104 \(state)"), "\(foreign.errors)")

            #expect(lchown("\(state)/subscriptions/roll.jsonl", 0, 0) == 0)
            let mixed = try await daemon(as: Self.service, scratch)
            #expect(mixed.status == 1)
            #expect(
                mixed.errors.contains(
                    "\(state)/subscriptions/roll.jsonl belongs to root, and this runs as 60101, who cannot use it: as "
                        + "root, chown -R 60101 \(state)"), "\(mixed.errors)")
        }
    }

    @Test(
        "serves an editor in its group, who may see its status, but neither readers nor secrets")
    func editor() async throws {
        try needRoot()
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            try await bulletin.addReaders(3)
            let state = "\(scratch)/state"
            try give(state, to: Self.service, Self.editors)
            #expect(chmod(scratch, 0o755) == 0)
            let daemon = try await bulletin.daemon()
            func asEditor(_ arguments: String...) async throws -> ProgramRun.Ending {
                try await ProgramRun.run(
                    Programs.system("setpriv", package: "util-linux"),
                    [
                        "--reuid=60105", "--regid=60105", "--groups=\(Self.editors)", Programs.ours("fortnight"),
                    ] + arguments + ["--config", "\(scratch)/fortnight.yaml"])
            }
            let added = try await asEditor(
                "add", "notice", "--title", "Tablets", "--summary", "To borrow.", "--taking-part-phone", "0161 496 0456"
            )
            #expect(added.status == 0 && added.output.contains("It will be in issue 1"), "\(added)")
            #expect(try await asEditor("preview").output.contains("Tablets"))
            #expect(try await asEditor("issue", "hold", "1", "--why", "Not yet").status == 0)
            try await LivingBulletin.wait(for: "the daemon's word") {
                try await asEditor("status").output.contains("3 active")
            }
            let status = try await asEditor("status").output
            #expect(status.contains("running since") && !status.contains("example.org"), "\(status)")
            for closed in [
                ["subscribers", "list"], ["deliveries", "1", "--who", "accepted"], ["backup", "--to", "/tmp/x"],
            ] {
                let refused = try await ProgramRun.run(
                    Programs.system("setpriv", package: "util-linux"),
                    ["--reuid=60105", "--regid=60105", "--groups=\(Self.editors)", Programs.ours("fortnight")] + closed
                        + ["--config", "\(scratch)/fortnight.yaml"])
                #expect(refused.status != 0 && !refused.output.contains("@"), "\(refused)")
            }
            // The daemon can read the editor's files.
            daemon.signal(SIGTERM)
            #expect(try await daemon.ended().status == 0)
            let items = try FileManager.default.contentsOfDirectory(atPath: "\(state)/editorial/items")
            var file = stat()
            #expect(items.count == 1 && lstat("\(state)/editorial/items/\(items[0])", &file) == 0)
            #expect(file.st_gid == Self.editors && file.st_mode & 0o060 == 0o060)
        }
    }

    @Test("with a missing parent is reported with the command that makes it")
    func missingParent() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525, settings: "state: there/state")
            let ending = try await bulletin.start().ended()
            #expect(ending.status == 1 && ending.errors.contains("mkdir -p \(scratch)/there"), "\(ending.errors)")
        }
    }

    @Test("on a read-only disk is reported at the start with the command that corrects it")
    func readOnly() async throws {
        try needRoot()
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            try await bulletin.queueNotice()
            let state = "\(scratch)/state"
            // In a mount namespace of its own, which ends with the program.
            let script = "mount --bind \(state) \(state) && mount -o remount,ro,bind \(state) && exec \"$0\" \"$@\""
            let ending = try await ProgramRun.run(
                Programs.system("unshare", package: "util-linux"),
                [
                    "--mount", "/bin/sh", "-c", script, Programs.ours("fortnightd"), "--config",
                    "\(scratch)/fortnight.yaml",
                ])
            #expect(ending.status == 1)
            #expect(ending.errors.contains("mount -o remount,rw \(state)"), "\(ending.errors)")
        }
    }

    @Test(
        "on a full disk is reported at the start, the pages answer all the same, and work resumes when there is space"
    )
    func fullAtStart() async throws {
        try needRoot()
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            try await bulletin.addReaders(1)
            let state = "\(scratch)/state"
            let script = """
                cp -a \(state) \(scratch)/copy && mount -t tmpfs -o size=2m,mode=710 tmpfs \(state) && \
                cp -a \(scratch)/copy/. \(state) && { head -c 4000000 /dev/zero >\(state)/ballast 2>/dev/null; true; } && \
                "$0" "$@" & pid=$!
                trap 'kill -TERM $pid; wait $pid; exit $?' TERM
                trap 'rm \(state)/ballast; echo there is room >&2' USR1
                while kill -0 $pid 2>/dev/null; do wait $pid; status=$?; done
                exit $status
                """
            let run = try ProgramRun(
                Programs.system("unshare", package: "util-linux"),
                [
                    "--mount", "/bin/sh", "-c", script, Programs.ours("fortnightd"), "--config",
                    "\(scratch)/fortnight.yaml",
                ])
            _ = try await run.line(holding: "listening on")
            #expect(run.errors.contains("is full") && run.errors.contains("df -h \(state)"), "\(run.errors)")
            #expect(try await bulletin.request("GET", "/").status == 200)
            #expect(try await bulletin.request("GET", "/privacy").status == 200)
            run.signal(SIGUSR1)
            _ = try await run.line(holding: "there is room")
            run.signal(SIGTERM)
            #expect(try await run.ended().status == 0, "\(run.errors)")
        }
    }
}
