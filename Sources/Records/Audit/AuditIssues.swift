import Bulletin
internal import Foundation
internal import Journal

extension StateFolder {
    /// Every closed or past issue: its documents can be read, its editions match the hash that sending began with, and
    /// no more decisions are recorded as taken than exist.
    package func auditIssues() throws -> [AuditFinding] {
        guard try disk.status(at: path + "/issues") != nil else { return [] }
        let decided = Dictionary(grouping: try decisions.all(), by: \.issue).mapValues(\.count)
        var findings: [AuditFinding] = []
        for number in try issues.list() {
            findings += try auditIssue(number, decided: decided[number] ?? 0)
        }
        return findings
    }

    private func auditIssue(_ number: IssueNumber, decided: Int) throws -> [AuditFinding] {
        var findings: [AuditFinding] = []
        func look(_ remedy: AuditFinding.Remedy = AuditFinding.fromBackup, _ body: () throws -> Void) throws {
            do { try body() } catch let fault as DocumentFault {
                findings.append(fault.finding(remedy))
            } catch let fault as EditionFault {
                findings.append(AuditFinding(issues.path(number), "\(fault)", remedy: AuditFinding.fromBackup))
            }
        }
        let repairStatus = AuditFinding.Remedy.repair(
            .status(issue: number.value), "holds the issue until a person releases or skips it")
        try look(repairStatus) {
            guard let status = try issues.status(number) else { return }
            if status.decided > decided {
                findings.append(
                    AuditFinding(
                        issues.path(number) + "/state.json",
                        "counts \(status.decided) decisions as taken, but there are \(decided): later ones would be ignored",
                        remedy: repairStatus))
            }
            if try issues.issue(number) == nil, status.state != .skipped {
                findings.append(
                    AuditFinding(issues.path(number) + "/issue.json", "is missing", remedy: AuditFinding.fromBackup))
            }
        }
        try look { _ = try issues.issue(number) }
        try look(.nothing) { _ = try issues.editions(number) }
        try look {
            for (correction, _) in try issues.corrections(of: number) {
                _ = try issues.correctionMail(Mailing(number, correction: correction.number))
            }
        }
        return findings
    }

    /// The editors' items, and all other documents and journals: each can be read as its kind.
    package func auditDocuments() throws -> [AuditFinding] {
        let byHand = AuditFinding.Remedy.byHand("correct it with an editor, or restore it from a backup")
        var findings: [AuditFinding] = []
        if try disk.status(at: path + "/editorial/items") != nil {
            findings += try queue.list().damaged.map { $0.finding(byHand) }
            findings += try networks.list().damaged.map { $0.finding(byHand) }
            findings += try imports.list().damaged.map { $0.finding(byHand) }
            findings += try auditPictures()
        }
        findings += try auditFiles()
        return findings
    }

    private func auditPictures() throws -> [AuditFinding] {
        try queue.list().items.compactMap { item in
            guard let name = item.picture?.file, try pictures.content(of: name) == nil else { return nil }
            return AuditFinding(
                path + "/editorial/pictures/\(name)", "is missing, but item \(item.id) uses it",
                remedy: .byHand("add it again: fortnight edit \(item.id)"))
        }
    }

    /// Files by their names alone: JSON files are JSON, journals begin with a header and have one object a line, and no
    /// leftovers of killed writers remain.
    private func auditFiles() throws -> [AuditFinding] {
        var findings: [AuditFinding] = []
        try eachFile { file in
            let name = file.split(separator: "/").last.map(String.init) ?? file
            let full = "\(path)/\(file)"
            let folder = file.split(separator: "/").dropLast().last
            if folder == "pictures", PictureStore.isName(name) {
                if let content = try disk.content(of: full), !PictureStore.isName(name, of: content) {
                    findings.append(
                        AuditFinding(full, "does not match the hash in its name", remedy: AuditFinding.fromBackup))
                }
            } else if name.hasPrefix("."), name.hasSuffix(".tmp") {
                findings.append(
                    AuditFinding(
                        full, "is a leftover of a program that was killed", .note,
                        remedy: .repair(.leftover(path: full), "removes it")))
            } else if name.hasSuffix(".json"), let content = try disk.content(of: full),
                (try? JSONSerialization.jsonObject(with: Data(content), options: .fragmentsAllowed)) == nil
            {
                findings.append(AuditFinding(full, "is not JSON", remedy: Self.remedy(for: file, full)))
            } else if name.hasSuffix(".jsonl"), !Self.auditedElsewhere.contains(where: file.hasPrefix) {
                findings += try auditJournal(full)
            }
        }
        return findings
    }

    private static let auditedElsewhere = ["subscriptions/", "deliveries/"]

    /// Files that are rewritten or read again can be set aside.
    private static func remedy(for file: String, _ full: String) -> AuditFinding.Remedy {
        let dispensable = ["told.json", "standing.json", "returns/mailbox.json"]
        if dispensable.contains(file) || file.hasPrefix("editorial/proofs/") || file.hasPrefix("outbox/") {
            return .repair(.setAside(path: full), "sets it aside; it is rewritten")
        }
        if file.hasPrefix("issues/"), file.hasSuffix("/state.json") {
            // The audit of issues reports it, with its own remedy.
            return .nothing
        }
        return fromBackup
    }

    private static let fromBackup = AuditFinding.fromBackup

    private func auditJournal(_ file: String) throws -> [AuditFinding] {
        guard let start = try disk.content(of: file)?.prefix(while: { $0 != UInt8(ascii: "\n") }), !start.isEmpty else {
            return []
        }
        guard let header = try? JSONDecoder().decode(JournalHeader.self, from: Data(start)) else {
            return [
                AuditFinding(file, "does not begin with a line that names its format", remedy: AuditFinding.fromBackup)
            ]
        }
        guard let known = KnownJournal.all.first(where: { $0.format.name == header.format }) else {
            return [
                AuditFinding(
                    file, "has an unknown format, \(header.format)", remedy: AuditFinding.byNewer)
            ]
        }
        guard known.format.version == header.version else {
            return [
                AuditFinding(
                    file,
                    "is written in version \(header.version), and this program knows version "
                        + "\(known.format.version)", remedy: AuditFinding.byNewer)
            ]
        }
        var journal = LineJournal(file, format: known.format, permissions: 0o600, disk: disk)
        var reader = JournalValues<Void> { known.reads($0) ? () : nil }
        try journal.catchUp(&reader)
        return AuditFinding.damagedLines(
            journal.damage,
            remedy: .repair(
                .journal(path: file, format: header.format, version: header.version), "leaves the line out"))
    }

    private struct JournalHeader: Decodable {
        let format: String
        let version: Int
    }

    /// Every file below, by its path from the top, folders in order of name.
    package func eachFile(_ body: (String) throws -> Void) throws {
        func walk(_ folder: String) throws {
            for name in try disk.list(folder.isEmpty ? path : "\(path)/\(folder)") {
                let inner = folder.isEmpty ? name : "\(folder)/\(name)"
                guard let status = try disk.status(at: "\(path)/\(inner)") else { continue }
                if status.isFolder { try walk(inner) } else { try body(inner) }
            }
        }
        try walk("")
    }
}
