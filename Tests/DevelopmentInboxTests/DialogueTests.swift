import DevelopmentInbox
import Foundation
import Testing

@Suite struct DialogueTests {
    @Test func `a message arrives with the bytes it was sent with, its dots unstuffed`() async throws {
        try await InboxServer.with { inbox in
            let client = try WireClient.greeted(port: inbox.smtpPort)
            let sent = "Message-ID:\r\n <1@example.org>\r\nSubject: dots\r\n\r\n..\r\n...one\r\n\r\nend\r\n"
            #expect(try client.deliver(to: "b@example.org", sent) == "250 2.0.0 Message taken")
            let message = try #require(inbox.messages().first)
            let kept = try #require(inbox.contents(of: message.id))
            #expect(
                String(decoding: kept, as: UTF8.self)
                    == "Message-ID:\r\n <1@example.org>\r\nSubject: dots\r\n\r\n.\r\n..one\r\n\r\nend\r\n")
            #expect(message.sender == "a@example.org")
            #expect(message.recipients == ["b@example.org"])
            #expect(message.messageID == "<1@example.org>")
            #expect(message.subject == "dots")
            #expect(message.size == kept.count)
            #expect(message.hello == "client.example.org")
        }
    }

    @Test func `EHLO lists what is offered, and leaves out what is held back`() async throws {
        var configuration = InboxConfiguration()
        configuration.accounts = ["ada": "secret"]
        configuration.largestMessage = 5_000
        try await InboxServer.with(configuration) { inbox in
            let client = try WireClient(port: inbox.smtpPort)
            #expect(try client.reply() == "220 inbox.example.org ESMTP development inbox")
            #expect(
                try client.say("EHLO client.example.org") == """
                    250-inbox.example.org greets client.example.org
                    250-PIPELINING
                    250-SIZE 5000
                    250-8BITMIME
                    250-ENHANCEDSTATUSCODES
                    250-SMTPUTF8
                    250 AUTH PLAIN LOGIN
                    """)
        }
        configuration.extensions = []
        try await InboxServer.with(configuration) { inbox in
            let client = try WireClient(port: inbox.smtpPort)
            _ = try client.reply()
            #expect(try client.say("EHLO client.example.org") == "250 inbox.example.org greets client.example.org")
            #expect(try client.say("MAIL FROM:<a@example.org> SIZE=10") == "555 SIZE is not offered here")
            #expect(try client.say("AUTH PLAIN") == "502 AUTH is not offered here")
            #expect(try client.say("STARTTLS") == "502 STARTTLS is not offered here")
        }
    }

    @Test(arguments: [
        ("bare LF in the body", "Subject: x\r\n\r\none\ntwo\r\n.\r\n", "521 5.5.2 Line 3 of the message"),
        (
            "smuggled end", "Subject: x\r\n\r\none\n.\r\nMAIL FROM:<e@example.org>\r\n",
            "521 5.5.2 Line 3 of the message"
        ),
        ("bare CR in the body", "Subject: x\r\n\r\none\rtwo\r\n.\r\n", "521 5.5.2 Line 3 of the message"),
        ("CR CR LF", "Subject: x\r\r\n\r\nx\r\n.\r\n", "521 5.5.2 Line 1 of the message"),
    ])
    func `a line end that is not CR LF ends the connection and keeps nothing`(
        name: String, body: String, reply: String
    ) async throws {
        try await InboxServer.with { inbox in
            let client = try WireClient.greeted(port: inbox.smtpPort)
            _ = try client.say("MAIL FROM:<a@example.org>")
            _ = try client.say("RCPT TO:<b@example.org>")
            _ = try client.say("DATA")
            client.send(body)
            let answer = try client.everything()
            #expect(answer.hasPrefix(reply))
            #expect(answer.split(separator: "\n").count == 1)
            #expect(inbox.messages().isEmpty)
        }
    }

    @Test func `a command ends with CR LF`() async throws {
        try await InboxServer.with { inbox in
            let client = try WireClient.greeted(port: inbox.smtpPort)
            client.send("NOOP\n")
            #expect(try client.everything() == "521 5.5.2 Lines end with CR LF; a bare CR or LF is refused\r\n")
        }
    }

    @Test(arguments: [(998, "250 2.0.0"), (999, "554 5.6.0 Line 3 is longer"), (200_000, "554 5.6.0 Line 3 is longer")])
    func `a line holds 998 octets and no more`(length: Int, reply: String) async throws {
        try await InboxServer.with { inbox in
            let client = try WireClient.greeted(port: inbox.smtpPort)
            let line = String(repeating: "x", count: length)
            #expect(try client.deliver(to: "b@example.org", "Subject: x\r\n\r\n\(line)\r\n").hasPrefix(reply))
            // The connection goes on, in step.
            #expect(try client.deliver(to: "c@example.org").hasPrefix("250"))
        }
    }

    @Test func `the stuffed dot is not counted to the line`() async throws {
        try await InboxServer.with { inbox in
            let client = try WireClient.greeted(port: inbox.smtpPort)
            let line = "." + String(repeating: ".", count: 998)
            #expect(try client.deliver(to: "b@example.org", "Subject: x\r\n\r\n\(line)\r\n").hasPrefix("250"))
        }
    }

    @Test func `octets beyond seven bits need BODY=8BITMIME, in headers SMTPUTF8`() async throws {
        try await InboxServer.with { inbox in
            let client = try WireClient.greeted(port: inbox.smtpPort)
            func deliver(_ parameters: String, _ message: String) throws -> String {
                _ = try client.say("MAIL FROM:<a@example.org>\(parameters)")
                _ = try client.say("RCPT TO:<b@example.org>")
                _ = try client.say("DATA")
                return try client.say(message + ".")
            }
            #expect(try deliver("", "Subject: x\r\n\r\nné\r\n").hasPrefix("554 5.6.3"))
            #expect(try deliver(" BODY=8BITMIME", "Subject: x\r\n\r\nné\r\n").hasPrefix("250"))
            #expect(try deliver(" BODY=8BITMIME", "Subject: né\r\n\r\nx\r\n").hasPrefix("554 5.6.9"))
            #expect(try deliver(" BODY=8BITMIME SMTPUTF8", "Subject: né\r\n\r\nx\r\n").hasPrefix("250"))
            #expect(try deliver("", "Subject: x\r\n\r\n\0\r\n").hasPrefix("554 5.6.0"))
        }
    }

    @Test func `a pipelined group is answered in order, and a refused recipient costs nothing else`() async throws {
        try await InboxServer.with { inbox in
            let client = try WireClient.greeted(port: inbox.smtpPort)
            client.send("MAIL FROM:<a@example.org>\r\nRCPT TO:<hard.x@example.org>\r\nDATA\r\n")
            #expect(try client.reply().hasPrefix("250 2.1.0"))
            #expect(try client.reply() == "550 5.1.1 Nobody of that name here")
            #expect(try client.reply() == "554 5.5.1 No recipient was taken")
            client.send("RSET\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n")
            for expected in ["250 2.0.0", "250 2.1.0", "250 2.1.5", "354"] {
                #expect(try client.reply().hasPrefix(expected))
            }
            client.send("x: y\r\n\r\nz\r\n.\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<c@example.org>\r\nDATA\r\n")
            for expected in ["250 2.0.0 Message taken", "250 2.1.0", "250 2.1.5", "354"] {
                #expect(try client.reply().hasPrefix(expected))
            }
            client.send(".\r\nQUIT\r\n")
            #expect(try client.reply().hasPrefix("250 2.0.0 Message taken"))
            #expect(try client.reply().hasPrefix("221"))
            #expect(try client.everything() == "")
            #expect(inbox.counts().byRecipient == ["b@example.org": 1, "c@example.org": 1])
            #expect(inbox.counts().refusals == 2)
        }
    }

    @Test func `what is sent ahead without PIPELINING, or past DATA, ends the connection`() async throws {
        var configuration = InboxConfiguration()
        configuration.extensions.remove(.pipelining)
        try await InboxServer.with(configuration) { inbox in
            let client = try WireClient.greeted(port: inbox.smtpPort)
            client.send("MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\n")
            #expect(try client.everything().hasPrefix("521 5.5.0"))
        }
        try await InboxServer.with { inbox in
            let client = try WireClient.greeted(port: inbox.smtpPort)
            client.send("MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\nx\r\n.\r\n")
            #expect(try client.everything().contains("521 5.5.0"))
            #expect(inbox.messages().isEmpty)
        }
    }

    @Test func `sizes are held to what was announced and declared`() async throws {
        var configuration = InboxConfiguration()
        configuration.largestMessage = 1_000
        try await InboxServer.with(configuration) { inbox in
            let client = try WireClient.greeted(port: inbox.smtpPort)
            #expect(try client.say("MAIL FROM:<a@example.org> SIZE=1001").hasPrefix("552 5.3.4"))
            let long = String(repeating: "0123456789\r\n", count: 100)
            #expect(try client.deliver(to: "b@example.org", long).hasPrefix("552 5.3.4"))
            _ = try client.say("MAIL FROM:<a@example.org> SIZE=5")
            _ = try client.say("RCPT TO:<b@example.org>")
            _ = try client.say("DATA")
            #expect(try client.say("123456\r\n.") == "552 5.3.4 The message has 8 octets, SIZE said 5")
        }
    }

    @Test(arguments: [
        ("EHLO localhost", "501 5.5.4 EHLO needs a full domain name or an address literal"),
        ("MAIL FROM:<a@example.org>", "503 5.5.1 Say EHLO first"),
        ("RCPT TO:<a@example.org>", "503 5.5.1 Say MAIL first"),
        ("FETCH 1", "500 5.5.2 That is no SMTP command"), ("DATA now", "501 5.5.4 This command takes no argument"),
        ("MAIL FROM: <a@example.org>", "501 5.5.4 Write MAIL FROM:<address>, with nothing between"),
        ("RCPT TO:<a@example.org", "501 5.5.4 Write RCPT TO:<address>, with nothing between"),
    ])
    func `a command out of order or out of shape is told so`(line: String, reply: String) async throws {
        try await InboxServer.with { inbox in
            let client = try WireClient(port: inbox.smtpPort)
            _ = try client.reply()
            let isPlain = reply.split(separator: " ")[1].contains(".")
            // Before EHLO no enhanced code is given.
            let bare = reply.split(separator: " ", maxSplits: 2)
            #expect(try client.say(line) == (isPlain ? "\(bare[0]) \(bare[2])" : reply))
        }
    }

    @Test(arguments: [
        ("b", "501 5.1.3"), ("@example.org", "501 5.1.3"), ("b c@example.org", "501 5.1.3"),
        ("siân@example.org", "553 5.6.7"), (String(repeating: "x", count: 65) + "@example.org", "501 5.1.3"),
    ])
    func `an address that is none is refused`(address: String, reply: String) async throws {
        try await InboxServer.with { inbox in
            let client = try WireClient.greeted(port: inbox.smtpPort)
            _ = try client.say("MAIL FROM:<>")
            #expect(try client.say("RCPT TO:<\(address)>").hasPrefix(reply))
        }
    }

    @Test func `an address beyond ASCII is taken with SMTPUTF8`() async throws {
        try await InboxServer.with { inbox in
            let client = try WireClient.greeted(port: inbox.smtpPort)
            #expect(try client.say("MAIL FROM:<a@example.org> SMTPUTF8").hasPrefix("250"))
            #expect(try client.say("RCPT TO:<siân@example.org>").hasPrefix("250"))
        }
    }

    @Test func `after fifty mistakes the server hangs up`() async throws {
        try await InboxServer.with { inbox in
            let client = try WireClient.greeted(port: inbox.smtpPort)
            for _ in 1...50 { #expect(try client.say("WHAT").hasPrefix("500")) }
            #expect(try client.say("WHAT").hasPrefix("421 4.7.0"))
            #expect(try client.everything() == "")
        }
    }

    @Test func `a line without an end is not gathered for ever`() async throws {
        try await InboxServer.with { inbox in
            let client = try WireClient.greeted(port: inbox.smtpPort)
            client.send(String(repeating: "x", count: 100_000))
            #expect(try client.everything().hasPrefix("521 5.5.6"))
        }
    }

    @Test func `AUTH takes PLAIN and LOGIN, and MAIL waits for it where it must`() async throws {
        var configuration = InboxConfiguration()
        configuration.accounts = ["ada": "secret"]
        configuration.requiresAuthentication = true
        try await InboxServer.with(configuration) { inbox in
            let client = try WireClient.greeted(port: inbox.smtpPort)
            #expect(try client.say("MAIL FROM:<a@example.org>").hasPrefix("530 5.7.0"))
            #expect(try client.say("AUTH PLAIN !!!").hasPrefix("501 5.5.2"))
            #expect(try client.say("AUTH PLAIN AGFkYQB3cm9uZw==").hasPrefix("535 5.7.8"))
            #expect(try client.say("AUTH LOGIN") == "334 VXNlcm5hbWU6")
            #expect(try client.say("*").hasPrefix("501 5.7.0"))
            #expect(try client.say("AUTH PLAIN") == "334 ")
            #expect(try client.say("AGFkYQBzZWNyZXQ=").hasPrefix("235 2.7.0"))
            #expect(try client.deliver(to: "b@example.org").hasPrefix("250"))
            #expect(inbox.messages().first?.account == "ada")
            let other = try WireClient.greeted(port: inbox.smtpPort)
            #expect(try other.say("AUTH LOGIN YWRh") == "334 UGFzc3dvcmQ6")
            #expect(try other.say("c2VjcmV0").hasPrefix("235"))
        }
    }
}
