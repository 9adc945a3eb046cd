import ArgumentParser
import Bulletin
import Foundation
import Journal
import Operations
import Records

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check every file of the state, and mend what can be mended.",
        discussion: """
            Every file against its format, and every promise that can be checked: each member of an audience settled once, each \
            line of the roll sound, each id its address's own. With --repair, which needs the daemon stopped, what can be mended is \
            mended, and the original stays beside it.
            """)

    @Flag(help: "Mend what can be mended.") var repair = false
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
                if !listing.json { for words in done { print("Mended: \(words).") } }
            }
        }
        if listing.json { json(report) } else { words(report, in: place.folder.path) }
        if report.isWrong { throw ExitCode.failure }
    }

    private func json(_ report: VerifyState.Report) {
        for finding in report.findings {
            var line = JSONLine()
            line.line { line in
                line.field("path", finding.path)
                line.field("what", finding.what)
                line.field("weight", finding.weight.rawValue)
                line.field("remedy", Self.remedy(finding.remedy) ?? "")
            }
            print(line.text, terminator: "")
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
            "\(Listing.count(report.people, "person").replacing("persons", with: "people")) on the roll, "
            + "\(Listing.count(report.issues, "issue")), \(Listing.count(report.ledgers, "ledger"))"
        print(report.findings.isEmpty ? "Looked at \(looked): all is sound." : "Looked at \(looked).")
    }

    private static func remedy(_ remedy: AuditFinding.Remedy) -> String? {
        switch remedy {
        case .repair(_, let what): "fortnight verify --repair \(what)"
        case .byHand(let what): what
        case .nothing: nil
        }
    }
}
