import DevelopmentInbox
import Foundation
import TestSupport
import Testing

/// The inbox as an independent client sees it: Python's smtplib, and curl.
@Suite struct TransportSecurityTests {
    private static let script = """
        import smtplib, ssl, sys
        port, authority, mode = int(sys.argv[1]), sys.argv[2], sys.argv[3]
        trust = ssl.create_default_context(cafile=authority)
        if mode == 'implicit':
            client = smtplib.SMTP_SSL('localhost', port, context=trust, local_hostname='client.example.org')
        else:
            client = smtplib.SMTP('localhost', port, local_hostname='client.example.org')
            client.starttls(context=trust)
        client.login('ada', 'secret')
        message = 'Message-ID: <1@example.org>\\r\\nSubject: x\\r\\n\\r\\n.dot\\r\\n'
        print(client.sendmail('a@example.org', ['b@example.org'], message))
        print(client.quit()[0])

        """

    private func configuration(_ certificate: TestCertificate) -> InboxConfiguration {
        var configuration = InboxConfiguration()
        configuration.certificate = .init(chain: certificate.chain, key: certificate.key)
        configuration.smtps = .init()
        configuration.accounts = ["ada": "secret"]
        configuration.requiresAuthentication = true
        configuration.requiresTLS = true
        return configuration
    }

    @Test(arguments: ["starttls", "implicit"])
    func `Python's own client sends through TLS and AUTH`(mode: String) async throws {
        let python = try Programs.system("python3", package: "python3")
        try await withScratchFolder { folder in
            let certificate = try await TestCertificate.make(in: folder)
            try await InboxServer.with(configuration(certificate)) { inbox in
                let port = mode == "implicit" ? try #require(inbox.smtpsPort) : inbox.smtpPort
                let ending = try await ProgramRun.run(
                    python, ["-c", Self.script, String(port), certificate.authority, mode])
                #expect(ending.errors == "")
                #expect(ending.output == "{}\n221\n")
                let message = try #require(inbox.messages().first)
                #expect(message.overTLS)
                #expect(message.account == "ada")
                let bytes = try #require(inbox.contents(of: message.id))
                #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("\r\n\r\n.dot\r\n"))
            }
        }
    }

    @Test func `curl sends through STARTTLS, and not to a certificate it does not trust`() async throws {
        let curl = try Programs.system("curl", package: "curl")
        try await withScratchFolder { folder in
            let certificate = try await TestCertificate.make(in: folder)
            try await InboxServer.with(configuration(certificate)) { inbox in
                func send(_ extra: [String]) async throws -> Int32? {
                    let common = ["-sS", "--ssl-reqd", "--user", "ada:secret", "--mail-from", "a@example.org"]
                    let rest = ["--mail-rcpt", "b@example.org", "-T", "-"]
                    let url = "smtp://localhost:\(inbox.smtpPort)/client.example.org"
                    return try await ProgramRun.run(
                        curl, common + rest + extra + [url], input: "Subject: x\r\n\r\nx\r\n"
                    ).status
                }
                let trusting = try await send(["--cacert", certificate.authority])
                #expect(trusting == 0)
                // 60: the peer's certificate cannot be verified.
                let distrusting = try await send([])
                #expect(distrusting == 60)
                #expect(inbox.counts().messages == 1)
            }
        }
    }

    @Test func `what was said in the clear after STARTTLS is not done`() async throws {
        try await withScratchFolder { folder in
            let certificate = try await TestCertificate.make(in: folder)
            try await InboxServer.with(configuration(certificate)) { inbox in
                let client = try WireClient.greeted(port: inbox.smtpPort)
                client.send("STARTTLS\r\nMAIL FROM:<evil@example.org>\r\n")
                #expect(try client.everything().hasPrefix("521 5.5.0"))
            }
        }
    }

    /// Reads and writes one byte at a time, so that every record comes in pieces.
    private static let slowScript = """
        import socket, ssl, sys
        port, authority = int(sys.argv[1]), sys.argv[2]
        trust = ssl.create_default_context(cafile=authority)
        wire = socket.create_connection(('localhost', port))
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = trust.wrap_bio(incoming, outgoing, server_hostname='localhost')
        def push():
            for byte in outgoing.read(): wire.sendall(bytes([byte]))
        def run(step):
            while True:
                try:
                    result = step()
                    push()
                    return result
                except ssl.SSLWantReadError:
                    push()
                    byte = wire.recv(1)
                    incoming.write(byte) if byte else incoming.write_eof()
        run(tls.do_handshake)
        print(run(lambda: tls.read(1000))[:3])
        run(lambda: tls.write(b'QUIT\\r\\n'))
        print(run(lambda: tls.read(1000))[:3])
        print(run(lambda: tls.read(1000)))

        """

    @Test func `records may come in pieces, and the server says goodbye by TLS before it closes`() async throws {
        let python = try Programs.system("python3", package: "python3")
        try await withScratchFolder { folder in
            let certificate = try await TestCertificate.make(in: folder)
            try await InboxServer.with(configuration(certificate)) { inbox in
                let port = try #require(inbox.smtpsPort)
                let ending = try await ProgramRun.run(
                    python, ["-c", Self.slowScript, String(port), certificate.authority])
                #expect(ending.errors == "")
                // A connection that was cut off would be an SSLEOFError, not an empty read.
                #expect(ending.output == "b'220'\nb'221'\nb''\n")
            }
        }
    }

    @Test func `a client that does not speak TLS is disconnected`() async throws {
        try await withScratchFolder { folder in
            let certificate = try await TestCertificate.make(in: folder)
            try await InboxServer.with(configuration(certificate)) { inbox in
                let port = try #require(inbox.smtpsPort)
                let client = try WireClient(port: port)
                client.send("EHLO client.example.org\r\n")
                let answer = try client.everything()
                #expect(!answer.contains("250"))
                #expect(inbox.counts().messages == 0)
            }
        }
    }

    @Test func `MAIL and AUTH wait for TLS where it is asked for`() async throws {
        try await withScratchFolder { folder in
            let certificate = try await TestCertificate.make(in: folder)
            try await InboxServer.with(configuration(certificate)) { inbox in
                let client = try WireClient.greeted(port: inbox.smtpPort)
                #expect(try client.say("MAIL FROM:<a@example.org>").hasPrefix("530 5.7.0 Use STARTTLS"))
                #expect(try client.say("AUTH PLAIN AGFkYQBzZWNyZXQ=").hasPrefix("530 5.7.0 Use STARTTLS"))
            }
        }
    }

    @Test func `TLS without a certificate, or with a broken one, does not start`() async throws {
        var configuration = InboxConfiguration()
        configuration.smtps = .init()
        await #expect(throws: InboxFault.noCertificate) { try await InboxServer(configuration).start() }
        configuration.certificate = .init(chain: "/nonexistent", key: "/nonexistent")
        let fault = await #expect(throws: InboxFault.self) { try await InboxServer(configuration).start() }
        guard case .certificate = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
    }
}
