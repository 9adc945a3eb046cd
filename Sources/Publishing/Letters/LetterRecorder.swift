import Bulletin
import Foundation
import Logging
import SMTP
import Synchronization

/// Settles letters as soon as the relay has answered, and remembers how the others fared. In a submission a letter is known
/// by its place: two letters to one person must not be taken for one.
final class LetterRecorder<Source: OwedLetters>: DeliveryRecorder {
    private struct Expected {
        let owed: Source.Owed
        let recipient: EmailAddress
        /// The relay's answer, where it has taken or refused nothing.
        var words: String?
    }

    private struct State {
        var expected: [SubscriberID: Expected] = [:]
        var count = 0
        var accepted = 0
        var refused = 0
    }

    private let source: Source
    private let log: Logger
    private let now: Date
    private let state = Mutex(State())

    init(_ source: Source, log: Logger, at now: Date) { (self.source, self.log, self.now) = (source, log, now) }

    var isWaiting: Bool { state.withLock { !$0.expected.isEmpty } }

    /// The message as it is to be handed over.
    func expect(_ owed: Source.Owed, _ message: OutgoingMessage) -> OutgoingMessage {
        state.withLock { state in
            let id = SubscriberID(high: 0, low: UInt64(state.count))
            state.count += 1
            state.expected[id] = Expected(owed: owed, recipient: message.recipient)
            return OutgoingMessage(
                id: id, sender: message.sender, recipient: message.recipient, data: message.data, size: message.size)
        }
    }

    func record(settled: [(SubscriberID, Outcome)], handed: [SubscriberID]) throws {
        let ended = ended(settled)
        if !ended.isEmpty { try source.settle(ended, at: now) }
        for (owed, outcome) in ended { source.report(owed, outcome, to: log) }
        state.withLock { state in
            for (id, outcome) in settled {
                switch outcome.state {
                case .accepted:
                    state.accepted += 1
                    state.expected[id] = nil
                case .refused:
                    state.refused += 1
                    state.expected[id] = nil
                default:
                    // Deferred or unknown: it is owed still, and has the same Message-ID when it goes out again.
                    if let expected = state.expected[id] {
                        state.expected[id]?.words = Self.words(outcome, expected.recipient)
                    }
                }
            }
        }
    }

    /// Those of them that the relay took, or refused for good.
    func ended(_ outcomes: [(SubscriberID, Outcome)]) -> [(owed: Source.Owed, outcome: LetterOutcome)] {
        state.withLock { state in
            outcomes.compactMap { id, outcome in
                guard let expected = state.expected[id] else { return nil }
                switch outcome.state {
                case .accepted: return (expected.owed, .accepted)
                case .refused: return (expected.owed, .refused(Self.words(outcome, expected.recipient)))
                default: return nil
                }
            }
        }
    }

    /// How many were to be sent.
    var count: Int { state.withLock { $0.count } }

    /// The letters without an outcome, and why: the relay's answer to each, else `reason`.
    func failed(_ reason: String?) -> [(owed: Source.Owed, why: String)] {
        pending { $0.words ?? reason ?? "not sent" }
    }

    /// The letters without an outcome that the relay answered.
    func answered() -> [(owed: Source.Owed, why: String)] { pending(\.words) }

    /// The letters that the relay was not asked about.
    func unanswered() -> [Source.Owed] { pending { $0.words == nil ? "" : nil }.map(\.owed) }

    private func pending(_ why: (Expected) -> String?) -> [(owed: Source.Owed, why: String)] {
        state.withLock { state in
            state.expected.sorted { $0.key < $1.key }.compactMap { _, expected in
                why(expected).map { (expected.owed, $0) }
            }
        }
    }

    /// How many went out, in the log.
    func say(_ kind: String) {
        let (accepted, refused) = state.withLock { ($0.accepted, $0.refused) }
        if accepted > 0 { log.notice("\(kind): \(accepted) sent") }
        if refused > 0 { log.info("\(kind): \(refused) refused") }
    }

    private static func words(_ outcome: Outcome, _ recipient: EmailAddress) -> String {
        let reply = outcome.cuttingOut(recipient).reply
        return "the relay answered: \(reply.code) \(reply.text)"
    }
}
