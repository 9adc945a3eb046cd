import Bulletin
import Foundation
import Synchronization
import Testing

@testable import Curl
@testable import SMTP

@Suite("A polite sender")
struct PoliteTests {
    @Test("keeps to a relay's limit over several runs and side by side, including letters to single people")
    func sharedPace() async throws {
        let relay = try ScriptedRelay()
        defer { relay.close() }
        let traffic = RelayTraffic()
        let start = ContinuousClock.now
        // Ten a second: 15 messages take a second and a half, however they are divided.
        _ = await (try Run([relay], letters: 5, messagesPerMinute: 600, traffic: traffic)).send()
        let (issue, letter) = (
            try Run([relay], letters: 7, messagesPerMinute: 600, traffic: traffic),
            try Run([relay], letters: 3, messagesPerMinute: 600, traffic: traffic, priority: .single)
        )
        async let first = issue.send()
        async let second = letter.send()
        let endings = await [first, second]
        #expect(endings.allSatisfy { $0.isFinished })
        #expect(relay.received.count == 15)
        #expect(ContinuousClock.now - start >= .milliseconds(1490))
    }

    @Test("never has more connections than configured, even if two send at once", arguments: [1, 2])
    func sharedConnections(most: Int) async throws {
        let open = Mutex((now: 0, most: 0))
        let relay = try ScriptedRelay { _, command in
            if command == "HELLO" { open.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
            if command == "QUIT" { open.withLock { $0.now -= 1 } }
            return nil
        }
        defer { relay.close() }
        let traffic = RelayTraffic()
        let issue = try Run([relay], letters: 300, connections: most, traffic: traffic)
        let letter = try Run([relay], letters: 1, connections: most, traffic: traffic, priority: .single)
        let began = AsyncStream.makeStream(of: Void.self)
        issue.ledger.after(accepted: 50) { began.continuation.finish() }
        async let sent = issue.send()
        for await _ in began.stream {}
        #expect(await letter.send().isFinished)
        #expect(await sent.isFinished)
        #expect(relay.received.count == 301)
        let seen = open.withLock { $0.most }
        #expect(seen <= most)
    }

    @Test(
        "slows down in messages and connections after 421 or 45z, and reports it",
        arguments: [
            "421 4.7.0 too many messages", "450 slow down", "451 4.7.1 try later", "452 4.3.1 no room",
        ])
    func slowsDown(reply: String) async throws {
        let count = Mutex(0)
        let relay = try ScriptedRelay { _, command in
            guard command.hasPrefix("RCPT") else { return nil }
            let isNext = count.withLock {
                $0 += 1
                return $0 == 20
            }
            return isNext ? .says(reply) : nil
        }
        defer { relay.close() }
        let slowed = Mutex<[Int?]>([])
        let run = try Run([relay], letters: 40, connections: 2) { notice in
            if case .easedOff(_, _, let perMinute) = notice { slowed.withLock { $0.append(perMinute) } }
        }
        #expect(await run.send().isFinished)
        let rates = slowed.withLock { $0.compactMap(\.self) }
        #expect(rates.count == 1 && rates.allSatisfy { $0 >= 60 })
        #expect(run.ledger.states.count { $0 == .accepted } >= 39)
    }

    @Test("does not slow down for replies about one mailbox")
    func mailboxFull() async throws {
        let relay = try ScriptedRelay { _, command in
            command.contains("<3@") ? .says("452 4.2.2 mailbox full") : nil
        }
        defer { relay.close() }
        let slowed = Mutex(false)
        let run = try Run([relay], letters: 20) { if case .easedOff = $0 { slowed.withLock { $0 = true } } }
        #expect(await run.send().isFinished)
        let isSlower = slowed.withLock { $0 }
        #expect(!isSlower)
    }

    @Test("returns to the first relay when it is up again, and loses or repeats no message")
    func failback() async throws {
        let isUp = Mutex(false)
        let first = try ScriptedRelay { _, command in
            command == "HELLO" && !isUp.withLock { $0 } ? .says("421 4.3.2 going down") : nil
        }
        let second = try ScriptedRelay { _, command in
            // The second is slow, so that there are messages left for the first.
            if command == "END" { usleep(2000) }
            return nil
        }
        defer {
            first.close()
            second.close()
        }
        var timeouts = Timeouts()
        timeouts.relayRetryDelay = .milliseconds(50)
        let used = Mutex<[Int]>([])
        let run = try Run([first, second], letters: 600, connections: 2, timeouts: timeouts) { notice in
            if case .uses(let relay) = notice { used.withLock { $0.append(relay.port) } }
        }
        run.ledger.after(accepted: 100) { isUp.withLock { $0 = true } }
        #expect(await run.send().isFinished)
        let ports = used.withLock { $0 }
        #expect(ports == [second.port, first.port])
        #expect((first.received + second.received).sorted() == run.addresses)
        #expect(first.received.count > second.received.count)
    }

    @Test("leaves a relay alone that was down a moment ago, if another one takes the messages")
    func knownDown() async throws {
        let first = try ScriptedRelay { _, command in command == "HELLO" ? .says("554 no service") : nil }
        let second = try ScriptedRelay()
        defer {
            first.close()
            second.close()
        }
        let traffic = RelayTraffic()
        var timeouts = Timeouts()
        timeouts.relayRetryDelay = .seconds(3600)
        for _ in 0..<3 {
            #expect(
                await (try Run([first, second], letters: 1, timeouts: timeouts, traffic: traffic)).send().isFinished)
        }
        #expect(first.connectionCount == 1)
        #expect(second.received.count == 3)
    }

