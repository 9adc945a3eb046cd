import Bulletin
import Foundation
import Synchronization
import Testing

@testable import Basics
@testable import Curl
@testable import SMTP

@Suite("A submission")
struct SubmissionTests {
    @Test("sends every message once over its connections, and records each before it is sent")
    func all() async throws {
        let relay = try ScriptedRelay()
        defer { relay.close() }
        let run = try Run([relay], letters: 200)
        #expect(await run.send().isFinished)
        #expect(relay.received.sorted() == run.addresses)
        #expect(run.ledger.states == Array(repeating: .accepted, count: 200))
        #expect(run.ledger.handedTwice.isEmpty)
        #expect((1...4).contains(relay.connectionCount))
    }

    @Test("finishes without a connection if there is nothing to send")
    func nothing() async throws {
        let relay = try ScriptedRelay()
        defer { relay.close() }
        let run = try Run([relay], letters: 0)
        #expect(await run.send().isFinished)
        #expect(relay.connectionCount == 0)
    }

    @Test("opens another connection when one has carried its share")
    func share() async throws {
        let relay = try ScriptedRelay()
        defer { relay.close() }
        let run = try Run([relay], letters: 10, connections: 1, messagesPerConnection: 3)
        #expect(await run.send().isFinished)
        #expect(relay.received == run.addresses)
        #expect(relay.connectionCount == 4)
    }

