import ArgumentParser
import Basics
import Bulletin
import Foundation
import Records

struct DeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "Show the deliveries of an issue or a correction, and resolve unknown ones.",
        usage: """
            fortnight deliveries <number> [--watch] [--who <state>] [--json]
            fortnight deliveries resolve <number> --resend|--accepted
            """,
        subcommands: [DeliveriesShowCommand.self, DeliveriesResolveCommand.self],
        defaultSubcommand: DeliveriesShowCommand.self)
}

struct DeliveriesShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the deliveries of an issue or a correction.")

    @Argument(help: ArgumentHelp("The issue's number; 24-c1 for its first correction.", valueName: "number"))
    var name: String
    @Flag(help: "Follow the progress until the issue is sent.") var watch = false
    @Option(
        help: ArgumentHelp(
            "List the subscribers whose delivery is in this state: accepted, refused, deferred, …", valueName: "state"))
    var who: DeliveryState?
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() async throws {
        let mailing = try Mailing.argument(name)
        if let who { return try DeliveryListing(SubscriberListAccess(common), json: listing.json).list(who, mailing) }
        let place = try CommandContext(common)
        if watch { return try await follow(mailing, place) }
        let counts = try place.folder.deliveryCounts(mailing)
        if listing.json { try MailingCounts(mailing, counts).printJSON() } else { print(words(counts, mailing)) }
    }

    private func words(_ counts: DeliveryCounts, _ mailing: Mailing) -> String {
        guard counts.total > 0 else { return "Nothing of \(mailing.inWords) has been sent yet." }
        return DeliveryState.allCases.filter { counts[$0] > 0 }
            .map { "\(counts[$0].grouped) \($0.rawValue)" }.joined(separator: ", ")
    }

    // MARK: Watching

    private func follow(_ mailing: Mailing, _ place: CommandContext) async throws {
        var last = ""
        while true {
            let status = try place.folder.issues.status(of: mailing)
            let counts = try place.folder.deliveryCounts(mailing)
            show(counts, mailing, &last)
            switch status?.state {
            case .sent, .skipped, .held:
                finish(last)
                if let state = status?.state, state != .sent {
                    throw CommandFailure(
                        "\(mailing.inWords) is \(state.rawValue)" + (status?.reason.map { ": \($0)" } ?? ""))
                }
                return print(
                    "\(mailing.inWords.prefix(1).uppercased() + mailing.inWords.dropFirst()) is sent: \(words(counts, mailing))."
                )
            default: break
            }
            if place.daemonRuns == false, status?.state != .sending {
                finish(last)
                throw CommandFailure("no daemon is running here: start fortnightd")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private func show(_ counts: DeliveryCounts, _ mailing: Mailing, _ last: inout String) {
        let settled = counts.accepted + counts.refused + counts.skipped
        let text =
            "\(mailing.inWords)  \(Progress.bar(settled, of: counts.total, width: 30))  "
            + (counts.total == 0
                ? "not begun"
                : "\(settled.grouped) of \(counts.total.grouped)  \(words(counts, mailing))")
        guard text != last else { return }
        last = text
        if Terminal.isInteractive {
            FileHandle.standardOutput.write(Data("\r\u{1B}[K\(text.prefix(Terminal.width - 1))".utf8))
        } else {
            print(text)
        }
    }

    private func finish(_ last: String) {
        if Terminal.isInteractive, !last.isEmpty { print() }
    }
}

/// The deliveries of an issue or a correction by state, in JSON.
private struct MailingCounts: Encodable {
    let mailing: Mailing
    let counts: DeliveryCountsRow

    init(_ mailing: Mailing, _ counts: DeliveryCounts) {
        (self.mailing, self.counts) = (mailing, DeliveryCountsRow(counts: counts))
    }

    private enum Key: CodingKey { case issue, correction }

    func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(mailing.issue.value, forKey: .issue)
        try box.encodeIfPresent(mailing.correction, forKey: .correction)
        try counts.encode(to: encoder)
    }
}

/// Counts of deliveries by state, in JSON: `{"owed":0,…}`.
struct DeliveryCountsRow: Encodable {
    let counts: DeliveryCounts

    func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: FieldName.self)
        for state in DeliveryState.allCases { try box.encode(counts[state], forKey: FieldName(state.rawValue)) }
    }
}

extension DeliveryState: ExpressibleByArgument {}
