import ArgumentParser
import Bulletin
import Foundation
import Settings

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The configuration file.", valueName: "file"))
    var config: String?

    /// The configuration, read anew. What is wrong with it ends the command, a line for each fault.
    func configuration() throws -> Configuration {
        let configuration = try Configuration.load(path: config, environment: ProcessInfo.processInfo.environment)
        for warning in configuration.warnings { Terminal.warn(warning) }
        return configuration
    }
}

/// What listings take besides.
struct ListingOptions: ParsableArguments {
    @Flag(name: .long, help: "Write JSON: a line for each row, or one object for a summary.")
    var json = false
}

/// A command that failed, with what to tell the person, a line for each thing.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension ItemID {
    /// As an argument; what is none is said, with the remedy.
    static func argument(_ text: String) throws -> ItemID {
        guard let id = ItemID(text) else {
            throw ValidationError(
                "\(Terminal.safe(text)) is not the id of an item, which has six letters and digits: see fortnight items."
            )
        }
        return id
    }
}

extension IssueNumber {
    static func argument(_ number: Int) throws -> IssueNumber {
        guard (1...999_999).contains(number) else {
            throw ValidationError("\(number) is not the number of an issue: see fortnight issues.")
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
            "\(Terminal.safe(text)) is not the number of an issue, as 24, or of a correction, as 24-c1: see fortnight issues."
        )
    }
}
