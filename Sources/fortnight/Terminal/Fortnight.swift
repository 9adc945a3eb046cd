import ArgumentParser
import Foundation

@main
struct Fortnight: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fortnight",
        abstract: "Publish an eBulletin every two weeks.",
        discussion: """
            Editors queue events, meetings and notices. The daemon fortnightd closes each issue at its copy deadline, \
            composes it, and sends it to every subscriber.
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(
                name: "Editors",
                subcommands: [
                    SummaryCommand.self, ScheduleCommand.self, AddCommand.self, ItemsCommand.self, ShowCommand.self,
                    EditCommand.self, CancelCommand.self, RemoveCommand.self, ImportCommand.self, NetworksCommand.self,
                    CheckCommand.self, PreviewCommand.self, IssuesCommand.self, IssueCommand.self,
                ]),
            CommandGroup(name: "Subscribers", subcommands: [SubscribersCommand.self]),
            CommandGroup(
                name: "Operators",
                subcommands: [
                    InitCommand.self, StatusCommand.self, DoctorCommand.self, DeliveriesCommand.self,
                    ReturnsCommand.self, BackupCommand.self, RestoreCommand.self, VerifyCommand.self, DKIMCommand.self,
                ]),
        ],
        defaultSubcommand: SummaryCommand.self)

    /// As the library's own, except that an error in a command's use names the help of that command.
    static func main() async {
        do {
            var command = try parseAsRoot()
            do {
                if var waiting = command as? any AsyncParsableCommand {
                    try await waiting.run()
                } else {
                    try command.run()
                }
            } catch let misuse as ValidationError {
                FileHandle.standardError.write(Data("Error: \(misuse.message)\n  See '\(path) --help'.\n".utf8))
                Foundation.exit(ExitCode.validationFailure.rawValue)
            }
        } catch {
            exit(withError: error)
        }
    }

    /// The command that was called: `fortnight networks add`.
    private static var path: String {
        var (names, here) = (["fortnight"], Self.self as any ParsableCommand.Type)
        for word in CommandLine.arguments.dropFirst() {
            let below = here.configuration.subcommands + here.configuration.groupedSubcommands.flatMap(\.subcommands)
            guard let next = below.first(where: { $0._commandName == word }) else { break }
            (names, here) = (names + [word], next)
        }
        return names.joined(separator: " ")
    }

    /// The names of the commands.
    static var commandNames: [String] {
        (configuration.subcommands + configuration.groupedSubcommands.flatMap(\.subcommands))
            .compactMap { $0.configuration.commandName }
    }
}
