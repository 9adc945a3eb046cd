import Basics
package import Bulletin
internal import Foundation
internal import Journal

/// An editor's request for a proof: the issue as it stands, mailed to one address.
package struct ProofRequest: Hashable, Sendable, Identifiable {
    package let name: String
    package var id: String { name }
    package let issue: IssueNumber
    package let to: EmailAddress
    /// The result; nil while it waits.
    package var answer: String?
}

/// The issue as last shown, so that the next preview or proof can list the changes since.
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

    private struct StoredRequest: Codable {
        let issue: IssueNumber
        let to: EmailAddress
        var answer: String?
    }

    /// Asks for a proof, and returns the name of its answer. Durable on return.
    package func ask(for issue: IssueNumber, to address: EmailAddress) throws -> String {
        var generator = SystemRandomNumberGenerator()
        let name = Base32.encode((0..<10).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
        try document(name).write(StoredRequest(issue: issue, to: address))
        return name
    }

    /// Requests without an answer.
    package func waiting() throws -> [ProofRequest] {
        try documentNames(in: folder, disk: disk).compactMap { try request($0) }.filter { $0.answer == nil }
    }

    /// Nil if there is none of that name.
    package func request(_ name: String) throws -> ProofRequest? {
        guard let written = try document(name).read() else { return nil }
        return ProofRequest(name: name, issue: written.issue, to: written.to, answer: written.answer)
    }

    package func settle(_ request: ProofRequest, _ answer: String) throws {
        try document(request.name).write(StoredRequest(issue: request.issue, to: request.to, answer: answer))
    }

    package func remove(_ name: String) throws { try document(name).remove() }

    // MARK: The version last shown

    /// The issue as last previewed or sent as a proof; nil if it never was.
    package func last(_ number: IssueNumber) throws -> LastProof? { try shown(number).read() }

    /// Durable on return: `editorial/proofs/last/0024.json`.
    package func keep(_ proof: LastProof) throws { try shown(proof.issue.number).write(proof) }

    private func shown(_ number: IssueNumber) -> StoredDocument<LastProof> {
        StoredDocument("\(folder)/last/\(number.padded).json", permissions: 0o660, version: 1, disk: disk)
    }

    private func document(_ name: String) -> StoredDocument<StoredRequest> {
        StoredDocument("\(folder)/\(name).json", permissions: 0o660, disk: disk)
    }
}

extension StateFolder {
    package var proofs: ProofStore { ProofStore(folder: path + "/editorial/proofs", disk: disk) }
}
