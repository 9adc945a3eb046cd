import DevelopmentInbox
import Foundation
import TestSupport
import Testing

@Suite("An issue in trouble", .wholePrograms)
struct SendingTroubleTests {
    @Test("stops itself when too many are refused, asks a person, and continues when it is released")
    func refusals() async throws {
        var configuration = InboxConfiguration()
        configuration.faults = [
            FaultRule(when: .rcpt, recipient: "gone*", action: .reply(550, enhanced: "5.1.1", text: "no such mailbox")),
            FaultRule(when: .finalDot, action: .delay(.milliseconds(20))),
        ]
        try await withBulletin(configuration, settings: "editors: [editor@example.org]") { bulletin, inbox in
            let gone = (0..<40).map { "gone\($0)@example.org" }
            try await bulletin.done("subscribers", "import", "-", input: (["email"] + gone).joined(separator: "\n"))
            try await bulletin.addReaders(60)
            try await bulletin.done("issue", "send-now", "1")
            let daemon = try await bulletin.daemon()
            try await bulletin.waitUntil("held")
            let reason = try #require(try await bulletin.issue().reason)
            #expect(reason.contains("were refused, and 100 were to go out (delivery.stopAfterRefusals: 20 per cent)"))
            let held = try await bulletin.deliveries()
            #expect(held["owed", default: 0] > 0 && held["unknown"] == 0 && held["refused", default: 0] > 20)
            try await LivingBulletin.wait(for: "the editor to be told") {
                inbox.messages().contains { $0.recipients == ["editor@example.org"] }
            }
            try await bulletin.done("issue", "release", "1")
            // The order is random: if by chance far more of those left are refused, it stops once more.
            var released = reason
            try await LivingBulletin.wait(for: "issue 1 to be sent") {
                let issue = try await bulletin.issue()
                if issue.state == "held", let again = issue.reason, again != released {
                    released = again
                    try await bulletin.done("issue", "release", "1")
                }
                return issue.state == "sent"
            }
            let sent = try await bulletin.deliveries()
            #expect(sent["accepted"] == 60 && sent["refused"] == 40)
            try await bulletin.end(daemon)
        }
    }

