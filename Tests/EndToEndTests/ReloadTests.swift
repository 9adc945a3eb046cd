import DevelopmentInbox
import Foundation
import TestSupport
import Testing

@Suite("A reload", .wholePrograms)
struct ReloadTests {
    @Test("uses a sound configuration, and keeps the old one if the new one is not, with the reason")
    func configuration() async throws {
        try await withScratchFolder { scratch in
            let manager = try await ServiceManager(in: scratch)
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            let daemon = try await bulletin.daemon(manager.environment)
            _ = try await manager.run.line(holding: "READY=1")

            try bulletin.replace("  name: Example eBulletin", with: "  name: Renamed eBulletin")
            daemon.signal(SIGHUP)
            _ = try await daemon.line(holding: "configuration and the templates were reloaded")
            try await manager.hears("READY=1", after: 1)
            #expect(manager.run.output.contains("RELOADING=1\nMONOTONIC_USEC="))
            #expect(try await bulletin.request("GET", "/").body.contains("Renamed eBulletin"))

            try bulletin.replace("  name: Renamed eBulletin", with: "  nam: Wrong eBulletin")
            daemon.signal(SIGHUP)
            _ = try await daemon.line(holding: "not reloaded")
            try await manager.hears("READY=1", after: 2)
            #expect(daemon.errors.contains("fortnight.yaml:2:") && daemon.errors.contains("name"))
            #expect(try await bulletin.request("GET", "/").body.contains("Renamed eBulletin"))

            let status = try await bulletin.run("status")
            #expect(status.errors.contains("(process \(daemon.processID)) keeps its old configuration"))
            #expect(status.errors.contains("fortnight.yaml:2:"), "\(status)")

            let check = try await ProgramRun.run(
                Programs.ours("fortnightd"), ["--check", "--config", "\(scratch)/fortnight.yaml"])
            #expect(check.status == 1 && check.errors.contains("fortnight.yaml:2:"))

            try bulletin.replace("  nam: Wrong eBulletin", with: "  name: Mended eBulletin")
            let sound = try await ProgramRun.run(
                Programs.ours("fortnightd"), ["--check", "--config", "\(scratch)/fortnight.yaml"])
            #expect(sound.status == 0 && sound.output.contains("sound"), "\(sound)")
            daemon.signal(SIGHUP)
            try await LivingBulletin.wait(for: "the page to be mended") {
                try await bulletin.request("GET", "/").body.contains("Mended eBulletin")
            }
            daemon.signal(SIGTERM)
            #expect(try await daemon.ended().status == 0)
        }
    }

