import Foundation
import TestSupport
import Testing

/// The whole circle with real parts: our daemon, Postfix, its reports, Dovecot, our reader of the mailbox, the
/// subscriber list.
@Suite("Sent messages", .wholePrograms)
struct ReturnCircleTests {
    private struct Circle {
        let bulletin: LivingBulletin
        let postfix: PostfixInstance
        let dovecot: DovecotInstance
        let scratch: String

        func stats() async throws -> [String: Int] {
            let text = try await bulletin.done("subscribers", "stats", "--json")
            return try JSONDecoder().decode([String: Int].self, from: Data(text.utf8))
        }

        /// The messages delivered to a mailbox, oldest first.
        func delivered(to name: String) throws -> [String] {
            let folder = "\(scratch)/postfix/mail/\(name)/new"
            guard FileManager.default.fileExists(atPath: folder) else { return [] }
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().compactMap {
                FileManager.default.contents(atPath: "\(folder)/\($0)").map { String(decoding: $0, as: UTF8.self) }
            }
        }
    }

    /// Mail to `ann@example.net`, `eve@example.net` and to the return address finds its mailbox; every other recipient
    /// turns out unknown, or full, on delivery.
    private func withCircle(_ body: (Circle) async throws -> Void) async throws {
        try await withScratchFolder { scratch in
            var settings = PostfixInstance.Settings()
            settings.mailboxes = [
                "bounces@example.org": "bounces", "ann@example.net": "ann", "eve@example.net": "eve",
            ]
            settings.failing = ["full@example.net": "5.2.2 The mailbox is full"]
            try await PostfixInstance.with(settings, in: scratch) { postfix in
                var mail = DovecotInstance.Settings()
                mail.maildir = "\(scratch)/postfix/mail/bounces"
                try await DovecotInstance.with(mail, in: scratch) { dovecot in
                    try "a good password\n".write(toFile: "\(scratch)/password", atomically: true, encoding: .utf8)
                    let bulletin = try LivingBulletin(
                        in: scratch, smtpPort: postfix.port,
                        settings: """
                            delivery: {returnAddress: bounces@example.org}
                            mailbox:
                              url: imap://127.0.0.1:\(dovecot.imapPort)/INBOX
                              username: bounces
                              passwordFile: password
                              every: 1s
                            """)
                    try await body(
                        Circle(bulletin: bulletin, postfix: postfix, dovecot: dovecot, scratch: scratch))
                }
            }
        }
    }

    @Test("come back if the address does not exist, and a request by mail unsubscribes")
    func circle() async throws {
        try await withCircle { circle in
            let bulletin = circle.bulletin
            try await bulletin.queueNotice()
            let people = "email,name\nann@example.net,Ann\ngone@example.net,Gone\nfull@example.net,Full\n"
            try await bulletin.done("subscribers", "import", "-", input: people)
            // A person's mail in the same mailbox is left alone.
            try circle.dovecot.deliver(
                Array("From: dora@example.net\nTo: bounces@example.org\nSubject: A cake\n\nMay I bring one?\n".utf8),
                named: "1.person")
            let daemon = try await bulletin.daemon()
            try await bulletin.done("issue", "send-now", "1")
            try await bulletin.waitUntil("sent")
            try await LivingBulletin.wait(for: "the report to be taken: \(daemon.errors) \(circle.postfix.log)") {
                try await circle.stats()["bounced"] == 1
            }
            let gone = try await bulletin.done("subscribers", "show", "gone@example.net")
            #expect(gone.contains("bounced") && gone.contains("5.1.1"), "\(gone)")
            try await LivingBulletin.wait(for: "both reports to be put away") {
                circle.dovecot.files(in: ".Fortnight").count == 2
            }
            let full = try await bulletin.done("subscribers", "show", "full@example.net")
            #expect(full.contains("active") && full.contains("5.2.2"), "\(full)")
            #expect(try await bulletin.deliveries()["accepted"] == 3, "the ledger says what the relay said")

            let issue = try #require(try circle.delivered(to: "ann").first)
            let line = issue.replacing("\n ", with: " ").split(separator: "\n").first {
                $0.hasPrefix("List-Unsubscribe:")
            }
            let found = try #require(line?.firstMatch(of: /<mailto:([^?>]+)>/))
            let script = """
                import smtplib, sys
                smtplib.SMTP('127.0.0.1', int(sys.argv[1])).sendmail('ann@example.net', [sys.argv[2]],
                    f'From: ann@example.net\\r\\nTo: {sys.argv[2]}\\r\\nSubject: leaving\\r\\n\\r\\n')
                """
            let sent = try await ProgramRun.run(
                Programs.system("python3", package: "python3"),
                ["-c", script, String(circle.postfix.port), String(found.1)])
            #expect(sent.status == 0, "\(sent.errors)")
            try await LivingBulletin.wait(for: "the wish to be taken: \(daemon.errors)") {
                try await circle.stats()["unsubscribed"] == 1
            }
            try await LivingBulletin.wait(for: "the goodbye") { try circle.delivered(to: "ann").count == 2 }
            let left = circle.dovecot.files()
            #expect(left.count == 1 && left.allSatisfy { $0.contains("1.person") && !$0.hasSuffix("S") })
            daemon.signal(SIGTERM)
            #expect(try await daemon.ended().status == 0)
            #expect(!daemon.errors.contains("gone@example.net") && !daemon.errors.contains("a good password"))
        }
    }

