import Bulletin
import DevelopmentInbox
import Foundation
import Testing

@testable import Curl
@testable import SMTP

@Suite("A submission under TLS")
struct SecureSubmissionTests {
    @Test("uses STARTTLS with a password and a certificate that verifies")
    func startTLS() async throws {
        try await InboxServer.with(inbox()) { server in
            let run = try SecureRun(server, letters: 40)
            #expect(await run.send().isFinished)
            #expect(server.messages().flatMap(\.recipients).sorted() == run.addresses)
            #expect(server.messages().allSatisfy { $0.overTLS && $0.account == "bulletin" })
            #expect(server.messages().allSatisfy { $0.hello == "mail.example.org" })
        }
    }

    @Test("uses implicit TLS")
    func implicitTLS() async throws {
        try await InboxServer.with(inbox()) { server in
            let run = try SecureRun(server, letters: 3) { relay in
                relay.implicitTLS = true
                relay.port = server.smtpsPort ?? 0
            }
            #expect(await run.send().isFinished)
            #expect(server.messages().count == 3)
        }
    }

    @Test("carries messages larger than its buffer, byte for byte", arguments: [true, false])
    func large(isSecure: Bool) async throws {
        let body = Array(String(repeating: String(repeating: "x", count: 70) + "\r\n", count: 20_000).utf8)
        try await InboxServer.with(inbox()) { server in
            let run = try SecureRun(server, letters: 6, body: body) { relay in
                if !isSecure { (relay.tls, relay.username, relay.password) = (.none, nil, nil) }
            }
            #expect(await run.send().isFinished)
            let messages = server.messages()
            #expect(messages.count == 6)
            for message in messages { #expect(server.contents(of: message.id)?.suffix(body.count) == body[...]) }
        }
    }

    @Test("does not send where the certificate's authority is unknown")
    func unknownAuthority() async throws {
        try await refuses { $0.caFile = nil }
    }

    @Test("does not send where the certificate is for another name")
    func anotherName() async throws {
        try await refuses { $0.host = "127.0.0.1" }
    }

    @Test("does not send where the certificate is out of date")
    func expired() async throws {
        try await refuses(certificate: "expired.pem") { _ in }
    }

    @Test("does not send where the file of authorities is missing")
    func missingAuthorities() async throws {
        try await refuses { $0.caFile = "/nonexistent/ca.pem" }
    }

    @Test("sends a password under TLS only, even where TLS is opportunistic")
    func opportunisticPassword() async throws {
        var configuration = inbox()
        configuration.extensions.remove(.startTLS)
        try await refuses(configuration) { $0.tls = .opportunistic }
    }

    @Test("uses a certificate that does not verify where TLS is opportunistic and no password follows")
    func opportunistic() async throws {
        try await InboxServer.with(inbox()) { server in
            let run = try SecureRun(server, letters: 2) { relay in
                (relay.tls, relay.username, relay.password, relay.caFile) = (.opportunistic, nil, nil, nil)
            }
            #expect(await run.send().isFinished)
            #expect(server.messages().allSatisfy { $0.overTLS })
        }
    }

    @Test("asks a person to correct a wrong password, and does not reveal it")
    func wrongPassword() async throws {
        try await InboxServer.with(inbox()) { server in
            let ending = await (try SecureRun(server, letters: 2) { $0.password = "not this" }).send()
            guard case .authRefused(let reason) = ending else {
                Issue.record("ended as \(ending)")
                return
            }
            #expect(!reason.contains("not this"))
            #expect(server.messages().isEmpty)
        }
    }

    private func inbox(certificate: String = "relay.pem") -> InboxConfiguration {
        var configuration = InboxConfiguration()
        configuration.smtps = .init()
        configuration.certificate = .init(
            chain: SecureRun.certificate(certificate), key: SecureRun.certificate("relay-key.pem"))
        configuration.accounts = ["bulletin": "a good password"]
        return configuration
    }

    private func refuses(
        certificate: String = "relay.pem", _ change: (inout Relay) -> Void
    ) async throws {
        try await refuses(inbox(certificate: certificate), change)
    }

    private func refuses(_ configuration: InboxConfiguration, _ change: (inout Relay) -> Void) async throws {
        try await InboxServer.with(configuration) { server in
            let ending = await (try SecureRun(server, letters: 2, change)).send()
            guard case .tlsRefused = ending else {
                Issue.record("ended as \(ending)")
                return
            }
            #expect(server.messages().isEmpty)
        }
    }
}

/// A submission to the development inbox with STARTTLS and AUTH, except for the test's changes.
private struct SecureRun {
    let submission: Submission
    let addresses: [String]

    static func certificate(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Certificates/\(name)").path
    }

    init(
        _ server: InboxServer, letters: Int, body: [UInt8] = Array("A letter.\r\n".utf8),
        _ change: (inout Relay) -> Void = { _ in }
    ) throws {
        let envelopes = try (0..<letters).map { index in
            let header = Array("Subject: \(index)\r\nMessage-ID: <\(index)@example.org>\r\n\r\n".utf8)
            return OutgoingMessage(
                id: SubscriberID(high: 0, low: UInt64(index)), sender: try EmailAddress("bounces@example.org"),
                recipient: try EmailAddress("\(index)@example.org"), data: header + body,
                size: header.count + body.count)
        }
        addresses = envelopes.map(\.recipient.wire).sorted()
        var relay = Relay(
            host: "localhost", port: server.smtpPort, tls: .required, username: "bulletin",
            password: "a good password", caFile: Self.certificate("authority.pem"), hello: "mail.example.org")
        change(&relay)
        submission = Submission(relays: [relay], source: Pile(envelopes), recorder: Ledger())
    }

    func send() async -> Submission.Ending { await submission.run() }
}