    @Test(
        "waits for a person to resolve unknown deliveries, and then continues by itself",
        arguments: [true, false])
    func resolved(daemonRuns: Bool) async throws {
        var configuration = InboxConfiguration()
        configuration.faults = [
            FaultRule(when: .finalDot, recipient: "reader1@*", ordinal: .first(1), action: .acceptThenClose),
            FaultRule(when: .finalDot, recipient: "reader2@*", ordinal: .first(1), action: .acceptThenClose),
        ]
        try await withBulletin(configuration, settings: "delivery: {onUnknown: hold}") { bulletin, inbox in
            try await bulletin.addReaders(5)
            try await bulletin.done("issue", "send-now", "1")
            var daemon = try await bulletin.daemon()
            try await bulletin.waitUntil("held")
            #expect(try await bulletin.issue().reason?.contains("fortnight deliveries resolve 1") == true)
            let listed = try await bulletin.done("deliveries", "1", "--who", "unknown", "--json")
            #expect(listed.split(separator: "\n").count == 2 && listed.contains("reader1@example.org"))
            if !daemonRuns { try await bulletin.end(daemon) }
            let word = daemonRuns ? "--accepted" : "--resend"
            let told = try await bulletin.done("deliveries", "resolve", "1", word)
            #expect(
                told.hasPrefix(
                    daemonRuns
                        ? "2 deliveries of issue 1 count as accepted."
                        : "2 deliveries of issue 1 will be sent once more."))
            if !daemonRuns { daemon = try await bulletin.daemon() }
            try await bulletin.waitUntil("sent")
            #expect(try await bulletin.deliveries()["accepted"] == 5)
            #expect(inbox.counts().byRecipient["reader1@example.org"] == (daemonRuns ? 1 : 2))
            #expect(inbox.counts().byMessageID.count == 5, "a repeat bears the same Message-ID")
            let again = try await bulletin.done("deliveries", "resolve", "1", word, "--json")
            #expect(again == #"{"issue":1,"resolved":0,"as":"\#(daemonRuns ? "accepted" : "resend")"}"# + "\n")
            try await bulletin.end(daemon)
        }
    }

    @Test("can be resolved in one of two ways, and only for an issue that was sent")
    func wrongUse() async throws {
        try await withBulletin(InboxConfiguration()) { bulletin, _ in
            #expect(try await bulletin.run("deliveries", "resolve", "1").status == 64)
            #expect(try await bulletin.run("deliveries", "resolve", "1", "--resend", "--accepted").status == 64)
            let early = try await bulletin.run("deliveries", "resolve", "1", "--resend")
            #expect(early.status == 1 && early.errors.contains("nothing of issue 1 has been sent yet"))
        }
    }

    @Test("survives a full disk: nothing lost or sent twice, the pages answer, and it resumes when there is space")
    func fullDisk() async throws {
        var configuration = InboxConfiguration()
        configuration.faults = [FaultRule(when: .finalDot, action: .delay(.milliseconds(10)))]
        try await withScratchFolder { scratch in
            let state = scratch + "/state"
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
            let mounted = try await ProgramRun.run(
                Programs.system("mount", package: "mount"),
                ["-t", "tmpfs", "-o", "size=3m,mode=0710", "tmpfs", state])
            guard mounted.status == 0 else {
                Issue.record("a small disk of its own needs root and the right to mount: \(mounted.errors)")
                return
            }
            do {
                try await InboxServer.with(configuration) { inbox in
                    let bulletin = try LivingBulletin(in: scratch, smtpPort: inbox.smtpPort)
                    try await bulletin.queueNotice()
                    try await bulletin.addReaders(600)
                    try await bulletin.done("issue", "send-now", "1")
                    let daemon = try await bulletin.daemon()
                    try await inbox.waitForMessages(20)
                    fill(state + "/filler")
                    _ = try await daemon.line(holding: "free some space, and it goes on by itself")
                    #expect(try await bulletin.request("GET", "/issues/1").status == 200)
                    #expect(try await bulletin.request("GET", "/").status == 200)
                    #expect(inbox.counts().messages < 600)
                    try FileManager.default.removeItem(atPath: state + "/filler")
                    try await bulletin.waitUntil("sent")
                    #expect(try await bulletin.deliveries()["accepted"] == 600)
                    let received = inbox.counts().byRecipient
                    #expect(received.count == 600 && received.values.allSatisfy { $0 == 1 })
                    try await bulletin.end(daemon)
                }
            } catch {
                _ = try await ProgramRun.run("/bin/umount", ["-l", state])
                throw error
            }
            let unmounted = try await ProgramRun.run("/bin/umount", ["-l", state])
            #expect(unmounted.status == 0)
        }
    }

    /// Writes until the disk is full.
    private func fill(_ path: String) {
        guard let file = fopen(path, "w") else { return }
        setvbuf(file, nil, _IONBF, 0)
        let block = [UInt8](repeating: 0, count: 4096)
        while fwrite(block, 1, block.count, file) == block.count {}
        fclose(file)
    }

    @Test(
        "waits for a relay that is down for an hour, and asks a person if it is down longer than an issue may be late"
    )
    func relayDown() async throws {
        try await withScratchFolder { scratch in
            let clock = try StillClock(in: scratch)
            try clock.set("2026-12-02T09:59")
            let port = try FreePort.any()
            let bulletin = try LivingBulletin(
                in: scratch, smtpPort: port, schedule: "  first: 2026-12-02 10:00\n  copyDeadlineDays: 0", clock: clock)
            try await bulletin.queueNotice()
            try await bulletin.addReaders(4)
            let daemon = try await bulletin.daemon()
            try clock.set("2026-12-02T10:00")
            _ = try await daemon.line(holding: "waits for the relay")
            try clock.set("2026-12-02T11:00")
            try await LivingBulletin.wait(for: "another try") {
                daemon.errors.components(separatedBy: "waits for the relay").count > 2
            }
            #expect(try await bulletin.issue().state == "sending")
            try clock.set("2026-12-03T02:00")
            try await bulletin.waitUntil("held")
            #expect(try await bulletin.issue().reason?.contains("its sending stopped on") == true)
            #expect(try await bulletin.deliveries()["owed"] == 4)
            var configuration = InboxConfiguration()
            configuration.smtp = InboxConfiguration.Listener(port: port)
            try await InboxServer.with(configuration) { inbox in
                try await bulletin.done("issue", "release", "1")
                try await bulletin.waitUntil("sent")
                #expect(inbox.counts().byRecipient.values.sorted() == [1, 1, 1, 1])
            }
            try await bulletin.end(daemon)
        }
    }

    @Test(
        "is sent once, and no other unasked, when the clock jumps by an hour, a day or a year and back",
        arguments: ["2026-12-02T11:00", "2026-12-03T10:00", "2027-12-02T10:00"])
    func clockJumps(to time: String) async throws {
        try await withScratchFolder { scratch in
            let clock = try StillClock(in: scratch)
            try clock.set("2026-12-02T09:59")
            var configuration = InboxConfiguration()
            configuration.faults = [
                FaultRule(
                    when: .rcpt, recipient: "reader3@*", ordinal: .first(1),
                    action: .reply(451, enhanced: "4.2.1", text: "busy"))
            ]
            try await InboxServer.with(configuration) { inbox in
                let bulletin = try LivingBulletin(
                    in: scratch, smtpPort: inbox.smtpPort,
                    schedule: "  first: 2026-12-02 10:00\n  copyDeadlineDays: 0", clock: clock)
                try await bulletin.queueNotice()
                try await bulletin.addReaders(4)
                let daemon = try await bulletin.daemon()
                try clock.set("2026-12-02T10:00")
                try await LivingBulletin.wait(for: "one to be deferred") {
                    let deliveries = try await bulletin.deliveries()
                    return deliveries["accepted"] == 3 && deliveries["deferred"] == 1
                }
                try clock.set(time)
                let isLate = time != "2026-12-02T11:00"
                // Later than `schedule.latest` it is not sent unasked; its last message is an hour late.
                try await bulletin.waitUntil(isLate ? "held" : "sent")
                try clock.set("2026-12-02T10:45")
                if isLate {
                    try await bulletin.done("issue", "release", "1")
                    try await bulletin.waitUntil("sent")
                }
                #expect(inbox.counts().byRecipient.count == 4)
                #expect(inbox.counts().byRecipient.values.allSatisfy { $0 == 1 })
                try await bulletin.end(daemon)
                #expect(inbox.counts().byMessageID.count == 4)
            }
        }
    }

    private func withBulletin(
        _ configuration: InboxConfiguration, settings: String = "",
        _ body: (LivingBulletin, InboxServer) async throws -> Void
    ) async throws {
        try await withScratchFolder { scratch in
            try await InboxServer.with(configuration) { inbox in
                let bulletin = try LivingBulletin(in: scratch, smtpPort: inbox.smtpPort, settings: settings)
                try await bulletin.queueNotice()
                try await body(bulletin, inbox)
            }
        }
    }
}

extension LivingBulletin {
    fileprivate func end(_ daemon: ProgramRun) async throws {
        daemon.signal(SIGTERM)
        _ = try await daemon.ended()
    }
}
