import Bulletin
import Planning
import SMTP
import Settings
import Synchronization

/// Sends single letters, such as proofs and words to the editors, through the relays that issues go through.
struct PostLetter: Sendable {
    /// What became of a letter.
    enum Answer: Hashable, Sendable {
        case accepted
        /// Not ever, with the relay's words.
        case refused(String)
        /// Not now, and why.
        case failed(String)
    }

    private let context: PublishingContext

    init(_ context: PublishingContext) { self.context = context }

    /// Throws where the relay's secrets cannot be read.
    func callAsFunction(_ letter: OutgoingMessage) async throws -> Answer {
        let queue = MessageQueue(capacity: 1)
        _ = queue.put(letter)
        queue.finish()
        let outcomes = LastOutcome()
        let submission = Submission(
            relays: try context.configuration.relays(), traffic: context.traffic, priority: .single, source: queue,
            recorder: outcomes)
        switch await submission.run() {
        case .finished, .stopped: return Self.answer(outcomes.outcome?.cuttingOut(letter.recipient))
        case .unreachable(let reason), .authRefused(let reason), .tlsRefused(let reason), .ourFault(let reason):
            return .failed(reason)
        case .recorderFailed(let error, _): throw error
        }
    }

    private static func answer(_ outcome: Outcome?) -> Answer {
        guard let outcome else { return .failed("not sent") }
        let words = "the relay answered: \(outcome.reply.code) \(outcome.reply.text)"
        switch outcome.state {
        case .accepted: return .accepted
        case .refused: return .refused(words)
        default: return .failed(words)
        }
    }
}

/// Remembers how one letter fared.
private final class LastOutcome: DeliveryRecorder {
    private let last = Mutex<Outcome?>(nil)

    var outcome: Outcome? { last.withLock { $0 } }

    func record(settled: [(SubscriberID, Outcome)], handed: [SubscriberID]) throws {
        if let (_, outcome) = settled.last { last.withLock { $0 = outcome } }
    }
}
