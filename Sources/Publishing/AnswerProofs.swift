import Bulletin
import Foundation
import Logging
import Mail
import Records
import Seals
import Settings
import Synchronization
import Transport

/// Sends the proofs that editors asked for: an issue as it stands, to one address, marked as a proof and counted nowhere.
/// Editors may not read the relay's password, so the daemon does it for them.
struct AnswerProofs: Sendable {
    private let office: Office
    private let log: Logger

    init(_ office: Office, log: Logger) { (self.office, self.log) = (office, log) }

    func callAsFunction(at now: Date) async {
        do {
            for request in try office.folder.proofs.waiting() {
                let answer = await answer(request, at: now)
                try office.folder.proofs.settle(request, answer)
                log.notice("proof of issue \(request.issue): \(answer)")
            }
        } catch {
            log.error("cannot read what proofs are asked for: \(error)")
        }
    }

    /// What became of it, in words; `sent` where the relay took it.
    private func answer(_ request: ProofRequest, at now: Date) async -> String {
        do {
            guard let editions = try Preview(office).editions(of: request.issue, at: now) else {
                return "there is no issue \(request.issue) to come"
            }
            let stencil = try Stencil(
                editions: editions, masthead: office.masthead, dispatch: Dispatch(request.issue), date: now,
                seals: office.folder.seals(), proof: true)
            let id = SubscriberID(high: 0, low: 0)
            let reader = Subscriber(id: id, status: .active, since: now, address: request.to)
            guard let letter = stencil.envelope(for: reader) else { return "no address" }
            return try await send(letter)
        } catch {
            return "\(error)"
        }
    }

    private func send(_ letter: Envelope) async throws -> String {
        let queue = LetterQueue(capacity: 1)
        _ = queue.put(letter)
        queue.finish()
        let outcomes = LastOutcome()
        let relays = try office.configuration.relays()
        switch await Submission(relays: relays, source: queue, recorder: outcomes).run() {
        case .finished, .stopped:
            guard let outcome = outcomes.outcome else { return "not sent" }
            return outcome.state == .accepted
                ? "sent" : "the relay answered: \(outcome.reply.code) \(outcome.reply.text)"
        case .unreachable(let reason), .authRefused(let reason), .tlsRefused(let reason): return reason
        case .recorderFailed(let error): throw error
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
