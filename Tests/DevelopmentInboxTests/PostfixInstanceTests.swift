import DevelopmentInbox
import Foundation
import TestSupport
import Testing

/// That the private Postfix is a real relay: with TLS, AUTH, refusals, a mailbox, and the way on.
@Suite(.mailServer, .serialized) struct PostfixInstanceTests {
    private static let script = """
        import smtplib, ssl, sys
        client = smtplib.SMTP('localhost', int(sys.argv[1]), local_hostname='client.example.org')
        if sys.argv[2]:
            client.starttls(context=ssl.create_default_context(cafile=sys.argv[2]))
            try: client.sendmail('a@example.org', ['b@example.org'], 'Subject: too early')
            except smtplib.SMTPRecipientsRefused as refused: print(refused.recipients['b@example.org'][0])
            client.login('ada', 'secret')
        print(client.sendmail('a@example.org', ['b@example.org', 'gone@example.org'], 'Subject: x\\r\\n\\r\\n.dot'))

        """

    @Test func `it takes mail through STARTTLS and AUTH into a mailbox, and refuses as told`() async throws {
        let python = try Programs.system("python3", package: "python3")
        try await withScratchFolder { folder in
            var settings = PostfixInstance.Settings()
            settings.certificate = try await TestCertificate.make(in: folder)
            settings.accounts = ["ada": "secret"]
            settings.refused = ["gone@example.org": "550 5.1.1 Nobody here"]
            let authority = settings.certificate?.authority ?? ""
            try await PostfixInstance.with(settings, in: folder) { postfix in
                let ending = try await ProgramRun.run(python, ["-c", Self.script, String(postfix.port), authority])
                #expect(ending.errors == "", "\(postfix.log)")
                #expect(ending.output.hasPrefix("554\n{'gone@example.org': (550, b'5.1.1 <gone@example.org>"))
                let messages = try await postfix.waitForMessages(1)
                #expect(messages.count == 1)
                let text = String(decoding: messages[0], as: UTF8.self)
                #expect(text.contains("Delivered-To: b@example.org\n"))
                #expect(text.hasSuffix("\n\n.dot\n"))
            }
        }
    }

    @Test func `it hands mail on to the inbox`() async throws {
        let python = try Programs.system("python3", package: "python3")
        try await withScratchFolder { folder in
            try await InboxServer.with { inbox in
                var settings = PostfixInstance.Settings()
                settings.destination = .relay(port: inbox.smtpPort)
                try await PostfixInstance.with(settings, in: folder) { postfix in
                    let ending = try await ProgramRun.run(python, ["-c", Self.script, String(postfix.port), ""])
                    #expect(ending.errors == "", "\(postfix.log)")
                    try await inbox.waitForMessages(1)
                    #expect(inbox.messages().first?.sender == "a@example.org")
                }
            }
        }
    }

    @Test func `when it stops, nothing of it listens`() async throws {
        try await withScratchFolder { folder in
            var port = 0
            try await PostfixInstance.with(in: folder) { postfix in
                port = postfix.port
                #expect(FreePort.answers(port))
            }
            #expect(!FreePort.answers(port))
        }
    }
}