    @Test("wait for no mailbox: a wrong password is reported once, a silent server does not delay the end")
    func trouble() async throws {
        try await withCircle { circle in
            let bulletin = circle.bulletin
            try "hunter2\n".write(toFile: "\(circle.scratch)/password", atomically: true, encoding: .utf8)
            let daemon = try await bulletin.daemon()
            _ = try await daemon.line(holding: "refused the user name or the password")
            let file = "\(circle.scratch)/state/returns/mailbox.json"
            try await LivingBulletin.wait(for: "what stands in mailbox.json") {
                let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
                return text.contains("mailbox.passwordFile") && !text.contains("hunter2")
            }
            #expect(try await bulletin.done("status").contains("mailbox.passwordFile"))
            try "a good password\n".write(toFile: "\(circle.scratch)/password", atomically: true, encoding: .utf8)
            _ = try await daemon.line(holding: "mailbox: all is well again")
            #expect(daemon.errors.components(separatedBy: "cannot be read until somebody mends it").count == 2)
            #expect(!daemon.errors.contains("hunter2"))
            let status = try await bulletin.done("status")
            #expect(status.contains(/Mailbox +read/) && !status.contains("mailbox.passwordFile"), "\(status)")
            daemon.signal(SIGTERM)
            #expect(try await daemon.ended().status == 0)

            let wire = try FaultyWire(to: circle.dovecot.imapPort) { _ in .silence(after: 0) }
            defer { wire.close() }
            let silent = try await bulletin.daemon(["FORTNIGHT_MAILBOX_URL": "imap://127.0.0.1:\(wire.port)/INBOX"])
            try await LivingBulletin.wait(for: "the visit") { wire.connections == 1 }
            silent.signal(SIGTERM)
            #expect(try await silent.ended(within: .seconds(20)).status == 0)
        }
    }

    @Test("are processed once if the daemon is killed while it reads, and a person's mail stays unread")
    func killed() async throws {
        try await withCircle { circle in
            let bulletin = circle.bulletin
            for number in 0..<300 {
                try circle.dovecot.deliver(
                    Array("From: dora@example.net\nSubject: Cake \(number)\n\nMay I bring one?\n".utf8),
                    named: "\(1000 + number).person")
            }
            try circle.dovecot.deliver(
                Array("From: eve@example.net\nTo: bounces+unsubscribe@example.org\nSubject: Stop\n\n".utf8),
                named: "2000.wish")
            try await bulletin.done("subscribers", "add", "eve@example.net", "--how", "phone", "--wording", "Yes")
            let journal = "\(circle.scratch)/state/returns/mailbox.jsonl"
            var kills = 0
            for wait in [0, 30, 60, 90, 120] {
                let before = (try? String(contentsOfFile: journal, encoding: .utf8))?.utf8.count ?? 0
                let daemon = try bulletin.start()
                try await LivingBulletin.wait(for: "the reading: \(daemon.errors)") {
                    let now = (try? String(contentsOfFile: journal, encoding: .utf8)) ?? ""
                    // On a busy machine a kill may come after everything was read.
                    return now.utf8.count > before || wait > 60 || now.contains("\"through\":301")
                }
                try await Task.sleep(for: .milliseconds(wait))
                daemon.signal(SIGKILL)
                _ = try await daemon.ended()
                kills += 1
            }
            #expect(kills == 5)
            let daemon = try await bulletin.daemon()
            try await LivingBulletin.wait(for: "the wish: \(daemon.errors)") {
                let stats = try await circle.stats()
                return stats["unsubscribed"] == 1
            }
            try await LivingBulletin.wait(for: "all to be settled") {
                let text = try String(contentsOfFile: journal, encoding: .utf8)
                return text.contains("\"through\":301") && circle.dovecot.files(in: ".Fortnight").count == 1
                    && circle.dovecot.files().count == 300
            }
            // Dovecot renames files meanwhile, and a listing may see one twice: the wait above has counted them.
            #expect(circle.dovecot.files().allSatisfy { !$0.hasSuffix("S") })
            daemon.signal(SIGTERM)
            #expect(try await daemon.ended().status == 0)
        }
    }
}
