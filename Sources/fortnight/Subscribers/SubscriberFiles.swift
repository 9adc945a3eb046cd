import ArgumentParser
import Basics
import Bulletin
import Foundation
import Intake
import Records
import Subscriptions

struct SubscribersImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import subscribers from a CSV file.",
        discussion: """
            The first row names the columns, in any order: email, name, phone, post, medium, format, status, and \
            consent.how, consent.when, consent.wording, consent.by. Columns of other programs that say who left, such as \
            unsubscribed, bounced or blacklisted, are respected. Exports of Mailchimp, listmonk, phpList and Mailman 3 are \
            taken as they are, and so are our own, CSV and JSON. People who left stay gone; the same file again changes nothing.
            """)

    @Argument(help: "The CSV file; - reads standard input.") var file: String
    @Option(help: ArgumentHelp("The file to write rejected rows to.", valueName: "file")) var rejects: String?
    @Option(help: "How they agreed, where a row does not say.") var how = Consent.Way.import
    @Option(help: "The status of everybody in the file, such as unsubscribed for a file of those who left.")
    var status: SubscriberStatus?
    @Flag(help: "Show what would happen, and write nothing.") var dryRun = false
    @OptionGroup var common: CommonOptions

    func run() throws {
        if status == nil, URL(filePath: file).lastPathComponent.lowercased().hasPrefix("nonsubscribed") {
            throw CommandFailure(
                "\(file): by its name, Mailchimp's file of people who never subscribed; leave it out, or give their status "
                    + "with --status")
        }
        let keeper = try SubscriberListAccess(common)
        let input = InputFile(file)
        var rows: SubscriberRows
        do { rows = try SubscriberRows(input.chunks()) } catch let fault as CSVFault {
            throw CommandFailure("\(input.name): \(fault)")
        }
        for note in rows.notes { Terminal.warn("\(input.name): \(note)") }
        if let foreign = rows.foreign {
            print("Read as an export of \(foreign.system.rawValue).")
            if status == nil, let caution = foreign.caution { Terminal.warn(caution) }
        }
        var taking = ImportSubscribers(
            into: keeper.subscriberList, tokenKeys: keeper.tokenKeys, how: how, at: keeper.place.now, isDryRun: dryRun)
        var rejected = RejectsFile(
            rejects ?? (file == "-" ? "rejects.csv" : "\(file).rejects.csv"), header: rows.header)
        var progress = Progress("rows")
        do {
            while let row = try rows.next() {
                switch row {
                case .entry(var entry, _):
                    // A person who left by the file itself stays gone, whatever --status says.
                    if let status, status.isSuppression || entry.status?.isSuppression != true { entry.status = status }
                    try taking.take(entry)
                case .reject(let reason, let line, let fields):
                    taking.reject()
                    if dryRun {
                        Terminal.warn("line \(line): \(reason)")
                        continue
                    }
                    try rejected.write(line: line, reason: reason, fields: fields)
                }
                progress.step()
            }
        } catch let fault as CSVFault {
            try taking.finish()
            progress.end()
            throw CommandFailure("\(input.name): \(fault)\n\(Self.words(taking.tally))")
        }
        try taking.finish()
        progress.end()
        print((dryRun ? "Nothing was written. It would be: " : "") + Self.words(taking.tally))
        if taking.tally.withoutEvidence > 0 {
            Terminal.warn(
                "\(taking.tally.withoutEvidence) were added without a wording or a date of their consent; "
                    + "columns consent.wording and consent.when keep it, as evidence")
        }
        if taking.tally.rejected > 0, !dryRun { print("Rejected rows, with the reasons: \(rejected.path)") }
    }

    private static func words(_ tally: ImportSubscribers.Tally) -> String {
        var parts = ["\(tally.added) added"]
        if tally.known > 0 { parts.append("\(tally.known) there already") }
        if tally.suppressed > 0 { parts.append("\(tally.suppressed) who left stay unsubscribed") }
        if tally.noted > 0 {
            let taken = tally.taken > 0 ? " (\(tally.taken) of them got the bulletin until now)" : ""
            parts.append("\(tally.noted) noted as gone\(taken)")
        }
        if tally.rejected > 0 { parts.append("\(tally.rejected) not taken") }
        return parts.joined(separator: ", ") + "."
    }
}

/// Rows that could not be taken: line, reason, and the row as it was, to be mended and imported again.
private struct RejectsFile {
    let path: String
    private let header: [String]
    private var handle: FileHandle?

    init(_ path: String, header: [String]) { (self.path, self.header) = (path, header) }

    mutating func write(line: Int, reason: String, fields: [String]) throws {
        if handle == nil {
            guard
                FileManager.default.createFile(
                    atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
                let opened = FileHandle(forWritingAtPath: path)
            else { throw CommandFailure("cannot write \(path): name another file with --rejects") }
            handle = opened
            try opened.write(contentsOf: Data(CSVLine.text(["line", "reason"] + header).utf8))
        }
        let shown = Array(fields.prefix(header.count)).map { String($0.prefix(1000)) }
        try handle?.write(contentsOf: Data(CSVLine.text(["\(line)", reason] + shown).utf8))
    }
}

struct SubscribersExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Export all subscribers, in a form that import reads.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case csv, json }

    @Option(help: "csv or json.") var format = Format.csv
    @Option(help: ArgumentHelp("The file to write; standard output by default.", valueName: "file"))
    var output: String?
    @OptionGroup var common: CommonOptions

    private static let header = [
        "id", "address", "phone", "post", "name", "status", "statusSince", "reason", "pausedUntil", "format", "medium",
        "consent.basis", "consent.how", "consent.when", "consent.wording", "consent.by",
    ]

    func run() throws {
        let keeper = try SubscriberListAccess(common)
        var handle = FileHandle.standardOutput
        if let output {
            guard
                FileManager.default.createFile(
                    atPath: output, contents: nil, attributes: [.posixPermissions: 0o600]),
                let opened = FileHandle(forWritingAtPath: output)
            else { throw CommandFailure("cannot write \(output)") }
            handle = opened
        }
        var pending = format == .csv ? Array(CSVLine.text(Self.header).utf8) : []
        try keeper.subscriberList.walk(after: nil) { person in
            let line =
                try format == .csv
                ? CSVLine.text(Self.row(person)) : JSONRow(SubscriberListRow(person)).text + "\n"
            pending += line.utf8
            if pending.count > 1 << 16 {
                try handle.write(contentsOf: Data(pending))
                pending.removeAll(keepingCapacity: true)
            }
            return true
        }
        try handle.write(contentsOf: Data(pending))
    }

    private static func row(_ person: Subscriber) -> [String] {
        guard person.status != .forgotten else {
            return [person.id.description, "", "", "", "", person.status.rawValue, person.statusSince.stamp]
                + Array(repeating: "", count: 9)
        }
        let consent = person.consent
        return [
            person.id.description, person.address?.wire ?? "", person.phone?.description ?? "", person.post ?? "",
            person.name ?? "", person.status.rawValue, person.statusSince.stamp, person.reason ?? "",
            person.pausedUntil?.description ?? "", person.format.rawValue, person.medium.rawValue,
            consent?.basis.rawValue ?? "", consent?.how.rawValue ?? "", consent?.when?.rfc3339(in: .gmt) ?? "",
            consent?.wording ?? "", consent?.by ?? "",
        ]
    }
}
