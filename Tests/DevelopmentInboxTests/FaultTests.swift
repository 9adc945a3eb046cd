import DevelopmentInbox
import Foundation
import Testing

@Suite struct FaultTests {
    private func with(
        _ rules: [FaultRule], _ body: (InboxServer, () throws -> WireClient) async throws -> Void
    ) async throws {
        var configuration = InboxConfiguration()
        configuration.faults = rules
        try await InboxServer.with(configuration) { inbox in
            try await body(inbox) { try WireClient.greeted(port: inbox.smtpPort) }
        }
    }

    @Test func `a reply of 5yz refuses what the command asked, one of 2yz does it`() async throws {
        let rules = [
            FaultRule(when: .rcpt, recipient: "no*", action: .reply(551, enhanced: "5.7.1", text: "No")),
            FaultRule(when: .finalDot, recipient: "odd@*", action: .reply(299, text: "As you like")),
            FaultRule(when: .finalDot, recipient: "spam@*", action: .reply(554, enhanced: "5.7.1", text: "Spam")),
        ]
        try await with(rules) { inbox, greeted in
            let client = try greeted()
            #expect(try client.deliver(to: "nobody@example.org") == "551 5.7.1 No")
            _ = try client.say("RSET")
            #expect(try client.deliver(to: "odd@example.org") == "299 As you like")
            #expect(try client.deliver(to: "spam@example.org") == "554 5.7.1 Spam")
            #expect(inbox.messages().map(\.recipients) == [["odd@example.org"]])
        }
    }

    @Test func `a greeting may turn the client away`() async throws {
        try await with([FaultRule(when: .connect, action: .reply(554, text: "Not today"))]) { inbox, _ in
            let client = try WireClient(port: inbox.smtpPort)
            #expect(try client.reply() == "554 Not today")
            #expect(try client.say("EHLO client.example.org").hasPrefix("503"))
            #expect(try client.say("QUIT").hasPrefix("221"))
        }
    }

    @Test func `a message may be kept and its reply lost, or lost with its reply`() async throws {
        let rules = [
            FaultRule(when: .finalDot, recipient: "kept@*", action: .acceptThenClose),
            FaultRule(when: .finalDot, recipient: "lost@*", action: .closeBeforeReply),
            FaultRule(when: .finalDot, recipient: "last@*", action: .closeAfterReply),
        ]
        try await with(rules) { inbox, greeted in
            #expect(throws: WireClient.Fault.self) { try greeted().deliver(to: "kept@example.org") }
            #expect(throws: WireClient.Fault.self) { try greeted().deliver(to: "lost@example.org") }
            let client = try greeted()
            #expect(try client.deliver(to: "last@example.org").hasPrefix("250"))
            #expect(try client.everything() == "")
            #expect(inbox.counts().byRecipient == ["kept@example.org": 1, "last@example.org": 1])
        }
    }

