import ArgumentParser
import Bulletin
import Editing
import Foundation
import Records

struct NetworksCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "networks", abstract: "Manage networks, whose regular meetings are announced automatically.",
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
        if listing.json { return try networks.forEach { try NetworkRow($0, at: place.now).printJSON() } }
        guard !networks.isEmpty else {
            return print("There are no networks yet. Add one: fortnight networks add --help")
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
        guard (1...200).contains(count) else { throw ValidationError("--count takes a number from 1 to 200.") }
    }

    func run() throws {
        let place = try CommandContext(naming.common)
        let network = try naming.network(in: place)
        if listing.json { return try NetworkRow(network, count: count, at: place.now).printJSON() }
        try NetworkReport(place).show(network, count: count)
    }
}

struct NetworksAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a network, with the rule of its meetings.",
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
                "\(Terminal.safe(slug)) cannot be a short name: use small letters, digits and hyphens, such as gm-co-production."
            )
        }
        let network = try options.network(slug, zone: place.zone, now: place.now)
        try NetworkReport(place).say(KeepNetwork(place.context, at: place.now).add(network), did: "Added")
    }
}

struct NetworksEditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Change a network; fields without an option stay as they are.")
    @OptionGroup var naming: NetworkArgument
    @OptionGroup var options: NetworkOptions

    func run() throws {
        let place = try CommandContext(naming.common)
        let changed = try KeepNetwork(place.context, at: place.now).edit(naming.slug) { network in
            try options.fill(&network, now: place.now)
        }
        try NetworkReport(place).say(changed, did: changed.isChanged ? "Changed" : "Nothing changed in")
    }
}

struct NetworksRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a network, so that its meetings are no longer announced.")
    @OptionGroup var naming: NetworkArgument

    func run() throws {
        let place = try CommandContext(naming.common)
        let removed = try KeepNetwork(place.context, at: place.now).remove(naming.slug)
        let network = removed.network
        print("Removed network \(network.slug): \(Terminal.safe(network.name)). Its meetings are no longer announced.")
        let report = NetworkReport(place)
        report.sayLost(removed.lost, "no further issue will mention it")
        report.sayStale(removed.contradicted)
        place.tell(removed.reprints)
    }
}

struct NetworkArgument: ParsableArguments {
    @Argument(help: "The network's short name: gm-co-production.") var slug: String
    @OptionGroup var common: CommonOptions

    func network(in place: CommandContext) throws -> Network {
        guard let network = try place.folder.networks.network(slug) else {
            throw NetworkFault.missing(Terminal.safe(slug))
        }
        return network
    }
}
