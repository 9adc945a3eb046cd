import Bulletin
import Curl
import Foundation
import SMTP
import Synchronization

struct Full: Error {}

/// A submission of a number of messages, to `0@example.org`, `1@example.org` and so on, with a ledger that remembers.
struct Run: Sendable {
    let submission: Submission
    let ledger: Ledger
    let addresses: [String]

    init(
        _ relays: [ScriptedRelay], letters: Int, connections: Int = 4, messagesPerConnection: Int = 1000,
        messagesPerMinute: Int = 0,
        tls: Relay.TLS = .none, password: String? = nil, timeouts: Timeouts = Timeouts(),
        traffic: RelayTraffic = RelayTraffic(), priority: RelayTraffic.Priority = .bulk,
        notice: @escaping @Sendable (Submission.Notice) -> Void = { _ in }
    ) throws {
        let envelopes = try (0..<letters).map { index in
            OutgoingMessage(
                id: SubscriberID(high: 0, low: UInt64(index)), sender: try EmailAddress("bounces@example.org"),
                recipient: try EmailAddress("\(index)@example.org"), data: Array("Letter \(index).\r\n".utf8), size: 10)
        }
        let ledger = Ledger(count: letters)
        self.ledger = ledger
        addresses = envelopes.map(\.recipient.wire).sorted()
        let relays = relays.map {
            Relay(
                host: "127.0.0.1", port: $0.port, tls: tls, username: password.map { _ in "bulletin" },
                password: password, hello: "mail.example.org", connections: connections,
                messagesPerConnection: messagesPerConnection, messagesPerMinute: messagesPerMinute)
        }
        submission = Submission(
            relays: relays, traffic: traffic, priority: priority, source: Pile(envelopes), recorder: ledger,
            timeouts: timeouts, notice: notice)
    }

    func send() async -> Submission.Ending { await submission.run() }
}

/// Messages that are all ready from the beginning.
final class Pile: MessageSource {
    private let letters: Mutex<ArraySlice<OutgoingMessage>>

    init(_ letters: [OutgoingMessage]) { self.letters = Mutex(letters[...]) }

    func take(_ most: Int) -> [OutgoingMessage] {
        letters.withLock { letters in
            defer { letters = letters.dropFirst(most) }
            return Array(letters.prefix(most))
        }
    }

    var isFinished: Bool { letters.withLock(\.isEmpty) }
}

/// Remembers the records, and runs an action at a given moment.
final class Ledger: DeliveryRecorder {
    private struct State {
        var outcomes: [SubscriberID: Outcome] = [:]
        var handed: Set<SubscriberID> = []
        var handedTwice: [SubscriberID] = []
        var trigger: (accepted: Int, handed: Int, act: @Sendable () throws -> Void)?
    }

    private let count: Int
    private let state = Mutex(State())

    init(count: Int = 0) { self.count = count }

    func after(accepted: Int = .max, handed: Int = .max, _ act: @escaping @Sendable () throws -> Void) {
        state.withLock { $0.trigger = (accepted, handed, act) }
    }

    func record(settled: [(SubscriberID, Outcome)], handed: [SubscriberID]) throws {
        let act = state.withLock { state -> (@Sendable () throws -> Void)? in
            for (id, outcome) in settled { state.outcomes[id] = outcome }
            for id in handed where !state.handed.insert(id).inserted { state.handedTwice.append(id) }
            guard let trigger = state.trigger,
                state.outcomes.count >= trigger.accepted || state.handed.count >= trigger.handed
            else { return nil }
            state.trigger = nil
            return trigger.act
        }
        try act?()
    }

    var handedTwice: [SubscriberID] { state.withLock { $0.handedTwice } }

    func outcome(_ index: Int) -> Outcome? {
        state.withLock { $0.outcomes[SubscriberID(high: 0, low: UInt64(index))] }
    }

    /// The state of each message, in order.
    var states: [DeliveryState] {
        state.withLock { state in
            (0..<count).map { index in
                let id = SubscriberID(high: 0, low: UInt64(index))
                return state.outcomes[id]?.state ?? (state.handed.contains(id) ? .handed : .owed)
            }
        }
    }
}

extension Submission.Ending {
    var isFinished: Bool { if case .finished = self { true } else { false } }
    var isStopped: Bool { if case .stopped = self { true } else { false } }
    var isUnreachable: Bool { if case .unreachable = self { true } else { false } }
}
