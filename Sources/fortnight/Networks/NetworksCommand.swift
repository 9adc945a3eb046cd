import ArgumentParser
import Bulletin
import Editing
import Foundation
import Publishing
import Records

struct NetworksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "networks", abstract: "Networks that meet by a rule, and are announced by themselves.",
        subcommands: [
            NetworksListCommand.self, NetworksShowCommand.self, NetworksAddCommand.self, NetworksEditCommand.self,
            NetworksRemoveCommand.self, MoveDateCommand.self, CancelDateCommand.self, RestoreDateCommand.self,
        ],
        defaultSubcommand: NetworksListCommand.self)
}

struct NetworksListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the networks.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() throws {
        let place = try CommandContext(common)
        let (networks, damaged) = try place.folder.networks.list()
        for fault in damaged { Terminal.warn(fault.description) }
        let report = NetworkReport(place)
        if listing.json { return networks.forEach { print(report.line($0)) } }
        guard !networks.isEmpty else {
            return print("There is no network yet. Add one: fortnight networks add --help")
        }
        for network in networks { report.list(network) }
    }
}

struct NetworksShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a network and its next meetings.")
    @OptionGroup var naming: NetworkArgument
    @Option(help: "How many meetings to show.") var count = 6
    @OptionGroup var listing: ListingOptions

    func validate() throws {
        guard (1...200).contains(count) else { throw ValidationError("--count is a number from 1 to 200.") }
    }

    func run() throws {
        let place = try CommandContext(naming.common)
        let network = try naming.network(in: place)
        try NetworkReport(place).show(network, count: count, json: listing.json)
    }
}

struct NetworksAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a network and the rule of its meetings.",
        discussion: """
            fortnight networks add forum --name "Older People's Forum" \\
              --every month --on "second Tuesday" --at 10:00 --ends 11:30 \\
              --place-name "The hall" --place-access "Step-free" \\
              --taking-part-phone "0161 496 0456"
            """)
    @OptionGroup var naming: NetworkArgument
    @OptionGroup var options: NetworkOptions

    func run() throws {
        let place = try CommandContext(naming.common)
        let slug = naming.slug
        guard Network.isSlug(slug) else {
            throw ValidationError(
                "\(Terminal.safe(slug)) is no short name; write it in lower-case letters, digits and hyphens, as gm-co-production."
            )
        }
        guard try place.folder.networks.network(slug) == nil else {
            throw CommandFailure("there is a network \(slug) already: change it with fortnight networks edit \(slug)")
        }
        let network = try options.network(slug, zone: place.zone, now: place.now)
        try NetworkReport(place).check(network)
        let closed = try ClosedIssues(place.context)
        try place.folder.networks.put(network)
        let report = NetworkReport(place)
        print(
            "Added network \(Terminal.styled(slug, .bold)): \(Terminal.safe(network.name)), \(report.words(network)).")
        try report.sayNext(network)
        try place.tell(closed)
    }
}

struct NetworksEditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Change a network; what is not given stays as it is.")
    @OptionGroup var naming: NetworkArgument
    @OptionGroup var options: NetworkOptions

    func run() throws {
        let place = try CommandContext(naming.common)
        let old = try naming.network(in: place)
        let closed = try ClosedIssues(place.context)
        let report = NetworkReport(place)
        var lost: [Network.Exception] = []
        let changed = try place.folder.networks.change(naming.slug) { network in
            let before = network
            try options.fill(&network, now: place.now)
            if (network.rule, network.starts, network.zone) != (before.rule, before.starts, before.zone) {
                lost = network.keepChangedDates(at: place.now)
            }
            network.noteChange(since: before, at: place.now)
            try report.check(network)
        }
        guard let changed else { throw NetworkArgument.missing(naming.slug) }
        print(
            "\(changed == old ? "Nothing changed in" : "Changed") network \(changed.slug): \(Terminal.safe(changed.name)), \(report.words(changed))."
        )
        for exception in lost {
            report.sayLost(exception, "as the network meets now, there is none on either day")
        }
        try report.sayNext(changed)
        try report.sayToldOtherwise(old, now: changed)
        try place.tell(closed)
    }
}

struct NetworksRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a network: its meetings are announced no more.")
    @OptionGroup var naming: NetworkArgument

    func run() throws {
        let place = try CommandContext(naming.common)
        let closed = try ClosedIssues(place.context)
        guard let removed = try place.folder.networks.remove(naming.slug) else {
            throw NetworkArgument.missing(naming.slug)
        }
        print("Removed network \(removed.slug): \(Terminal.safe(removed.name)). Its meetings are announced no more.")
        let report = NetworkReport(place)
        for exception in removed.exceptions where removed.isAhead(exception, of: place.now) {
            report.sayLost(exception, "no issue will tell of it any more")
        }
        try report.sayToldOtherwise(removed, now: nil)
        try place.tell(closed)
    }
}

struct NetworkArgument: ParsableArguments {
    @Argument(help: "The network's short name: gm-co-production.") var slug: String
    @OptionGroup var common: CommonOptions

    func network(in place: CommandContext) throws -> Network {
        guard let network = try place.folder.networks.network(slug) else { throw Self.missing(slug) }
        return network
    }

    static func missing(_ slug: String) -> CommandFailure {
        CommandFailure("there is no network \(Terminal.safe(slug)): fortnight networks list shows what there is")
    }
}
