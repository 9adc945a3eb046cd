import DevelopmentInbox
import Foundation
import TestSupport
import Testing

@Suite("An issue on its way", .wholePrograms)
struct DeliveryTests {
    @Test("distinguishes accepted, refused and lost replies, and sends an unknown message once more, unchanged")
    func outcomes() async throws {
        var configuration = InboxConfiguration()
        configuration.faults = [
            FaultRule(when: .finalDot, recipient: "reader3@*", ordinal: .first(1), action: .acceptThenClose),
            FaultRule(
                when: .rcpt, recipient: "reader4@*", ordinal: .first(1),
                action: .reply(451, enhanced: "4.3.0", text: "Try again later")),
        ]
        try await withScratchFolder { scratch in
            try await InboxServer.with(configuration) { inbox in
                let bulletin = try LivingBulletin(
                    in: scratch, smtpPort: inbox.smtpPort, settings: "delivery: {retry: {first: 1s, most: 1s}}")
                try await bulletin.queueNotice()
                try await bulletin.addReaders(6)
                try await bulletin.done("subscribers", "add", "hard.nobody@example.org")
                try await bulletin.done("issue", "send-now", "1")
                let daemon = try await bulletin.daemon()
                try await bulletin.waitUntil("sent")
                daemon.signal(SIGTERM)
                _ = try await daemon.ended()

                let counts = inbox.counts()
                #expect(counts.byRecipient["reader3@example.org"] == 2)
                #expect(counts.byMessageID.count == 6)
                let deliveries = try await bulletin.deliveries()
                #expect(deliveries["accepted"] == 6 && deliveries["refused"] == 1)
                let refused = try await bulletin.done("deliveries", "1", "--who", "refused", "--json")
                #expect(refused.contains(#""code":550,"enhanced":"5.1.1","text":"#))
                let refusedReader = try await bulletin.done("subscribers", "show", "hard.nobody@example.org")
                #expect(refusedReader.contains("bounced") && refusedReader.contains("issue 1: no such mailbox, 5.1.1"))
                #expect(!daemon.errors.contains("@example.org"), "no address in a log")
            }
        }
    }

    @Test("waits for a relay that is down, and loses nothing")
    func relayDown() async throws {
        try await withScratchFolder { scratch in
            let port = try FreePort.any()
            let bulletin = try LivingBulletin(in: scratch, smtpPort: port)
            try await bulletin.queueNotice()
            try await bulletin.addReaders(5)
            try await bulletin.done("issue", "send-now", "1")
            let daemon = try await bulletin.daemon()
            _ = try await daemon.line(holding: "waits for the relay")
            #expect(try await bulletin.deliveries()["owed"] == 5)
            #expect(try await bulletin.issue().state == "sending")
            var configuration = InboxConfiguration()
            configuration.smtp = InboxConfiguration.Listener(port: port)
            try await InboxServer.with(configuration) { inbox in
                try await bulletin.waitUntil("sent")
                #expect(inbox.counts().messages == 5)
            }
            daemon.signal(SIGTERM)
            _ = try await daemon.ended()
        }
    }

