import Basics
package import Bulletin
internal import Foundation
internal import Journal

/// A proof that an editor asked for: an issue as it stands, by mail to one address.
package struct ProofRequest: Hashable, Sendable, Identifiable {
    package let name: String
    package var id: String { name }
    package let issue: IssueNumber
    package let to: EmailAddress
    /// What became of it; nil while it waits.
    package var answer: String?
}

/// An issue as somebody last looked at it, so that the next look can say what has changed since.
package struct LastProof: Hashable, Sendable, Codable {
    package let issue: Issue
    /// The text part of the mail.
    package let text: String
    package let by: String
    /// When, as RFC 3339.
    package let at: String

    package init(issue: Issue, text: String, by: String, at: String) {
        (self.issue, self.text, self.by, self.at) = (issue, text, by, at)
    }
}

/// Requests for proofs, `editorial/proofs/NAME.json`: editors write them, the daemon answers.
package struct ProofStore: Sendable {
    private let folder: String
    private let disk: any Disk

    init(folder: String, disk: any Disk) { (self.folder, self.disk) = (folder, disk) }

    private struct Written: Codable {
        let issue: IssueNumber
        let to: EmailAddress
        var answer: String?
    }

    /// Asks for a proof; the name by which its answer is found. Durable on return.
    package func ask(for issue: IssueNumber, to address: EmailAddress) throws -> String {
        var generator = SystemRandomNumberGenerator()
        let name = Base32.encode((0..<10).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
        try document(name).write(Written(issue: issue, to: address))
        return name
    }

    /// Those without an answer.
    package func waiting() throws -> [ProofRequest] {
        try documentNames(in: folder, disk: disk).compactMap { try request($0) }.filter { $0.answer == nil }
    }

    /// Nil where there is none of that name.
    package func request(_ name: String) throws -> ProofRequest? {
        guard let written = try document(name).read() else { return nil }
        return ProofRequest(name: name, issue: written.issue, to: written.to, answer: written.answer)
    }

    package func settle(_ request: ProofRequest, _ answer: String) throws {
        try document(request.name).write(Written(issue: request.issue, to: request.to, answer: answer))
    }

    package func remove(_ name: String) throws { try document(name).remove() }

    // MARK: What was last shown

    /// The issue as it was last previewed or sent as a proof; nil where it never was.
    package func last(_ number: IssueNumber) throws -> LastProof? { try shown(number).read() }

    /// Durable on return: `editorial/proofs/last/0024.json`.
    package func keep(_ proof: LastProof) throws { try shown(proof.issue.number).write(proof) }

    private func shown(_ number: IssueNumber) -> StoredDocument<LastProof> {
        StoredDocument("\(folder)/last/\(number.padded).json", permissions: 0o660, version: 1, disk: disk)
    }

    private func document(_ name: String) -> StoredDocument<Written> {
        StoredDocument("\(folder)/\(name).json", permissions: 0o660, disk: disk)
    }
}

extension StateFolder {
    package var proofs: ProofStore { ProofStore(folder: path + "/editorial/proofs", disk: disk) }
}
