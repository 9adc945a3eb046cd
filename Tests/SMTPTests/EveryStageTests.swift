import Bulletin
import Foundation
import Synchronization
import Testing

@testable import Basics
@testable import Curl
@testable import SMTP

/// One fault, once, at one stage of a dialogue with an otherwise sound relay.
@Suite("A fault at one stage")
struct EveryStageTests {
    enum Stage: String, CaseIterable, Sendable {
        case greeting = "HELLO"
        case ehlo = "EHLO"
        case mail = "MAIL"
        case recipient = "RCPT"
        case data = "DATA"
        case end = "END"
        case reset = "RSET"
        case quit = "QUIT"
    }

    enum Fault: CaseIterable, Sendable {
        case success, intermediate, busy, closing, full, refused, tooLarge, preliminary
        case garbage, nothing, manyLines, otherCharacters, cut

        var answer: ScriptedRelay.Answer {
            switch self {
            case .success: .says("251 2.0.0 well")
            case .intermediate: .says("399 what?")
            case .busy: .says("451 4.3.0 later")
            case .closing: .says("421 4.3.2 closing")
            case .full: .says("452 4.2.2 the mailbox is full")
            case .refused: .says("550 5.1.1 no such user")
            case .tooLarge: .says("552 5.3.4 too large")
            case .preliminary: .says("150 wait")
            case .garbage: .says("who are you?")
            case .nothing: .says("")
            case .manyLines: .says(String(repeating: "550-5.1.1 words\r\n", count: 3000) + "550 5.1.1 the last")
            case .otherCharacters: .says("550 5.1.1 unbekannt: \u{FFFD}\u{1B}[31m\u{202E}")
            case .cut: .cuts
            }
        }
    }

    private final class Tally: Sendable {
        private let count = Mutex(0)

        func next() -> Int {
            count.withLock {
                $0 += 1
                return $0
            }
        }
    }

    /// The third time that the stage comes, or the first if it comes once a connection.
    private static func script(
        _ stage: Stage, _ fault: Fault, pipelining: Bool, _ seen: Tally
    ) -> ScriptedRelay.Script {
        { _, command in
            if command.hasPrefix(stage.rawValue) {
                let count = seen.next()
                let isOnceAConnection = [.greeting, .ehlo, .reset, .quit].contains(stage)
                if count == (isOnceAConnection ? 1 : 3) { return fault.answer }
            }
            // So that there is something to reset.
            if command.contains("RCPT"), command.contains("<1@") { return .says("550 5.1.1 no such user") }
            if command.hasPrefix("EHLO"), !pipelining { return .says("250 relay.example.org") }
            return nil
        }
    }

    @Test(
        "loses nobody, sends to nobody twice, and gives every outcome a reason", arguments: Stage.allCases,
        [true, false])
    func once(stage: Stage, pipelining: Bool) async throws {
        for fault in Fault.allCases {
            let seen = Tally()
            let relay = try ScriptedRelay(Self.script(stage, fault, pipelining: pipelining, seen))
            defer { relay.close() }
            var timeouts = Timeouts()
            // A blank line is not a reply, and the reply after it answers another command: nobody waits for ten minutes
            // here.
            (timeouts.greeting, timeouts.command, timeouts.data) = (.seconds(2), .seconds(2), .seconds(2))
            timeouts.final = .seconds(2)
            let run = try Run([relay], letters: 8, connections: 2, timeouts: timeouts)
            let ending = await run.send()
            let hint: Comment = "\(stage) \(fault) \(pipelining ? "pipelined" : "one by one"): \(ending)"
            let received = relay.received
            #expect(Set(received).count == received.count, hint)
            #expect(run.ledger.states.allSatisfy { $0 != .handed || !ending.isFinished }, hint)
            for (index, state) in run.ledger.states.enumerated() {
                let isThere = received.contains("\(index)@example.org")
                let outcome = run.ledger.outcome(index)
                switch state {
                case .accepted:
                    // A message that a fault answered with 251 is not among the received ones.
                    #expect(isThere || stage == .end && fault == .success, hint)
                case .deferred, .refused:
                    #expect(!isThere && outcome?.reply.text.isEmpty == false, hint)
                case .unknown: #expect(outcome?.reply.text.isEmpty == false && stage == .end, hint)
                case .owed: #expect(!isThere && !ending.isFinished, hint)
                case .handed: #expect(!isThere && !ending.isFinished, hint)
                case .skipped: Issue.record(hint)
                }
            }
            let went = run.ledger.states.count { $0 == .accepted }
            if ending.isFinished { #expect(went >= 6, hint) }
            // A fault while connecting costs a connection; one about us asks a person.
            switch (stage, fault) {
            case (.mail, .tooLarge), (.recipient, .tooLarge), (.data, .tooLarge), (.end, .tooLarge):
                #expect(!ending.isFinished, hint)
            case (.greeting, _), (.ehlo, _): break
            default: #expect(ending.isFinished, hint)
            }
            let refused = run.ledger.states.enumerated().filter { $0.element == .refused }.map(\.offset)
            #expect(refused.count <= 2, hint)
        }
    }
}
