package import Bulletin
package import Planning
import Records

/// Asks the daemon, which may read the relay's password, to mail an issue as it stands to one address.
package struct RequestProof: Sendable {
    private let context: PublishingContext
    private let name: String

    /// Durable on return.
    package init(_ context: PublishingContext, of number: IssueNumber, to address: EmailAddress) throws {
        self.context = context
        name = try context.folder.proofs.ask(for: number, to: address)
    }

    /// The daemon's answer, `sent` where the relay took the proof; nil until there is one. Once it is given, the request is
    /// gone.
    package func answer() throws -> String? {
        guard let answer = try context.folder.proofs.request(name)?.answer else { return nil }
        try context.folder.proofs.remove(name)
        return answer
    }
}
