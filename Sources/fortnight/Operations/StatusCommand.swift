import ArgumentParser
import Basics
import Bulletin
import Foundation
import Operations
import Planning
import Records
import Settings

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the daemon's state, and anything that needs action.",
        discussion: """
            Every account that may read the configuration may ask. The command always exits with 0: monitoring should ask \
            /ready, or read --json.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() throws {
        let place: CommandContext
        do {
            place = try CommandContext(common, making: false)
        } catch let fault as ConfigurationFault {
            Self.sayDaemon(beside: fault)
            throw fault
        }
        let report = StatusReport(place.context, at: place.now)
        if listing.json { try StatusRow(report).printJSON() } else { show(report, place) }
    }

    /// A daemon that refused this configuration keeps its old one.
    private static func sayDaemon(beside fault: ConfigurationFault) {
        guard let path = fault.state, let status = try? StateFolder(path: path).status(),
            DaemonLock.isHeld(by: status.pid)
        else { return }
        Terminal.warn(
            "the daemon (process \(status.pid)) keeps its old configuration, since this one has faults:"
        )
    }

    // MARK: In words

    private func show(_ report: StatusReport, _ place: CommandContext) {
        print(Terminal.styled(Terminal.safe(report.name), .bold) + "\n")
        showDaemon(report)
        if let issues = report.issues { showIssues(issues, place) }
        print("")
        showStores(report)
        print("")
        showWarnings(report.warnings)
    }

    private func showDaemon(_ report: StatusReport) {
        let zone = report.zone
        func time(_ date: Date?, before word: String = "") -> String {
            date.map { "\(word)\($0.inWords(in: zone))" } ?? ""
        }
        switch report.daemon {
        case .running(let since, let pid):
            field("Daemon", "running\(time(since, before: " since ")) (process \(pid))", style: .green)
        case .silent(let since, let pid):
            field(
                "Daemon", "hangs: no sign of life\(time(since, before: " since ")) (process \(pid))",
                style: .red)
        case .stuck(let since, let pid):
            field("Daemon", "hangs: no progress\(time(since, before: " since ")) (process \(pid))", style: .red)
        case .stopped(let last):
            field("Daemon", "not running" + time(last, before: "; last seen on "), style: .red)
        case .elsewhere(let host, let last):
            field(
                "Daemon",
                "not on this machine; one ran on \(Terminal.safe(host))\(time(last, before: ", last seen on "))",
                style: .yellow)
        case .unknown: field("Daemon", "unknown: see below", style: .yellow)
        }
        guard report.isRunning, let status = report.status else { return }
        if status.sending.isEmpty { field("Doing", Terminal.safe(status.doing)) }
        for sending in status.sending { field("Doing", Self.words(sending)) }
        if let web = status.web { field("Pages", "served at http://\(web)/") }
        if let operations = status.operationsAddress { field("Operations", "http://\(operations)/") }
    }

    /// `issue 24: 1,203 of 5,000 sent; refused 3, deferred 12`
    private static func words(_ sending: DaemonStatus.Sending) -> String {
        let counts = sending.counts
        let name = Mailing(sending.mailing)?.inWords ?? Terminal.safe(sending.mailing)
        let more = [DeliveryState.refused, .deferred, .unknown].filter { counts[$0] > 0 }
            .map { "\($0.rawValue) \(counts[$0].grouped)" }
        return "\(name): \(Progress.bar(counts.settled, of: counts.total, width: 20)) "
            + "\(counts.accepted.grouped) of \(counts.total.grouped) sent"
            + (more.isEmpty ? "" : "; " + more.joined(separator: ", "))
    }

    private func showIssues(_ issues: Briefing, _ place: CommandContext) {
        print("")
        if let row = issues.open {
            field(
                "Next deadline",
                "\(row.closes.inWords(in: place.zone)), \(place.left(until: row.closes)) (issue \(row.number))")
        }
        for row in issues.waiting { field("Issue \(row.number)", place.status(row)) }
        if let row = issues.open {
            field(
                "Issue \(row.number)",
                "open, \(Listing.count(row.items.count, "item")); goes out \(row.sends.inWords(in: place.zone))")
        }
        if let last = issues.last {
            let figures = last.counts.map { "; \(Listing.figures($0))" } ?? ""
            field("Last issue", "\(last.number), sent \((last.sentAt ?? last.sends).inWords(in: place.zone))\(figures)")
        } else {
            field("Last issue", "none has been sent yet")
        }
    }

    private func showStores(_ report: StatusReport) {
        if let people = report.status?.subscribers {
            let words = SubscriberStatus.allCases.compactMap { status in
                people[status.rawValue].flatMap { $0 > 0 ? "\($0.grouped) \(status.rawValue)" : nil }
            }
            field("Subscribers", words.isEmpty ? "none yet" : words.joined(separator: ", "))
        }
        if let waiting = report.status?.lettersWaiting, waiting > 0 {
            field("Letters", "\(Listing.count(waiting, "confirmation or goodbye")) waiting for the relay")
        }
        field("Mailbox", mailbox(report.mailbox, report))
        let stores = report.stores.filter { $0.bytes > 0 && $0.name != "." }.sorted { $0.bytes > $1.bytes }
        if !stores.isEmpty {
            field("Stores", stores.map { "\($0.name) \(ByteWords.of($0.bytes))" }.joined(separator: ", "))
        }
        if let room = report.room { field("Free", "\(ByteWords.of(room.freeBytes)) on the state folder's disk") }
    }

    private func mailbox(_ mailbox: MailboxReading, _ report: StatusReport) -> String {
        guard mailbox.isConfigured else { return "none configured: bounces are not read" }
        guard let time = mailbox.lastSuccess else { return "not read yet" }
        let ago = max(0, report.now.timeIntervalSince(time)).leftInWords
        return "read \(ago) ago"
    }

    private func showWarnings(_ warnings: [StatusReport.Warning]) {
        guard !warnings.isEmpty else { return print(Terminal.styled("✓ No action needed.", .green)) }
        print(Terminal.styled("Action needed", .bold))
        for warning in warnings {
            Listing.lines("! " + Terminal.safe(warning.what), indent: 2, style: .yellow)
            if let remedy = warning.remedy { Listing.lines(Terminal.safe(remedy), indent: 4) }
        }
    }

    private func field(_ name: String, _ text: String, style: Terminal.Style? = nil) {
        let lines = TerminalText.wrapped(text, to: Listing.width - 15)
        for (index, line) in lines.enumerated() {
            print(
                TerminalText.fitted(index == 0 ? name : "", to: 15) + (style.map { Terminal.styled(line, $0) } ?? line))
        }
    }
}
