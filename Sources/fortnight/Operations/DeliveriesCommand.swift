import ArgumentParser
import Basics
import Bulletin
import Foundation
import Records

struct DeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "Show how the deliveries of an issue, or of a correction, stand; settle those that are unknown.",
        usage: """
            fortnight deliveries <number> [--watch] [--who <state>] [--json]
            fortnight deliveries resolve <number> --resend|--accepted
            """,
        subcommands: [DeliveriesShowCommand.self, DeliveriesResolveCommand.self],
        defaultSubcommand: DeliveriesShowCommand.self)
}

struct DeliveriesShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show how the deliveries of an issue, or of a correction, stand.")

    @Argument(help: ArgumentHelp("The issue's number; 24-c1 for its first correction.", valueName: "number"))
    var name: String
    @Flag(help: "Keep showing it until the issue is sent.") var watch = false
    @Option(
        help: ArgumentHelp(
            "List the subscribers whose delivery stands so: accepted, refused, deferred, …", valueName: "state"))
    var who: DeliveryState?
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() async throws {
        let mailing = try Mailing.argument(name)
        if let who { return try DeliveryListing(SubscriberListAccess(common), json: listing.json).list(who, mailing) }
        let place = try CommandContext(common)
        if watch { return try await follow(mailing, place) }
        let counts = try place.folder.deliveryCounts(mailing)
        print(listing.json ? json(counts, mailing) : words(counts, mailing))
    }

    private func json(_ counts: DeliveryCounts, _ mailing: Mailing) -> String {
        let correction = mailing.correction.map { "\"correction\":\($0)," } ?? ""
        let fields = DeliveryState.allCases.map { "\"\($0.rawValue)\":\(counts[$0])" }
        return "{\"issue\":\(mailing.issue),\(correction)\(fields.joined(separator: ","))}"
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

extension DeliveryState: ExpressibleByArgument {}
