import ArgumentParser
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
        let dispatch = try Dispatch.argument(name)
        if let who { return try DeliveryListing(RollPlace(common), json: listing.json).list(who, dispatch) }
        let place = try Workplace(common)
        if watch { return try await follow(dispatch, place) }
        let counts = try place.folder.deliveryCounts(dispatch)
        print(listing.json ? json(counts, dispatch) : words(counts, dispatch))
    }

    private func json(_ counts: DeliveryCounts, _ dispatch: Dispatch) -> String {
        let correction = dispatch.correction.map { "\"correction\":\($0)," } ?? ""
        let fields = DeliveryState.allCases.map { "\"\($0.rawValue)\":\(counts[$0])" }
        return "{\"issue\":\(dispatch.issue),\(correction)\(fields.joined(separator: ","))}"
    }

    private func words(_ counts: DeliveryCounts, _ dispatch: Dispatch) -> String {
        guard counts.total > 0 else { return "Nothing of \(dispatch.inWords) has been sent yet." }
        return DeliveryState.allCases.filter { counts[$0] > 0 }
            .map { "\(counts[$0].grouped) \($0.rawValue)" }.joined(separator: ", ")
    }

    // MARK: Watching

    private func follow(_ dispatch: Dispatch, _ place: Workplace) async throws {
        var last = ""
        while true {
            let standing = try place.folder.issues.standing(of: dispatch)
            let counts = try place.folder.deliveryCounts(dispatch)
            show(counts, dispatch, &last)
            switch standing?.state {
            case .sent, .skipped, .held:
                finish(last)
                if let state = standing?.state, state != .sent {
                    throw CommandFailure(
                        "\(dispatch.inWords) is \(state.rawValue)" + (standing?.reason.map { ": \($0)" } ?? ""))
                }
                return print(
                    "\(dispatch.inWords.prefix(1).uppercased() + dispatch.inWords.dropFirst()) is sent: \(words(counts, dispatch))."
                )
            default: break
            }
            if place.daemonRuns == false, standing?.state != .sending {
                finish(last)
                throw CommandFailure("no daemon is running here: start fortnightd")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private func show(_ counts: DeliveryCounts, _ dispatch: Dispatch, _ last: inout String) {
        let settled = counts.accepted + counts.refused + counts.skipped
        let text =
            "\(dispatch.inWords)  \(Progress.bar(settled, of: counts.total, width: 30))  "
            + (counts.total == 0
                ? "not begun"
                : "\(settled.grouped) of \(counts.total.grouped)  \(words(counts, dispatch))")
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
