import ArgumentParser
import Bulletin
import Foundation
import Settings

/// The options of every command.
struct CommonOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String?

    /// Reads the configuration. Throws its faults, a line for each.
    func configuration() throws -> Configuration {
        let configuration = try Configuration.load(path: config, environment: ProcessInfo.processInfo.environment)
        for warning in configuration.warnings { Terminal.warn(warning) }
        return configuration
    }
}

/// The option of commands that list or show something.
struct ListingOptions: ParsableArguments {
    @Flag(name: .long, help: "Print JSON, one object on each line.")
    var json = false
}

/// A command that failed, with a message for the person at the terminal.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension ItemID {
    /// Reads an argument. Throws where it is no id, with the remedy.
    static func argument(_ text: String) throws -> ItemID {
        guard let id = ItemID(text) else {
            throw ValidationError(
                "\(Terminal.safe(text)) is not the id of an item, which has six letters and digits: fortnight items lists them."
            )
        }
        return id
    }
}

extension IssueNumber {
    static func argument(_ number: Int) throws -> IssueNumber {
        guard (1...999_999).contains(number) else {
            throw ValidationError("\(number) is not the number of an issue: fortnight issues lists them.")
        }
        return IssueNumber(number)
    }
}

extension Mailing {
    /// `24`, `0024`, or `24-c1` for its first correction.
    static func argument(_ text: String) throws -> Mailing {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        if let number = Int(digits), number > 0, number <= 999_999,
            let mailing = Mailing(IssueNumber(number).padded + text.dropFirst(digits.count))
        {
            return mailing
        }
        throw ValidationError(
            "\(Terminal.safe(text)) is not the number of an issue, such as 24, or of a correction, such as 24-c1: fortnight issues lists them."
        )
    }
}
