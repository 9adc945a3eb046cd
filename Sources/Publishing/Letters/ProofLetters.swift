package import Bulletin
import Editing
package import Foundation
package import Logging
import Mail
package import Planning
package import Records

/// Proofs that editors asked for: an issue as it stands, to one address, marked as a proof and counted nowhere. Editors may
/// not read the relay's password, so the daemon sends them, and says in the request how it went. A proof is not tried twice:
/// the editor who waits for it asks again.
package struct ProofLetters: OwedLetters {
    package static let kind = "proofs"
    package static let isRetried = false

    package var context: PublishingContext

    package init(_ context: PublishingContext) { self.context = context }

    package func owed(at now: Date) throws -> [ProofRequest] { try context.folder.proofs.waiting() }

    package func message(_ request: ProofRequest, at now: Date) throws -> OutgoingMessage? {
        guard let editions = try Preview(context).editions(of: request.issue, at: now) else {
            throw NoSuchIssue(issue: request.issue)
        }
        let template = try MessageTemplate(
            editions: editions, masthead: context.masthead, mailing: Mailing(request.issue), date: now,
            tokenKeys: context.folder.tokenKeys(), proof: true, signer: context.signer)
        let reader = Subscriber(
            id: SubscriberID(high: 0, low: 0), status: .active, since: now, address: request.to)
        return try template.outgoing(for: reader, at: now)
    }

    package func settle(_ ended: [(owed: ProofRequest, outcome: LetterOutcome)], at now: Date) throws {
        for (request, outcome) in ended { try context.folder.proofs.settle(request, Self.answer(outcome)) }
    }

    package func report(_ request: ProofRequest, _ outcome: LetterOutcome, to log: Logger) {
        log.notice("proof of issue \(request.issue): \(Self.answer(outcome))")
    }

    /// `sent`, or why it was not.
    private static func answer(_ outcome: LetterOutcome) -> String {
        switch outcome {
        case .accepted: "sent"
        case .refused(let words), .failed(let words): words
        case .moot: "no address"
        }
    }
}

/// A proof was asked for of an issue that is not to come.
private struct NoSuchIssue: Error, CustomStringConvertible {
    let issue: IssueNumber

    var description: String { "there is no issue \(issue) to come" }
}
