import ArgumentParser
import Bulletin
import Foundation
import Operations
import Records

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check every file of the state, and repair damage.",
        discussion: """
            Checks every file against its format, and the files against each other: each delivery of an issue is settled \
            once, each line of the subscriber list is sound, and each id belongs to its address. --repair repairs what it \
            can, and keeps the originals beside the repaired files; stop the daemon first.
            """)

    @Flag(help: "Repair the damage that can be repaired.") var repair = false
    @OptionGroup var listing: ListingOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let place = try CommandContext(common)
        let verify = VerifyState(place.folder)
        var report = try verify()
        if repair {
            let done = try verify.repair(report, at: place.now)
            if !done.isEmpty {
                report = try verify()
                if !listing.json { for words in done { print("Repaired: \(words).") } }
            }
        }
        if listing.json { try json(report) } else { words(report, in: place.folder.path) }
        if report.isWrong { throw ExitCode.failure }
    }

    private func json(_ report: VerifyState.Report) throws {
        for finding in report.findings {
            try AuditRow(
                path: finding.path, what: finding.what, weight: finding.weight.rawValue,
                remedy: Self.remedy(finding.remedy) ?? ""
            ).printJSON()
        }
    }

    private func words(_ report: VerifyState.Report, in folder: String) {
        for finding in report.findings {
            let isWrong = finding.weight == .wrong
            let path =
                finding.path.hasPrefix(folder + "/")
                ? String(finding.path.dropFirst(folder.utf8.count + 1)) : finding.path
            Listing.lines(
                "\(isWrong ? "wrong" : "note ")  \(Terminal.safe(path)) \(Terminal.safe(finding.what))", indent: 0,
                style: isWrong ? .red : .yellow)
            if let remedy = Self.remedy(finding.remedy) { Listing.lines("→ \(remedy)", indent: 7) }
        }
        let looked =
            "\(Listing.count(report.people, "subscriber")), "
            + "\(Listing.count(report.issues, "issue")), \(Listing.count(report.ledgers, "ledger"))"
        print(report.findings.isEmpty ? "Checked \(looked): no damage." : "Checked \(looked).")
    }

    private static func remedy(_ remedy: AuditFinding.Remedy) -> String? {
        switch remedy {
        case .repair(_, let what): "fortnight verify --repair \(what)"
        case .byHand(let what): what
        case .nothing: nil
        }
    }
}

/// A finding in JSON.
private struct AuditRow: Encodable {
    let path: String
    let what: String
    let weight: String
    let remedy: String
}
