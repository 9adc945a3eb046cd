package import Bulletin
internal import Foundation
internal import Journal

extension StateFolder {
    /// The dispatches that have a ledger, in order.
    package func dispatchesWithLedger() throws -> [Mailing] {
        guard try disk.status(at: path + "/deliveries") != nil else { return [] }
        return try disk.list(path + "/deliveries").compactMap { name in
            name.hasSuffix(".jsonl") ? Mailing(String(name.dropLast(6))) : nil
        }
    }

    /// Reads every line of a ledger: the audience stands first, every change begins at the state that the last one left,
    /// whoever is settled stays settled, nobody has a line beyond the audience's number, the running totals agree, and
    /// what is sent owes nobody anything.
    package func auditLedger(_ mailing: Mailing) throws -> [AuditFinding] {
        let files = ledgerFiles(mailing)
        // Before the ledger: a daemon may go on writing meanwhile.
        let isSent = try issues.status(of: mailing)?.state == .sent
        let mendTotals = AuditFinding.Mend.repair(
            .totals(name: mailing.description), "puts them aside; they are counted anew")
        let totals: DeliveryTotals?
        do { totals = try files.totals.read() } catch let fault as DocumentFault { return [fault.finding(mendTotals)] }
        var (journal, reader) = (files.journal, LedgerReader(checkpoint: totals?.end))
        do {
            try journal.catchUp(&reader)
        } catch {
            if case .unknownVersion(_, let found, let known) = error, found > known.version {
                return [AuditFinding(files.path, "cannot be read: \(error)", mend: AuditFinding.byNewer)]
            }
            return [AuditFinding(files.path, "cannot be read: \(error)", mend: AuditFinding.fromBackup)]
        }
        let mend = AuditFinding.Mend.repair(
            .ledger(name: mailing.description),
            "writes it anew without what cannot be right; who then has no outcome is unknown")
        var findings = AuditFinding.damagedLines(journal.damage, mend: mend)
        findings += reader.faults.map { AuditFinding(files.path, "line \($0.line) \($0.why)", mend: mend) }
        guard let audience = reader.audience else {
            if journal.lineCount > 1 {
                findings.append(
                    AuditFinding(files.path, "does not say who its audience is", mend: AuditFinding.fromBackup))
            }
            return findings
        }
        let named = reader.states.count + reader.gone
        if named > audience {
            findings.append(
                AuditFinding(
                    files.path, "has deliveries to \(named) people, and an audience of \(audience)",
                    mend: AuditFinding.fromBackup))
        }
        if findings.isEmpty, let totals, totals.counts != reader.counts(at: totals.end, of: journal.end) {
            findings.append(AuditFinding(files.totals.path, "does not agree with the ledger", mend: mendTotals))
        }
        let open = max(0, audience - named) + reader.states.values.count { !$0.isSettled }
        if isSent, open > 0 {
            findings.append(
                AuditFinding(
                    files.path, "leaves \(open) deliveries open, and \(mailing.inWords) is marked as sent",
                    mend: .byHand("see fortnight deliveries \(mailing.argument) --who owed, and write to those people")
                ))
        }
        return findings
    }
}

/// Follows every delivery by what the lines say.
struct LedgerReader: JournalReader {
    private(set) var audience: Int?
    package private(set) var gone = 0
    private(set) var states: [SubscriberID: DeliveryState] = [:]
    private(set) var faults: [(line: Int, why: String)] = []
    private var line = 1
    /// A place in the file, and how all stood there.
    private let checkpoint: Int?
    private var atCheckpoint: DeliveryCounts?

    init(checkpoint: Int? = nil) { self.checkpoint = checkpoint }

    /// How all stand behind the line that ends there; nil where none does.
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
            return "says that the delivery to \(change.id) was \(change.was.rawValue), and it was \(was.rawValue)"
        }
        return nil
    }
}
