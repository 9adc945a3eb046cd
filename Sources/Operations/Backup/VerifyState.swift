package import Foundation
package import Records

/// Checks everything in the state folder against its format and against every promise that can be checked afterwards.
/// Changes nothing; a daemon may be running.
package struct VerifyState: Sendable {
    private let folder: StateFolder

    package struct Report: Sendable {
        package internal(set) var findings: [AuditFinding] = []
        package internal(set) var people = 0
        package internal(set) var issues = 0
        package internal(set) var ledgers = 0

        /// Whether anything is wrong, rather than merely odd.
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
            let audit = try folder.auditSubscriberList(try folder.tokenKeys())
            people = audit.people
            return audit.findings
        }
        report.people = people
        report.findings += look("issues") { try folder.auditIssues() }
        report.issues = try folder.issues.list().count
        let dispatches = try folder.mailingsWithLedger()
        for mailing in dispatches { report.findings += look("deliveries") { try folder.auditLedger(mailing) } }
        report.ledgers = dispatches.count
        report.findings += look("editorial") { try folder.auditDocuments() }
        return report
    }

    /// A part that cannot be read does not hide the others.
    private func look(_ part: String, _ body: () throws -> [AuditFinding]) -> [AuditFinding] {
        do { return try body() } catch {
            return [
                AuditFinding(
                    "\(folder.path)/\(part)", "cannot be checked: \(error)", remedy: .byHand("correct that first"))
            ]
        }
    }

    /// Repairs everything that can be repaired, and returns a sentence about each. No daemon can run meanwhile.
    package func repair(_ report: Report, at now: Date) throws -> [String] {
        let lock = try folder.holdDaemonLock(at: now)
        defer { withExtendedLifetime(lock) {} }
        var done: Set<AuditFinding.Repair> = []
        return try report.findings.compactMap { finding in
            guard case .repair(let repair, _) = finding.remedy, done.insert(repair).inserted else { return nil }
            return try folder.repair(repair, at: now)
        }
    }
}
