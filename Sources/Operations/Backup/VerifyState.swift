package import Foundation
package import Records

/// Reads everything there is and holds it against its formats and against every promise that can be checked afterwards.
/// Changes nothing; a daemon may go on working.
package struct VerifyState: Sendable {
    private let folder: StateFolder

    package struct Report: Sendable {
        package internal(set) var findings: [AuditFinding] = []
        package internal(set) var people = 0
        package internal(set) var issues = 0
        package internal(set) var ledgers = 0

        /// Whether anything is wrong, and not only odd.
        package var isWrong: Bool { findings.contains { $0.weight == .wrong } }
    }

    package init(_ folder: StateFolder) { self.folder = folder }

    package func callAsFunction() throws -> Report {
        var report = Report()
        report.findings += look("format.json") {
            _ = try folder.began()
            return []
        }
        var people = 0
        report.findings += look("subscriptions") {
            let audit = try folder.auditRoll(try folder.tokenKeys())
            people = audit.people
            return audit.findings
        }
        report.people = people
        report.findings += look("issues") { try folder.auditIssues() }
        report.issues = try folder.issues.list().count
        let dispatches = try folder.dispatchesWithLedger()
        for mailing in dispatches { report.findings += look("deliveries") { try folder.auditLedger(mailing) } }
        report.ledgers = dispatches.count
        report.findings += look("editorial") { try folder.auditDocuments() }
        return report
    }

    /// What one part cannot be read for does not hide the others.
    private func look(_ part: String, _ body: () throws -> [AuditFinding]) -> [AuditFinding] {
        do { return try body() } catch {
            return [
                AuditFinding("\(folder.path)/\(part)", "cannot be checked: \(error)", mend: .byHand("mend that first"))
            ]
        }
    }

    /// Puts right what can be put right, and says of each what was done. While it runs, no daemon can.
    package func repair(_ report: Report, at now: Date) throws -> [String] {
        let lock = try folder.holdDaemonLock(at: now)
        defer { withExtendedLifetime(lock) {} }
        var done: Set<AuditFinding.Repair> = []
        return try report.findings.compactMap { finding in
            guard case .repair(let repair, _) = finding.mend, done.insert(repair).inserted else { return nil }
            return try folder.repair(repair, at: now)
        }
    }
}