    @Test("limits each refusal to its message and keeps the connection for the rest")
    func refusals() async throws {
        let relay = try ScriptedRelay { _, command in
            if command.contains("<3@") { return .says("550 5.1.1 no such mailbox") }
            if command.contains("<5@") { return .says("451 4.7.1 greylisted") }
            return nil
        }
        defer { relay.close() }
        let run = try Run([relay], letters: 8, connections: 1)
        #expect(await run.send().isFinished)
        #expect(
            run.ledger.states
                == [.accepted, .accepted, .accepted, .refused, .accepted, .deferred, .accepted, .accepted])
        #expect(relay.connectionCount == 1)
    }

    @Test("sends a message again on another connection if one is cut before its body")
    func cutBeforeBody() async throws {
        let relay = try ScriptedRelay { connection, command in
            connection == 1 && command.contains("<4@") ? .cuts : nil
        }
        defer { relay.close() }
        let run = try Run([relay], letters: 8, connections: 1)
        #expect(await run.send().isFinished)
        #expect(relay.received.sorted() == run.addresses)
        #expect(run.ledger.handedTwice.isEmpty)
    }

    @Test("makes a message unknown if the connection is cut after its final dot")
    func cutAfterDot() async throws {
        let count = Mutex(0)
        let relay = try ScriptedRelay { _, command in
            guard command == "END" else { return nil }
            return count.withLock {
                $0 += 1
                return $0 == 3 ? .cuts : nil
            }
        }
        defer { relay.close() }
        let run = try Run([relay], letters: 6, connections: 1)
        #expect(await run.send().isFinished)
        #expect(run.ledger.states == [.accepted, .accepted, .unknown, .accepted, .accepted, .accepted])
    }

    @Test("ends as unreachable if nobody listens, and leaves the messages owed")
    func nobody() async throws {
        let relay = try ScriptedRelay()
        relay.close()
        let run = try Run([relay], letters: 3)
        #expect(await run.send().isUnreachable)
        #expect(run.ledger.states == [.owed, .owed, .owed])
    }

    @Test("ends as unreachable if every connection is dropped before a message is finished")
    func dropping() async throws {
        let relay = try ScriptedRelay { _, command in command.hasPrefix("RCPT") ? .cuts : nil }
        defer { relay.close() }
        let run = try Run([relay], letters: 5, connections: 1)
        #expect(await run.send().isUnreachable)
        #expect(run.ledger.states.allSatisfy { $0 == .owed || $0 == .deferred })
    }

    @Test("uses the next relay when the first is down")
    func secondRelay() async throws {
        let (first, second) = (try ScriptedRelay(), try ScriptedRelay())
        first.close()
        defer { second.close() }
        let run = try Run([first, second], letters: 5)
        #expect(await run.send().isFinished)
        #expect(second.received.sorted() == run.addresses)
    }

    @Test("uses fewer connections if the relay accepts no more")
    func fewerConnections() async throws {
        let relay = try ScriptedRelay { connection, command in
            connection > 1 && command == "HELLO" ? .says("421 4.7.0 too many connections") : nil
        }
        defer { relay.close() }
        let run = try Run([relay], letters: 50)
        #expect(await run.send().isFinished)
        #expect(relay.received.sorted() == run.addresses)
    }

    @Test("stops on request: settles messages in flight, leaves the rest owed")
    func stop() async throws {
        let relay = try ScriptedRelay()
        defer { relay.close() }
        let run = try Run([relay], letters: 5000)
        run.ledger.after(accepted: 20) { run.submission.stop() }
        #expect(await run.send().isStopped)
        let states = run.ledger.states
        #expect(Set(states) == [.accepted, .owed])
        #expect(relay.received.count == states.count { $0 == .accepted })
        #expect(relay.commands.contains("QUIT"))
    }

    @Test("makes messages unknown that a silent relay does not answer before the deadline of a stop")
    func stopSilent() async throws {
        let relay = try ScriptedRelay { _, command in command == "END" ? .keepsSilent : nil }
        defer { relay.close() }
        let run = try Run([relay], letters: 10, connections: 1)
        run.ledger.after(handed: 2) { run.submission.stop(within: .milliseconds(50)) }
        #expect(await run.send().isStopped)
        #expect(run.ledger.states.filter { $0 != .owed } == [.unknown, .deferred])
    }

    @Test("does not wait for a relay longer than the stage's timeout")
    func silence() async throws {
        var timeouts = Timeouts()
        timeouts.command = .seconds(1)
        let relay = try ScriptedRelay { connection, command in
            connection == 1 && command.contains("<1@") ? .keepsSilent : nil
        }
        defer { relay.close() }
        let run = try Run([relay], letters: 4, connections: 1, timeouts: timeouts)
        #expect(await run.send().isFinished)
        #expect(run.ledger.states == [.accepted, .deferred, .accepted, .accepted])
    }

    @Test("sends nothing more once a line could not be written")
    func recorderFails() async throws {
        let relay = try ScriptedRelay()
        defer { relay.close() }
        let run = try Run([relay], letters: 1000)
        run.ledger.after(accepted: 10) { throw Full() }
        let ending = await run.send()
        guard case .recorderFailed(let error, _) = ending else {
            Issue.record("ended as \(ending)")
            return
        }
        #expect(error is Full)
        #expect(relay.received.count <= run.ledger.states.count { $0 != .owed })
    }

    @Test("refuses TLS none to a host that is not this machine")
    func plainToElsewhere() async throws {
        let queue = MessageQueue()
        _ = queue.put(try DialogueScript.letter("a", to: "a@example.org", size: nil))
        queue.finish()
        let relay = Relay(host: "relay.example.org", port: 25, tls: .none, hello: "mail.example.org")
        let ending = await Submission(relays: [relay], source: queue, recorder: Ledger()).run()
        guard case .tlsRefused = ending else {
            Issue.record("ended as \(ending)")
            return
        }
    }

    @Test("asks a person to correct a refused password, after one attempt")
    func wrongPassword() async throws {
        let relay = try ScriptedRelay { _, command in
            command.hasPrefix("AUTH") ? .says("535 5.7.8 authentication failed") : nil
        }
        defer { relay.close() }
        let run = try Run([relay], letters: 3, password: "let me in")
        let ending = await run.send()
        guard case .authRefused(let reason) = ending else {
            Issue.record("ended as \(ending)")
            return
        }
        #expect(!reason.contains("let me in"))
        #expect(relay.connectionCount == 1)
    }

    @Test("does not send without AUTH where a user name is set")
    func noAuth() async throws {
        let relay = try ScriptedRelay { _, command in
            command.hasPrefix("EHLO") ? .says("250-relay.example.org\r\n250 PIPELINING") : nil
        }
        defer { relay.close() }
        let run = try Run([relay], letters: 1, password: "secret")
        guard case .authRefused = await run.send() else {
            Issue.record("sent without AUTH")
            return
        }
        #expect(relay.received.isEmpty)
    }

    @Test("does not send in the clear where TLS is required and not offered")
    func noTLS() async throws {
        let relay = try ScriptedRelay()
        defer { relay.close() }
        let run = try Run([relay], letters: 1, tls: .required)
        guard case .tlsRefused = await run.send() else {
            Issue.record("sent without TLS")
            return
        }
        #expect(!relay.commands.contains { $0.hasPrefix("MAIL") })
    }

    @Test("waits at each stage at least as long as RFC 5321 section 4.5.3.2 asks")
    func waits() {
        let timeouts = Timeouts()
        #expect(timeouts.greeting >= .seconds(300) && timeouts.command >= .seconds(300))
        #expect(timeouts.data >= .seconds(120) && timeouts.block >= .seconds(180) && timeouts.final >= .seconds(600))
    }

    @Test("uses the configured name in EHLO")
    func hello() async throws {
        let relay = try ScriptedRelay()
        defer { relay.close() }
        _ = await (try Run([relay], letters: 1)).send()
        #expect(relay.commands.first == "EHLO mail.example.org")
    }
}