    @Test("uses changed templates, and no broken ones")
    func templates() async throws {
        try await withScratchFolder { scratch in
            let shipped = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../templates")
            try FileManager.default.copyItem(atPath: shipped.standardizedFileURL.path, toPath: "\(scratch)/templates")
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            try bulletin.replace(shipped.standardizedFileURL.path, with: "templates")
            let daemon = try await bulletin.daemon()
            let file = "\(scratch)/templates/web/not-found.html.mustache"
            let before = try String(contentsOfFile: file, encoding: .utf8)

            func page() async throws -> String { try await bulletin.request("GET", "/no-such-page").body }
            try (before + "<!-- broken {{#open}} -->").write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try await !page().contains("broken"), "nothing is taken before a reload")
            daemon.signal(SIGHUP)
            _ = try await daemon.line(holding: "not reloaded")
            #expect(daemon.errors.contains("not-found.html.mustache"))
            try await LivingBulletin.wait(for: "the status to tell of it") {
                // However the lines are broken.
                let words = try await bulletin.done("status").filter { !$0.isWhitespace }
                return words.contains("anewconfigurationwasrefused") && words.contains("not-found.html.mustache")
            }
            #expect(try await !page().contains("broken"))

            try (before + "<!-- reloaded -->").write(toFile: file, atomically: true, encoding: .utf8)
            daemon.signal(SIGHUP)
            _ = try await daemon.line(holding: "configuration and the templates were reloaded")
            #expect(try await page().contains("<!-- reloaded -->"))
            daemon.signal(SIGTERM)
            #expect(try await daemon.ended().status == 0)
        }
    }

    @Test("names the settings that need a restart, and keeps the old values until then")
    func restart() async throws {
        try await withScratchFolder { scratch in
            let bulletin = try LivingBulletin(in: scratch, smtpPort: 2525)
            let daemon = try await bulletin.daemon()
            try bulletin.replace("127.0.0.1:\(bulletin.webPort)\",", with: "127.0.0.1:1\", ")
            try bulletin.replace("templates:", with: "state: elsewhere\ntemplates:")
            daemon.signal(SIGHUP)
            let line = try await daemon.line(holding: "takes effect at a restart")
            #expect(line.contains("state, web.listen: "))
            #expect(try await bulletin.request("GET", "/").status == 200)
            #expect(!FileManager.default.fileExists(atPath: "\(scratch)/elsewhere"))
            daemon.signal(SIGTERM)
            #expect(try await daemon.ended().status == 0)
        }
    }

    @Test("while an issue is being sent loses and repeats nobody, and the sending continues unchanged")
    func whileSending() async throws {
        try await withScratchFolder { scratch in
            var configuration = InboxConfiguration()
            configuration.faults = [FaultRule(when: .finalDot, action: .delay(.milliseconds(20)))]
            try await InboxServer.with(configuration) { inbox in
                let bulletin = try LivingBulletin(in: scratch, smtpPort: inbox.smtpPort)
                try await bulletin.addReaders(200)
                try await bulletin.queueNotice()
                let daemon = try await bulletin.daemon()
                try await bulletin.done("issue", "send-now", "1")
                try await LivingBulletin.wait(for: "the sending to begin") { inbox.counts().messages > 10 }
                try bulletin.replace("  name: Example eBulletin", with: "  name: Renamed eBulletin")
                for _ in 0..<5 { daemon.signal(SIGHUP) }
                _ = try await daemon.line(holding: "configuration and the templates were reloaded")
                try await bulletin.waitUntil("sent")
                daemon.signal(SIGTERM)
                #expect(try await daemon.ended().status == 0)
                #expect(try await bulletin.deliveries()["accepted"] == 200)
                let counts = inbox.counts()
                #expect(counts.messages == 200 && counts.byRecipient.count == 200)
                for message in inbox.messages() {
                    let text = String(decoding: inbox.contents(of: message.id) ?? [], as: UTF8.self)
                    #expect(text.contains("Example eBulletin") && !text.contains("Renamed"))
                }
            }
        }
    }

    @Test("adds a mailbox and a signing key, and uses both")
    func mailboxAndKey() async throws {
        try await withScratchFolder { scratch in
            try await InboxServer.with(InboxConfiguration()) { inbox in
                let bulletin = try LivingBulletin(in: scratch, smtpPort: inbox.smtpPort)
                try await bulletin.addReaders(2)
                try await bulletin.queueNotice()
                for part in ["new", "cur", "tmp"] {
                    try FileManager.default.createDirectory(
                        atPath: "\(scratch)/Maildir/\(part)", withIntermediateDirectories: true)
                }
                let request = """
                    From: Reader 0 <reader0@example.org>
                    To: bulletin@example.org
                    Subject: unsubscribe
                    Message-ID: <1@example.org>
                    Date: \(Date.now.formatted(.iso8601))

                    unsubscribe

                    """
                try Data(request.utf8).write(to: URL(filePath: "\(scratch)/Maildir/new/1.reader"))
                let daemon = try await bulletin.daemon()
                try bulletin.replace(
                    "templates:",
                    with: """
                        mailbox: {url: "maildir:\(scratch)/Maildir"}
                        delivery: {returnAddress: bounces@example.org}
                        dkim: {domain: example.org, selector: fortnight, keyFile: fortnight.pem}
                        templates:
                        """)
                try await bulletin.done("dkim", "generate")
                daemon.signal(SIGHUP)
                try await LivingBulletin.wait(for: "the wish to be taken") {
                    try await bulletin.done("subscribers", "show", "reader0@example.org").contains("unsubscribed")
                }
                try await bulletin.done("issue", "send-now", "1")
                try await bulletin.waitUntil("sent")
                let messages = inbox.messages().compactMap { inbox.contents(of: $0.id) }
                    .map { String(decoding: $0, as: UTF8.self) }
                #expect(inbox.counts().byRecipient["reader1@example.org"] == 1)
                #expect(messages.filter { $0.contains("Tablets to borrow") }.count == 1)
                #expect(!messages.isEmpty && messages.allSatisfy { $0.contains("DKIM-Signature: ") })
                daemon.signal(SIGTERM)
                #expect(try await daemon.ended().status == 0)
            }
        }
    }

    @Test("changes the rate of an issue being sent at once, and repeats nobody")
    func rateLimiter() async throws {
        try await withScratchFolder { scratch in
            try await InboxServer.with(InboxConfiguration()) { inbox in
                let bulletin = try LivingBulletin(
                    in: scratch, smtpPort: inbox.smtpPort, smtp: "  tls: none\n  messagesPerMinute: 60\n")
                // Five minutes of it.
                try await bulletin.addReaders(300)
                try await bulletin.queueNotice()
                let daemon = try await bulletin.daemon()
                try await bulletin.done("issue", "send-now", "1")
                try await LivingBulletin.wait(for: "the sending to begin") { inbox.counts().messages > 1 }
                #expect(inbox.counts().messages < 150)
                try bulletin.replace("messagesPerMinute: 60", with: "messagesPerMinute: 0")
                daemon.signal(SIGHUP)
                try await bulletin.waitUntil("sent")
                let counts = inbox.counts()
                #expect(counts.messages == 300 && counts.byRecipient.count == 300)
                daemon.signal(SIGTERM)
                #expect(try await daemon.ended().status == 0)
            }
        }
    }

    @Test("corrects a relay's address, and waiting messages are sent at once")
    func mendedRelay() async throws {
        try await withScratchFolder { scratch in
            try await InboxServer.with(InboxConfiguration()) { inbox in
                let nobody = try FreePort.any()
                let bulletin = try LivingBulletin(in: scratch, smtpPort: nobody)
                try await bulletin.addReaders(3)
                try await bulletin.queueNotice()
                let daemon = try await bulletin.daemon()
                try await bulletin.done("issue", "send-now", "1")
                _ = try await daemon.line(holding: "waits for the relay")
                try bulletin.replace("127.0.0.1:\(nobody)", with: "127.0.0.1:\(inbox.smtpPort)")
                daemon.signal(SIGHUP)
                try await bulletin.waitUntil("sent")
                #expect(inbox.counts().messages == 3)
                daemon.signal(SIGTERM)
                #expect(try await daemon.ended().status == 0)
            }
        }
    }
}
