import DevelopmentInbox
import Foundation
import TestSupport
import Testing

@Suite struct KeepingTests {
    @Test func `a folder holds each message's very bytes beside its outgoing`() async throws {
        try await withScratchFolder { folder in
            var configuration = InboxConfiguration()
            configuration.keep = .folder("\(folder)/kept")
            configuration.now = { Date(timeIntervalSince1970: 1_796_205_603.25) }
            try await InboxServer.with(configuration) { inbox in
                let client = try WireClient.greeted(port: inbox.smtpPort)
                let message = "Message-ID: <1@example.org>\r\n\r\n..dot\r\n"
                #expect(try client.deliver(to: "o'neil/x@example.org", from: "", message).hasPrefix("250"))
                _ = try client.deliver(to: "b@example.org")
                // What was acknowledged is there already.
                let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/kept").sorted()
                #expect(
                    names == [
                        "20261202T100003.250Z-000001-o_neil_x@example.org.eml",
                        "20261202T100003.250Z-000001-o_neil_x@example.org.json",
                        "20261202T100003.250Z-000002-b@example.org.eml",
                        "20261202T100003.250Z-000002-b@example.org.json",
                    ])
                let bytes = try #require(FileManager.default.contents(atPath: "\(folder)/kept/\(names[0])"))
                #expect(String(decoding: bytes, as: UTF8.self) == "Message-ID: <1@example.org>\r\n\r\n.dot\r\n")
                #expect(inbox.contents(of: inbox.messages()[0].id) == Array(bytes))
                let outgoing = try #require(FileManager.default.contents(atPath: "\(folder)/kept/\(names[1])"))
                #expect(
                    String(decoding: outgoing, as: UTF8.self) == """
                        {"envelopeFrom":"","envelopeTo":["o'neil/x@example.org"],"received":"20261202T100003.250Z",\
                        "size":37,"messageID":"<1@example.org>","hello":"client.example.org","tls":false}

                        """)
            }
        }
    }

    @Test func `a message that cannot be written is refused for now, and not counted`() async throws {
        try await withScratchFolder { folder in
            var configuration = InboxConfiguration()
            configuration.keep = .folder("\(folder)/kept")
            try await InboxServer.with(configuration) { inbox in
                let client = try WireClient.greeted(port: inbox.smtpPort)
                try FileManager.default.removeItem(atPath: "\(folder)/kept")
                #expect(try client.deliver(to: "b@example.org") == "451 4.3.0 The message could not be kept")
                #expect(inbox.counts().messages == 0)
            }
        }
    }

    @Test func `a folder that cannot be made is said before anything is taken`() async throws {
        try await withScratchFolder { folder in
            try "".write(toFile: "\(folder)/file", atomically: true, encoding: .utf8)
            var configuration = InboxConfiguration()
            configuration.keep = .folder("\(folder)/file/kept")
            let fault = await #expect(throws: InboxFault.self) { try await InboxServer(configuration).start() }
            guard case .folder("\(folder)/file/kept", _) = fault else {
                Issue.record("\(String(describing: fault))")
                return
            }
        }
    }

    @Test func `counts tell repeats, with or without the messages`() async throws {
        for keep in [InboxConfiguration.Keep.inMemory, .countsOnly] {
            var configuration = InboxConfiguration()
            configuration.keep = keep
            try await InboxServer.with(configuration) { inbox in
                let client = try WireClient.greeted(port: inbox.smtpPort)
                for (recipient, number) in [("b", 1), ("c", 2), ("b", 1), ("b", 3)] {
                    _ = try client.deliver(
                        to: "\(recipient)@example.org", "message-id: <\(number)@example.org>\r\n\r\nx\r\n")
                }
                let counts = inbox.counts()
                #expect(counts.messages == 4)
                #expect(counts.byRecipient == ["b@example.org": 3, "c@example.org": 1])
                #expect(counts.byMessageID == ["<1@example.org>": 2, "<2@example.org>": 1, "<3@example.org>": 1])
                #expect(counts.repeats == 1)
                #expect(counts.repeatsByRecipient == 2)
                #expect(inbox.messages().count == (keep == .countsOnly ? 0 : 4))
            }
        }
    }

    @Test func `an inbox that comes back listens where it did, and remembers`() async throws {
        let inbox = InboxServer()
        try await inbox.start()
        let port = inbox.smtpPort
        let client = try WireClient.greeted(port: port)
        _ = try client.deliver(to: "b@example.org")
        try await inbox.stop()
        #expect(try client.everything() == "")
        #expect(!FreePort.answers(port))
        try await inbox.start()
        #expect(inbox.smtpPort == port)
        _ = try WireClient.greeted(port: port).deliver(to: "c@example.org")
        #expect(inbox.counts().messages == 2)
        #expect(inbox.counts().connections == 2)
        await #expect(throws: InboxFault.alreadyStarted) { try await inbox.start() }
        try await inbox.stop()
    }

    @Test func `it listens on loopback only`() async throws {
        for host in ["0.0.0.0", "192.0.2.1", "::", "example.org"] {
            var configuration = InboxConfiguration()
            configuration.smtp.host = host
            await #expect(throws: InboxFault.notLoopback(host)) { try await InboxServer(configuration).start() }
        }
    }

    @Test func `waiting for messages that do not come says how many did`() async throws {
        try await InboxServer.with { inbox in
            await #expect(throws: InboxFault.tooFewMessages(0, of: 1)) {
                try await inbox.waitForMessages(1, within: .milliseconds(20))
            }
        }
    }

    @Test func `a dialogue is kept for who asks for it`() async throws {
        var configuration = InboxConfiguration()
        configuration.keepsDialogues = true
        try await InboxServer.with(configuration) { inbox in
            let client = try WireClient(port: inbox.smtpPort)
            _ = try client.reply()
            _ = try client.say("NOOP")
            #expect(
                inbox.dialogue(1) == [
                    "S: 220 inbox.example.org ESMTP development inbox", "C: NOOP", "S: 250 Still here",
                ])
        }
    }
}
