import Foundation
import TestSupport

/// The commands of `fortnight` with their options, as the program itself has them.
struct CommandTree: Decodable {
    let commandName: String
    let defaultSubcommand: String?
    let subcommands: [CommandTree]?
    let arguments: [Argument]?

    struct Argument: Decodable {
        enum Kind: String, Decodable { case positional, option, flag }
        let kind: Kind
        let names: [Name]?
        let isOptional: Bool
        let isRepeating: Bool
        let shouldDisplay: Bool

        struct Name: Decodable {
            let kind: String
            let name: String
        }

        var longNames: [String] { (names ?? []).filter { $0.kind == "long" }.map { "--\($0.name)" } }
    }

    /// What the built program says.
    static func read() async throws -> CommandTree {
        struct Dump: Decodable { let command: CommandTree }
        let program = try Programs.ours("fortnight")
        let ending = try await ProgramRun.run(program, ["--experimental-dump-help"])
        guard ending.status == 0 else { throw ProgramRun.Fault.failed(program, ending) }
        return try JSONDecoder().decode(Dump.self, from: Data(ending.output.utf8)).command
    }

    private var below: [CommandTree] { (subcommands ?? []).filter { $0.commandName != "help" } }

    /// The options that every command has.
    static let common: Set<String> = ["--help", "--version", "--config", "--generate-completion-script"]

    var options: Set<String> {
        Set((arguments ?? []).filter { $0.shouldDisplay }.flatMap(\.longNames)).subtracting(Self.common)
    }

    /// Each command that does something, by the words one types: `issue hold`. `short` leaves out the name of a default
    /// command.
    func leaves(_ path: [String] = []) -> [(path: String, short: String, command: CommandTree)] {
        below.flatMap { command in
            let full = path + [command.commandName]
            guard command.below.isEmpty else { return command.leaves(full) }
            let short = command.commandName == defaultSubcommand ? path : full
            return [(full.joined(separator: " "), short.joined(separator: " "), command)]
        }
    }

    /// The reason why a command line after `fortnight` cannot be typed like this; nil where it can.
    func problem(in words: ArraySlice<String>, isWhole: Bool) -> String? {
        guard let word = words.first else {
            return isWhole && !below.isEmpty && defaultSubcommand == nil ? "it needs a subcommand" : missing(0, isWhole)
        }
        if let next = below.first(where: { $0.commandName == word }) {
            return next.problem(in: words.dropFirst(), isWhole: isWhole)
        }
        if let next = below.first(where: { $0.commandName == defaultSubcommand }) {
            return next.problem(in: words, isWhole: isWhole)
        }
        guard below.isEmpty else { return "there is no command \(word)" }
        return problem(inArguments: words, isWhole: isWhole)
    }

    private func problem(inArguments words: ArraySlice<String>, isWhole: Bool) -> String? {
        var words = words
        var positionals = 0
        while let word = words.popFirst() {
            guard word.hasPrefix("--") else {
                positionals += 1
                continue
            }
            let name = String(word.prefix { $0 != "=" })
            if name == "--help" { return nil }
            guard let option = (arguments ?? []).first(where: { $0.longNames.contains(name) }) else {
                return "there is no option \(name)"
            }
            if option.kind == .option, name == word { words = words.dropFirst() }
        }
        let places = (arguments ?? []).filter { $0.kind == .positional }
        if positionals > places.count, !places.contains(where: \.isRepeating) { return "it takes fewer words" }
        return missing(positionals, isWhole)
    }

    private func missing(_ given: Int, _ isWhole: Bool) -> String? {
        let needed = (arguments ?? []).filter { $0.kind == .positional && !$0.isOptional }.count
        return isWhole && below.isEmpty && given < needed ? "it needs \(needed) words" : nil
    }
}
