import ArgumentParser

@main
struct Fortnight: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fortnight",
        abstract: "Publishes an eBulletin every two weeks.",
        discussion: """
            Editors queue events, meetings and notices; the daemon fortnightd closes each issue at its copy deadline, \
            composes it, and sends it to every subscriber.
            """,
        version: "0.1.0",
        subcommands: [SummaryCommand.self, InitCommand.self, ScheduleCommand.self],
        groupedSubcommands: [
            CommandGroup(
                name: "Editors",
                subcommands: [
                    AddCommand.self, ItemsCommand.self, ShowCommand.self, EditCommand.self, CancelCommand.self,
                    RemoveCommand.self, ImportCommand.self,
                    NetworksCommand.self, CheckCommand.self, PreviewCommand.self, IssuesCommand.self, IssueCommand.self,
                ]),
            CommandGroup(name: "Who keeps the roll", subcommands: [SubscribersCommand.self]),
            CommandGroup(
                name: "Operators",
                subcommands: [
                    StatusCommand.self, DoctorCommand.self, DeliveriesCommand.self, ReturnsCommand.self,
                    BackupCommand.self,
                    RestoreCommand.self, VerifyCommand.self, DKIMCommand.self,
                ]),
        ],
        defaultSubcommand: SummaryCommand.self)

    /// What may follow `fortnight`.
    static var commandNames: [String] {
        (configuration.subcommands + configuration.groupedSubcommands.flatMap(\.subcommands))
            .compactMap { $0.configuration.commandName }
    }
}
