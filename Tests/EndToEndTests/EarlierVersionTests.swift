import DevelopmentInbox
import Foundation
import TestSupport
import Testing

/// `Fixtures/state-1` is the state folder of a small bulletin, written by the programs of format 1: issue 1 sent and
/// corrected, issue 2 held, readers of every kind, returns. A change to a format adds a folder, and changes none.
@Suite("A state folder of an earlier version", .wholePrograms)
struct EarlierVersionTests {
    private static let readers =
        #"{"active":3,"unconfirmed":0,"paused":1,"unsubscribed":1,"bounced":2,"complained":0,"forgotten":1}"#

    private func plant(in scratch: String) throws {
        let fixture = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/state-1")
        try FileManager.default.copyItem(atPath: fixture.path, toPath: "\(scratch)/state")
        // Its secret is in no file: 32 bytes, from 0 on.
        let made = FileManager.default.createFile(
            atPath: "\(scratch)/state/secret", contents: Data(0..<32), attributes: [.posixPermissions: 0o600])
        #expect(made)
    }

    private func bulletin(_ scratch: String, _ port: Int) throws -> LivingBulletin {
        let clock = try StillClock(in: scratch)
        try clock.set("2026-11-26T12:00")
        return try LivingBulletin(in: scratch, smtpPort: port, schedule: "  first: 2026-12-09 10:00", clock: clock)
    }

    @Test("is read completely, is sound, and its next issue reaches the right people")
    func lives() async throws {
        try await withScratchFolder { scratch in
            try plant(in: scratch)
            try await InboxServer.with(InboxConfiguration()) { inbox in
                let bulletin = try bulletin(scratch, inbox.smtpPort)
                #expect(
                    try await bulletin.done("verify").contains("8 subscribers, 1 issue, 2 ledgers: no damage")
                )
                #expect(try await bulletin.done("subscribers", "stats", "--json") == Self.readers + "\n")
                let jo = try await bulletin.done("subscribers", "show", "jo@example.net")
                #expect(jo.contains("bounced") && jo.contains("issue 24: no such mailbox, 5.1.1"))
                let deliveries = try await bulletin.deliveries()
                #expect(deliveries["accepted"] == 3 && deliveries["refused"] == 1)
                #expect(try await bulletin.issue().state == "sent")
                let shown = try await bulletin.done("issue", "show", "1")
                #expect(shown.contains("Welcome to the *first* issue.") && shown.contains("0161 496 0499"))
                #expect(
                    try await bulletin.done("networks", "show", "homelessness-action").contains("called off: No room"))
                #expect(try await bulletin.done("items", "--json").contains("A walk"))

                let daemon = try await bulletin.daemon()
                #expect(try await bulletin.request("GET", "/issues/1").body.contains("0161 496 0499"))
                try await bulletin.done("issue", "send-now", "2")
                try await LivingBulletin.wait(for: "issue 2 to be sent", within: .seconds(60)) {
                    try await bulletin.done("issue", "show", "2").contains("accepted 2")
                }
                daemon.signal(SIGTERM)
                #expect(try await daemon.ended().status == 0)
                #expect(Set(inbox.counts().byRecipient.keys) == ["ada@example.org", "cat@example.org"])
                #expect(try await bulletin.done("verify").contains("no damage"))
            }
        }
    }

    @Test(
        "is refused if a newer program wrote it, and nothing is changed",
        arguments: [
            ("subscriptions/roll.jsonl", "\"version\":1", "\"version\":9"),
            ("deliveries/0001.jsonl", "\"version\":1", "\"version\":9"),
            ("format.json", "\"formatVersion\" : 1", "\"formatVersion\" : 9"),
            ("editorial/decisions.jsonl", "\"version\":1", "\"version\":9"),
            ("returns/returns.jsonl", "\"version\":1", "\"version\":9"),
            ("issues/0001/state.json", "\"formatVersion\" : 1", "\"formatVersion\" : 9"),
        ])
    func newer(file: String, old: String, new: String) async throws {
        try await withScratchFolder { scratch in
            try plant(in: scratch)
            let path = "\(scratch)/state/\(file)"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.contains(old))
            try text.replacing(old, with: new, maxReplacements: 1).write(
                toFile: path, atomically: true, encoding: .utf8)
            let written = try String(contentsOfFile: path, encoding: .utf8)
            let bulletin = try bulletin(scratch, try FreePort.any())
            let verified = try await bulletin.run("verify", "--json")
            #expect(verified.status == 1 && (verified.output + verified.errors).contains("version 9"), "\(verified)")
            _ = try await bulletin.run("verify", "--repair")
            #expect(try String(contentsOfFile: path, encoding: .utf8) == written)
        }
    }

    /// Rendered from the files beside it, and not promised: its correct content is unknown.
    private static let printed = ["corrected.html", "corrected.txt", "print.html"]

    @Test("is found wrong if a document is cut short or a journal's line is damaged, and the report names it")
    func damaged() async throws {
        try await withScratchFolder { scratch in
            try plant(in: scratch)
            let bulletin = try bulletin(scratch, try FreePort.any())
            let state = "\(scratch)/state"
            let files = try FileManager.default.subpathsOfDirectory(atPath: state).filter { name in
                var status = stat()
                return lstat("\(state)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            }
            #expect(files.count > 40)
            for file in files.sorted() where !Self.printed.contains(where: file.hasSuffix) {
                let path = URL(filePath: "\(state)/\(file)")
                let whole = try Data(contentsOf: path)
                var damaged = whole.prefix(whole.count / 2)
                if file.hasSuffix(".jsonl") {
                    // A last line without its line feed was never acknowledged, and is not damage; an earlier one is.
                    damaged = whole
                    let second = try #require(whole.firstIndex(of: 10)) + 1
                    damaged.replaceSubrange(second..<second + 4, with: Data("####".utf8))
                }
                try damaged.write(to: path)
                let verified = try await bulletin.run("verify", "--json")
                // One hash covers all editions.
                let isEdition = file.hasPrefix("issues/") && !file.hasSuffix(".json") && !file.contains("pictures")
                let named = isEdition ? "/issues/0001" : file
                let said = verified.output + verified.errors
                #expect(verified.status == 1 && said.contains(named), "\(file): \(verified)")
                try whole.write(to: path)
            }
            #expect(try await bulletin.run("verify").status == 0)
        }
    }
}
