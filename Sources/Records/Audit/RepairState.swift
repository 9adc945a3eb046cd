import Basics
import Bulletin
package import Foundation
internal import Journal

extension StateFolder {
    /// Makes one repair, and returns a sentence about it. The original stays beside the file, as
    /// `NAME.before-repair-TIME`. Call only when nothing else is working on the folder.
    package func repair(_ repair: AuditFinding.Repair, at now: Date) throws -> String {
        switch repair {
        case .subscriberList: return try repairSubscriberList(at: now)
        case .ledger(let name): return try repairLedger(try mailing(name), at: now)
        case .totals(let name): return try setAside(ledgerFiles(try mailing(name)).totals.path, at: now)
        case .journal(let path, let format, let version):
            guard let known = KnownJournal.all.first(where: { $0.format == JournalFormat(format, version: version) })
            else {
                preconditionFailure("\(path) was found damaged, and so read")
            }
            return try repairJournal(path, known, at: now)
        case .status(let number): return try repairIssueStatus(IssueNumber(number), at: now)
        case .setAside(let path): return try setAside(path, at: now)
        case .leftover(let path):
            try JSONDocument.removeLeftovers(in: disk.folder(of: path), disk: disk)
            return "\(path) was removed"
        }
    }

    private func mailing(_ name: String) throws -> Mailing {
        guard let mailing = Mailing(name) else { preconditionFailure("\(name) was found in deliveries") }
        return mailing
    }

    private func beside(_ path: String, at now: Date) -> String {
        let time = now.stamp.prefix(19).filter { $0 != "-" && $0 != ":" }
        return "\(path).before-repair-\(time)Z"
    }

    private func setAside(_ path: String, at now: Date) throws -> String {
        let kept = beside(path, at: now)
        try disk.rename(path, to: kept)
        try disk.syncFolder(disk.folder(of: path))
        return "\(path) was set aside as \(kept)"
    }

    /// A copy, durable on return.
    func keepOriginal(_ path: String, at now: Date) throws -> String {
        let kept = beside(path, at: now)
        let original = try disk.open(path, .reading, permissions: 0)
        let status = try disk.status(of: original)
        let copy = try disk.open(kept, .making, permissions: status.permissions)
        try disk.truncate(copy, to: 0)
        var done = 0
        while true {
            let piece = try disk.bytes(of: original, at: done, count: min(1 << 20, status.size - done))
            guard !piece.isEmpty else { break }
            try disk.write(copy, piece, at: done)
            done += piece.count
        }
        try disk.sync(copy)
        try disk.syncFolder(disk.folder(of: path))
        return kept
    }

    private func repairJournal(_ path: String, _ known: KnownJournal, at now: Date) throws -> String {
        let status = try disk.status(at: path)
        let kept = try keepOriginal(path, at: now)
        var journal = LineJournal(path, format: known.format, permissions: status?.permissions ?? 0o600, disk: disk)
        var reader = JournalValues<Void> { known.reads($0) ? () : nil }
        try journal.exclusively(&reader) { journal, reader in
            try journal.rewrite(&reader) { copy, journal, _ in
                try journal.eachLine { line, _ in if known.reads(line) { try copy.add(line: line) } }
            }
        }
        return "\(path) was rewritten without the damaged lines; the original is \(kept)"
    }

    private func repairIssueStatus(_ number: IssueNumber, at now: Date) throws -> String {
        let file = issues.path(number) + "/state.json"
        let decided = try decisions.all().count { $0.issue == number }
        let mailing = Mailing(number)
        if (try? issues.status(number)) != nil {
            let kept = try keepOriginal(file, at: now)
            let change = try issues.apply(.decisionsLost(left: decided), to: mailing, at: now)
            return "\(file) now counts \(change.status?.decided ?? 0) decisions as taken; the original is \(kept)"
        }
        let aside = try setAside(file, at: now)
        let counts = try deliveryCounts(mailing)
        let isBegun = counts.total > 0
        let lost = IssueEvent.stateLost(
            isBegun ? counts : nil, lastDelivery: isBegun ? try lastDelivery(mailing) : nil, decided: decided)
        let change = try issues.apply(lost, to: mailing, at: now)
        if isBegun { _ = try? issues.fix(number) }
        return "\(aside); issue \(number) is \(change.status?.state.rawValue ?? "open")"
    }
}