    @Test("uses the next relay if the first refuses the password, and asks a person only if none is left")
    func nextAfterPassword() async throws {
        let first = try ScriptedRelay { _, command in command.hasPrefix("AUTH") ? .says("535 5.7.8 no") : nil }
        let second = try ScriptedRelay { _, command in
            if command.hasPrefix("AUTH") { return .says("334 ") }
            // The name and the password, in base64.
            return command.hasSuffix("=") || !command.contains(" ") && command.count > 8 ? .says("235 2.7.0 Ok") : nil
        }
        defer {
            first.close()
            second.close()
        }
        let run = try Run([first, second], letters: 4, password: "secret")
        #expect(await run.send().isFinished)
        #expect(second.received.count == 4)
        let other = try Run([first, first], letters: 4, password: "secret")
        guard case .authRefused = await other.send() else {
            Issue.record("nobody is asked")
            return
        }
    }
}

@Suite("A fault of our own")
struct OurFaultTests {
    @Test(
        "stops the run, and bounces nobody: a message too large for the relay",
        arguments: [
            "250-relay.example.org\r\n250-PIPELINING\r\n250 SIZE 5", "250-relay.example.org\r\n250 SIZE 5",
        ])
    func tooLargeHere(extensions: String) async throws {
        let relay = try ScriptedRelay { _, command in command.hasPrefix("EHLO") ? .says(extensions) : nil }
        defer { relay.close() }
        let run = try Run([relay], letters: 50)
        try await expectOurFault(run, naming: "at most 5")
        #expect(relay.received.isEmpty)
    }

    @Test(
        "stops the run, and bounces nobody, at any stage",
        arguments: [
            ("MAIL", "552 5.3.4 message too big"), ("MAIL", "552 too big"), ("MAIL", "555 5.5.4 unsupported option"),
            ("MAIL", "530 5.7.0 authentication required"), ("RCPT", "503 5.5.1 bad sequence"),
            ("DATA", "554 5.5.1 no"), ("END", "552 5.3.4 too big"), ("END", "554 5.5.2 line too long"),
        ])
    func said(command: String, reply: String) async throws {
        let relay = try ScriptedRelay { _, heard in heard.hasPrefix(command) ? .says(reply) : nil }
        defer { relay.close() }
        try await expectOurFault(try Run([relay], letters: 50), naming: reply)
    }

    @Test("is assumed after three refused senders in a row, and not before")
    func senders() async throws {
        let relay = try ScriptedRelay { _, heard in
            if heard.hasPrefix("MAIL") { return .says("550 5.7.1 no relaying") }
            return heard.hasPrefix("RCPT") || heard == "DATA" ? .says("503 5.5.1 MAIL first") : nil
        }
        defer { relay.close() }
        let run = try Run([relay], letters: 50, connections: 1)
        guard case .ourFault = await run.send() else {
            Issue.record("went on")
            return
        }
        #expect(run.ledger.states.count { $0 == .refused } == 2)
        let once = Mutex(true)
        let moody = try ScriptedRelay { _, heard in
            heard.hasPrefix("MAIL")
                && once.withLock({ isFirst in
                    defer { isFirst = false }; return isFirst
                })
                ? .says("550 5.7.1 not you") : nil
        }
        defer { moody.close() }
        let other = try Run([moody], letters: 10)
        #expect(await other.send().isFinished)
        #expect(other.ledger.states.count { $0 == .refused } == 1)
    }

    @Test(
        "is not a reply about one mailbox",
        arguments: [
            ("RCPT", "550 5.5.0 mailbox unavailable"), ("RCPT", "552 5.2.2 mailbox full"),
            ("END", "552 5.2.3 too long for it"),
            ("RCPT", "553 5.1.3 bad address"),
        ])
    func mailbox(command: String, reply: String) async throws {
        let relay = try ScriptedRelay { _, heard in heard.hasPrefix(command) ? .says(reply) : nil }
        defer { relay.close() }
        let run = try Run([relay], letters: 10)
        #expect(await run.send().isFinished)
        #expect(run.ledger.states == Array(repeating: .refused, count: 10))
    }

    private func expectOurFault(_ run: Run, naming words: String) async throws {
        let ending = await run.send()
        guard case .ourFault(let reason) = ending else {
            Issue.record("ended as \(ending)")
            return
        }
        #expect(reason.contains(words))
        #expect(!run.ledger.states.contains(.refused))
        #expect(run.ledger.states.contains(.owed))
    }
}

@Suite("A ledger that cannot be written")
struct UnwrittenTests {
    @Test("stops every byte, and the relay's replies by then are returned", arguments: [1, 2, 5, 20])
    func drains(accepted: Int) async throws {
        let relay = try ScriptedRelay { _, command in
            if command == "END" { usleep(1000) }
            return nil
        }
        defer { relay.close() }
        let run = try Run([relay], letters: 500)
        run.ledger.after(accepted: accepted) { throw Full() }
        guard case .recorderFailed(_, let unrecorded) = await run.send() else {
            Issue.record("went on")
            return
        }
        // The test's ledger has the records up to its fault, and none after it.
        let known = run.ledger.states
        var accepted = Set(known.indices.filter { known[$0] == .accepted })
        for (id, outcome) in unrecorded where outcome.state == .accepted { accepted.insert(Int(id.low)) }
        #expect(accepted == Set(relay.received.compactMap { Int($0.prefix { $0 != "@" }) }))
        #expect(!unrecorded.contains { $0.1.state == .unknown })
        #expect(relay.received.count == Set(relay.received).count)
    }
}
