import Basics
import Bulletin
import Editing
import Foundation
import Logging
import Mail
import Planning
import Records
import Settings

/// Sends the proofs that editors asked for: an issue as it stands, to one address, marked as a proof and counted nowhere.
/// Editors may not read the relay's password, so the daemon does it for them.
struct AnswerProofs {
    /// What it works with from the next call on.
    var context: PublishingContext
    private let log: Logger
    /// What became of those whose answer could not be written down yet, by name: none of them is sent again.
    private var untold: [String: String] = [:]
    /// When to look again after a failure.
    private var nextLook = ContinuousClock.now

    init(_ context: PublishingContext, log: Logger) { (self.context, self.log) = (context, log) }

    mutating func callAsFunction(at now: Date) async {
        guard ContinuousClock.now >= nextLook else { return }
        do {
            for request in try context.folder.proofs.waiting() {
                let answer: String
                if let known = untold[request.name] {
                    answer = known
                } else {
                    answer = await self.answer(request, at: now)
                }
                untold[request.name] = answer
                try context.folder.proofs.settle(request, answer)
                untold[request.name] = nil
                log.notice("proof of issue \(request.issue): \(answer)")
            }
        } catch {
            nextLook = .now + .seconds(10)
            log.error("cannot answer who asked for a proof: \(error)")
        }
    }

    /// What became of it, in words; `sent` where the relay took it.
    private func answer(_ request: ProofRequest, at now: Date) async -> String {
        do {
            guard let editions = try Preview(context).editions(of: request.issue, at: now) else {
                return "there is no issue \(request.issue) to come"
            }
            let template = try MessageTemplate(
                editions: editions, masthead: context.masthead, mailing: Mailing(request.issue), date: now,
                tokenKeys: context.folder.tokenKeys(), proof: true, signer: context.signer)
            let id = SubscriberID(high: 0, low: 0)
            let reader = Subscriber(id: id, status: .active, since: now, address: request.to)
            guard let letter = try template.outgoing(for: reader, at: now) else { return "no address" }
            switch try await PostLetter(context)(letter) {
            case .accepted: return "sent"
            case .refused(let words), .failed(let words): return words
            }
        } catch {
            return "\(error)"
        }
    }
}
