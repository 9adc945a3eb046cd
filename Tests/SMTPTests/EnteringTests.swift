import Bulletin
import Curl
import DevelopmentInbox
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import SMTP

/// Relays' replies before the first message.
@Suite("Logging in to a relay")
struct EnteringTests {
    private func send(_ script: @escaping ScriptedRelay.Script, password: String? = "a good password") async throws -> (
        ending: Submission.Ending, relay: ScriptedRelay, states: [DeliveryState]
    ) {
        let relay = try ScriptedRelay(script)
        defer { relay.close() }
        let run = try Run([relay], letters: 4, connections: 1, password: password)
        return (await run.send(), relay, run.ledger.states)
    }

    private static let accepted = Array(repeating: DeliveryState.accepted, count: 4)

    @Test("is done by AUTH LOGIN where the relay knows nothing else")
    func login() async throws {
        let (ending, relay, states) = try await send { _, command in
            switch command {
            case _ where command.hasPrefix("EHLO"): .says("250-relay.example.org\r\n250-PIPELINING\r\n250 AUTH LOGIN")
            case "AUTH LOGIN": .says("334 VXNlcm5hbWU6")
            case Data("bulletin".utf8).base64EncodedString(): .says("334 UGFzc3dvcmQ6")
            case Data("a good password".utf8).base64EncodedString(): .says("235 2.7.0 welcome")
            default: nil
            }
        }
        #expect(ending.isFinished && states == Self.accepted, "\(ending) \(relay.commands)")
    }

    @Test("is done by CRAM-MD5 where the relay knows nothing else, and the password does not cross the wire")
    func challenge() async throws {
        let (ending, relay, states) = try await send { _, command in
            if command.hasPrefix("EHLO") { return .says("250-relay.example.org\r\n250 AUTH CRAM-MD5") }
            if command == "AUTH CRAM-MD5" {
                return .says("334 " + Data("<1.2@relay.example.org>".utf8).base64EncodedString())
            }
            guard let answer = Data(base64Encoded: command), answer.starts(with: Array("bulletin ".utf8)) else {
                return nil
            }
            return .says("235 2.7.0 welcome")
        }
        #expect(ending.isFinished && states == Self.accepted, "\(ending) \(relay.commands)")
        #expect(!relay.commands.contains { $0.contains(Data("a good password".utf8).base64EncodedString()) })
    }

    @Test("waits after a temporary AUTH refusal, and asks a person if the relay has no usable mechanism")
    func refused() async throws {
        let later = try await send { _, command in command.hasPrefix("AUTH") ? .says("454 4.7.0 try again") : nil }
        #expect(later.ending.isUnreachable && later.states.allSatisfy { $0 == .owed }, "\(later.ending)")
        let foreign = try await send { _, command in
            command.hasPrefix("EHLO") ? .says("250-relay.example.org\r\n250 AUTH X-SECRET-HANDSHAKE") : nil
        }
        guard case .authRefused(let reason) = foreign.ending else {
            Issue.record("ended as \(foreign.ending)")
            return
        }
        #expect(reason.contains("offers no AUTH mechanism") && foreign.states.allSatisfy { $0 == .owed })
    }

    @Test("reads a greeting byte by byte, and one of many lines")
    func slowly() async throws {
        for fault in [FaultAction.trickle(.microseconds(200)), .overlong(2000)] {
            var configuration = InboxConfiguration()
            configuration.faults = [.connect, .ehlo].map { FaultRule(when: $0, action: fault) }
            try await InboxServer.with(configuration) { inbox in
                let letters = try (0..<3).map { try DialogueScript.letter("\($0)", to: "\($0)@example.org", size: nil) }
                let relay = Relay(
                    host: "127.0.0.1", port: inbox.smtpPort, tls: .none, hello: "mail.example.org")
                let ending = await Submission(
                    relays: [relay], source: Pile(letters), recorder: Ledger(), notice: { _ in }
                ).run()
                #expect(ending.isFinished, "\(fault): \(ending)")
                #expect(inbox.counts().messages == 3)
            }
        }
    }

    @Test("gives up on a relay whose greeting has no end, and says so")
    func endless() async throws {
        for most in [1000, 10_000] {
            let lines = String(repeating: "250-and another thing\r\n", count: most) + "250 that was it"
            let (ending, _, states) = try await send(
                { _, command in command.hasPrefix("EHLO") ? .says(lines) : nil }, password: nil)
            guard case .unreachable(let reason) = ending else {
                Issue.record("ended as \(ending)")
                return
            }
            #expect(reason.contains("too long a greeting"), "\(reason)")
            #expect(states.allSatisfy { $0 == .owed })
        }
    }

    @Test("sends one command at a time to a relay without extensions, or with HELO only")
    func plain() async throws {
        for ehlo in ["250 relay.example.org", "502 5.5.1 what is EHLO?"] {
            let (ending, relay, states) = try await send(
                { _, command in
                    if command.hasPrefix("EHLO") { return .says(ehlo) }
                    return command.hasPrefix("HELO") ? .says("250 relay.example.org") : nil
                }, password: nil)
            #expect(ending.isFinished && states == Self.accepted, "\(ehlo): \(ending)")
            #expect(
                !relay.commands.contains { $0.contains("SIZE=") || $0.contains("SMTPUTF8") || $0.contains("BODY=") })
        }
    }

    @Test("tolerates a relay that asks for the message late")
    func late() async throws {
        let (ending, relay, states) = try await send(
            { _, command in
                if command == "DATA" { usleep(300_000) }
                return nil
            }, password: nil)
        #expect(ending.isFinished && states == Self.accepted && relay.connectionCount == 1)
    }
}