    @Test func `421 arrives before the connection ends, whatever was sent ahead`() async throws {
        try await with([FaultRule(when: .rcpt, action: .shutDown)]) { _, greeted in
            let client = try greeted()
            client.send("MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n")
            #expect(
                try client.everything()
                    == "250 2.1.0 Sender taken\r\n421 4.3.2 inbox.example.org is going away\r\n")
        }
    }

    @Test func `silence keeps the connection and answers nothing`() async throws {
        try await with([FaultRule(when: .finalDot, action: .silence)]) { inbox, greeted in
            let client = try greeted()
            _ = try client.say("MAIL FROM:<a@example.org>")
            _ = try client.say("RCPT TO:<b@example.org>")
            _ = try client.say("DATA")
            client.send("x: y\r\n\r\nz\r\n.\r\nNOOP\r\n")
            try await inbox.waitForMessages(1)
            #expect(client.isLeftWaiting())
        }
    }

    @Test func `a late reply comes, in order, and so does one that comes byte by byte`() async throws {
        let rules = [
            FaultRule(when: .mail, action: .delay(.milliseconds(20))),
            FaultRule(when: .rcpt, action: .trickle(.milliseconds(1))),
        ]
        try await with(rules) { _, greeted in
            let client = try greeted()
            client.send("MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nRSET\r\n")
            #expect(try client.reply() == "250 2.1.0 Sender taken")
            #expect(try client.reply() == "250 2.1.5 Recipient taken")
            #expect(try client.reply().hasPrefix("250 2.0.0"))
        }
    }

    @Test func `a reply may be far too long, or no reply at all`() async throws {
        let rules = [
            FaultRule(when: .mail, action: .overlong(100_000)),
            FaultRule(when: .rcpt, action: .raw("HTTP/1.1 200 OK\r\n")),
        ]
        try await with(rules) { _, greeted in
            let client = try greeted()
            let reply = try client.say("MAIL FROM:<a@example.org>")
            #expect(reply.utf8.count > 90_000)
            #expect(reply.split(separator: "\n").allSatisfy { $0.utf8.count <= 510 })
            #expect(try client.say("RCPT TO:<b@example.org>") == "HTTP/1.1 200 OK")
        }
    }

    @Test func `a connection may end in the middle of a message`() async throws {
        try await with([FaultRule(when: .body, action: .closeBeforeReply)]) { inbox, greeted in
            let client = try greeted()
            _ = try client.say("MAIL FROM:<a@example.org>")
            _ = try client.say("RCPT TO:<b@example.org>")
            _ = try client.say("DATA")
            client.send("x: y\r\n")
            #expect(try client.everything() == "")
            #expect(inbox.messages().isEmpty)
        }
    }

    @Test func `ordinals and connections choose the events`() async throws {
        let rules = [
            FaultRule(when: .mail, connections: .only([2]), action: .reply(450, text: "second connection")),
            FaultRule(when: .rcpt, ordinal: .every(3), action: .reply(450, text: "third")),
            FaultRule(when: .ehlo, ordinal: .first(1), action: .reply(421, text: "first")),
        ]
        try await with(rules) { inbox, _ in
            let client = try WireClient(port: inbox.smtpPort)
            _ = try client.reply()
            #expect(try client.say("EHLO client.example.org") == "421 first")
            #expect(try client.say("EHLO client.example.org").hasPrefix("250"))
            _ = try client.say("MAIL FROM:<a@example.org>")
            let replies = try (1...7).map { try client.say("RCPT TO:<r\($0)@example.org>").prefix(3) }
            #expect(replies == ["250", "250", "450", "250", "250", "450", "250"])
            let second = try WireClient.greeted(port: inbox.smtpPort)
            #expect(try second.say("MAIL FROM:<a@example.org>") == "450 second connection")
        }
    }

    @Test func `the same seed gives the same faults`() async throws {
        var configuration = InboxConfiguration()
        configuration.faults = [FaultRule(when: .mail, probability: 0.3, action: .reply(450, text: "perhaps"))]
        var runs: [[String]] = []
        for seed in [7, 7, 8] as [UInt64] {
            configuration.seed = seed
            try await InboxServer.with(configuration) { inbox in
                let client = try WireClient.greeted(port: inbox.smtpPort)
                runs.append(
                    try (1...40).map { _ in
                        let reply = try client.say("MAIL FROM:<a@example.org>")
                        _ = try client.say("RSET")
                        return String(reply.prefix(3))
                    })
            }
        }
        #expect(runs[0] == runs[1])
        #expect(runs[0] != runs[2])
        #expect((1...25).contains(runs[0].filter { $0 == "450" }.count))
    }

    @Test func `a person asks for a fault by the address`() async throws {
        try await InboxServer.with { inbox in
            let client = try WireClient.greeted(port: inbox.smtpPort)
            #expect(try client.deliver(to: "hard.case@example.org").hasPrefix("550 5.1.1"))
            _ = try client.say("RSET")
            #expect(try client.deliver(to: "Full.Box@example.org").hasPrefix("452 4.2.2"))
            _ = try client.say("RSET")
            #expect(try client.deliver(to: "hardly@example.org").hasPrefix("250"))
        }
    }
}
