package import Bulletin
internal import Foundation
internal import Journal

extension StateFolder {
    /// The mailings that have a ledger, in order.
    package func mailingsWithLedger() throws -> [Mailing] {
        guard try disk.status(at: path + "/deliveries") != nil else { return [] }
        return try disk.list(path + "/deliveries").compactMap { name in
            name.hasSuffix(".jsonl") ? Mailing(String(name.dropLast(6))) : nil
        }
    }

    /// Reads every line of a ledger: the audience comes first, every change begins at the state that the last one left,
    /// a settled delivery stays settled, nobody beyond the audience's number has a line, the running totals agree, and
    /// a sent mailing has no open deliveries.
    package func auditLedger(_ mailing: Mailing) throws -> [AuditFinding] {
        let files = ledgerFiles(mailing)
        // Read before the ledger: a daemon may be writing to it.
        let isSent = try issues.status(of: mailing)?.state == .sent
        let repairTotals = AuditFinding.Remedy.repair(
            .totals(name: mailing.description), "sets them aside; they are counted again")
        let totals: DeliveryTotals?
        do {
            totals = try files.totals.read()
        } catch let fault as DocumentFault {
            return [fault.finding(repairTotals)]
        }
        var (journal, reader) = (files.journal, LedgerReader(checkpoint: totals?.end))
        do {
            try journal.catchUp(&reader)
        } catch {
            if case .unknownVersion(_, let found, let known) = error, found > known.version {
                return [AuditFinding(files.path, "cannot be read: \(error)", remedy: AuditFinding.byNewer)]
            }
            return [AuditFinding(files.path, "cannot be read: \(error)", remedy: AuditFinding.fromBackup)]
        }
        let remedy = AuditFinding.Remedy.repair(
            .ledger(name: mailing.description),
            "rewrites it without the lines that cannot be right; deliveries left without an outcome become unknown")
        var findings = AuditFinding.damagedLines(journal.damage, remedy: remedy)
        findings += reader.faults.map { AuditFinding(files.path, "line \($0.line) \($0.why)", remedy: remedy) }
        guard let audience = reader.audience else {
            if journal.lineCount > 1 {
                findings.append(
                    AuditFinding(files.path, "does not name its audience", remedy: AuditFinding.fromBackup))
            }
            return findings
        }
        let named = reader.states.count + reader.gone
        if named > audience {
            findings.append(
                AuditFinding(
                    files.path, "has deliveries to \(named) people, but an audience of \(audience)",
                    remedy: AuditFinding.fromBackup))
        }
        if findings.isEmpty, let totals, totals.counts != reader.counts(at: totals.end, of: journal.end) {
            findings.append(AuditFinding(files.totals.path, "does not agree with the ledger", remedy: repairTotals))
        }
        let open = max(0, audience - named) + reader.states.values.count { !$0.isSettled }
        if isSent, open > 0 {
            findings.append(
                AuditFinding(
                    files.path, "leaves \(open) deliveries open, but \(mailing.inWords) is marked as sent",
                    remedy: .byHand(
                        "see fortnight deliveries \(mailing.argument) --who owed, and write to those people")
                ))
        }
        return findings
    }
}

/// Follows every delivery through its lines.
struct LedgerReader: JournalReader {
    private(set) var audience: Int?
    package private(set) var gone = 0
    private(set) var states: [SubscriberID: DeliveryState] = [:]
    private(set) var faults: [(line: Int, why: String)] = []
    private var line = 1
    /// An offset in the file, and the counts at it.
    private let checkpoint: Int?
    private var atCheckpoint: DeliveryCounts?

    init(checkpoint: Int? = nil) { self.checkpoint = checkpoint }

    /// The counts after the line that ends there; nil if none does.
    func counts(at place: Int, of end: Int) -> DeliveryCounts? { place == end ? counts : atCheckpoint }

    private var counts: DeliveryCounts {
        var tallies = DeliveryTallies()
        tallies[.owed] = (audience ?? 0) - states.count - gone
        tallies[.skipped] = gone
        for state in states.values { tallies[state] += 1 }
        return tallies.counts
    }

    mutating func startAgain(size: Int) { self = LedgerReader(checkpoint: checkpoint) }

    mutating func take(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        line += 1
        if offset == checkpoint { atCheckpoint = counts }
        guard let read = LedgerLine(bytes) else { return false }
        switch read {
        case .audience(_, let count):
            if audience != nil { faults.append((line, "names a second audience")) } else { audience = count }
        case .gone(let count): gone += count
        case .delivery(let change):
            let was = states[change.id] ?? .owed
            if let why = Self.fault(in: change, was: was) {
                faults.append((line, why))
            }
            if !was.isSettled { states[change.id] = change.state }
        }
        return true
    }

    static func fault(in change: LedgerLine.Change, was: DeliveryState) -> String? {
        if was.isSettled { return "settles the delivery to \(change.id) again, which was \(was.rawValue)" }
        guard change.was == was else {
            return "says that the delivery to \(change.id) was \(change.was.rawValue), but it was \(was.rawValue)"
        }
        return nil
    }
}