    @Test("stops for a subscriber who leaves by one click while it is being sent; visiting the link changes nothing")
    func leaving() async throws {
        var configuration = InboxConfiguration()
        configuration.faults = [FaultRule(when: .finalDot, action: .delay(.milliseconds(30)))]
        try await withScratchFolder { scratch in
            try await InboxServer.with(configuration) { inbox in
                let bulletin = try LivingBulletin(in: scratch, smtpPort: inbox.smtpPort)
                try await bulletin.queueNotice()
                try await bulletin.addReaders(3)
                try await bulletin.done("issue", "send-now", "1")
                let daemon = try await bulletin.daemon()
                try await bulletin.waitUntil("sent")
                let message = try #require(inbox.messages().first)
                let text = String(decoding: inbox.contents(of: message.id) ?? [], as: UTF8.self)
                    .replacing("=\r\n", with: "")
                let match = try #require(text.firstMatch(of: /\/leave\/([a-z2-7]{52})/))
                let path = "/leave/\(match.1)"
                for _ in 0..<3 { #expect(try await bulletin.request("GET", path).status == 200) }
                let reader = try #require(message.recipients.first)
                #expect(try await bulletin.done("subscribers", "show", reader).contains("active"))
                let answer = try await bulletin.request("POST", path, body: "List-Unsubscribe=One-Click")
                #expect(answer.status == 200)
                #expect(try await bulletin.done("subscribers", "show", reader).contains("unsubscribed"))
                #expect(try await bulletin.request("POST", path, body: "List-Unsubscribe=One-Click").status == 200)
                let forged = path.dropLast() + (path.hasSuffix("a") ? "b" : "a")
                #expect(try await bulletin.request("GET", String(forged)).status == 404)
                #expect(try await bulletin.request("GET", "/issues/1").body.contains("Tablets to borrow"))
                #expect(try await bulletin.request("GET", "/issues/1/text").body.contains("Tablets to borrow"))
                daemon.signal(SIGTERM)
                _ = try await daemon.ended()
            }
        }
    }

    @Test("has each event as a calendar entry that other programs can read, and one cancelled later as such")
    func calendars() async throws {
        try await withScratchFolder { scratch in
            try await InboxServer.with(InboxConfiguration()) { inbox in
                let bulletin = try LivingBulletin(in: scratch, smtpPort: inbox.smtpPort)
                let calendar = """
                    BEGIN:VCALENDAR
                    BEGIN:VEVENT
                    UID:lunch@example.org
                    SUMMARY:Lunch club
                    DTSTART;TZID=Europe/London:21000210T133000
                    URL:https://example.org/lunch
                    END:VEVENT
                    END:VCALENDAR
                    """
                let told = try await bulletin.done("import", "-", input: calendar)
                #expect(told.contains("will be in issue 1") && told.contains("1 new, 0 changed"))
                try await bulletin.addReaders(1)
                try await bulletin.done("issue", "send-now", "1")
                let daemon = try await bulletin.daemon()
                try await bulletin.waitUntil("sent")
                let message = try #require(inbox.messages().first)
                let text = String(decoding: inbox.contents(of: message.id) ?? [], as: UTF8.self)
                    .replacing("=\r\n", with: "")
                let path = try #require(text.firstMatch(of: /\/items\/[a-z2-7]{6}\.ics/)).0
                func entry() async throws -> String {
                    let script = """
                        import sys, icalendar
                        event = icalendar.Calendar.from_ical(sys.stdin.read()).walk("VEVENT")[0]
                        print(event["uid"], event.decoded("dtstart").isoformat(), event["status"], event["sequence"])
                        """
                    let body = try await bulletin.request("GET", String(path)).body
                    return try await ProgramRun.run("/usr/bin/python3", ["-c", script], input: body).output
                }
                #expect(try await entry() == "lunch@example.org 2100-02-10T13:30:00+00:00 CONFIRMED 0\n")
                let off = calendar.replacing("SUMMARY", with: "STATUS:CANCELLED\nSEQUENCE:3\nSUMMARY")
                #expect(try await bulletin.done("import", "-", input: off).contains("(change)"))
                // Served from a cache that is refreshed within a second or two.
                try await LivingBulletin.wait(for: "the entry to say so") {
                    try await entry() == "lunch@example.org 2100-02-10T13:30:00+00:00 CANCELLED 3\n"
                }
                #expect(try await bulletin.request("GET", "/meetings.ics").body.contains("UID:lunch@example.org"))
                daemon.signal(SIGTERM)
                _ = try await daemon.ended()
            }
        }
    }

    @Test("goes out through a real Postfix, by STARTTLS and AUTH")
    func throughPostfix() async throws {
        try await withScratchFolder { scratch in
            var settings = PostfixInstance.Settings()
            let certificate = try await TestCertificate.make(in: scratch)
            settings.certificate = certificate
            settings.requiresTLS = true
            settings.accounts = ["bulletin": "correct horse"]
            try await PostfixInstance.with(settings, in: scratch) { postfix in
                try "correct horse\n".write(
                    toFile: scratch + "/smtp-password", atomically: true, encoding: .utf8)
                let bulletin = try LivingBulletin(
                    in: scratch, smtpPort: postfix.port,
                    smtp: """
                          tls: required
                          username: bulletin
                          passwordFile: smtp-password
                          caFile: \(certificate.authority)
                        """)
                try await bulletin.queueNotice()
                try await bulletin.addReaders(3)
                try await bulletin.done("issue", "send-now", "1")
                let daemon = try await bulletin.daemon()
                try await bulletin.waitUntil("sent")
                let messages = try await postfix.waitForMessages(3)
                #expect(messages.count == 3)
                #expect(String(decoding: messages[0], as: UTF8.self).contains("Tablets to borrow"))
                daemon.signal(SIGTERM)
                _ = try await daemon.ended()
                #expect(!daemon.errors.contains("correct horse"))
            }
        }
    }
}
