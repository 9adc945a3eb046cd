import ArgumentParser
import Bulletin
import Foundation
import Publishing
import Records

struct IssueHoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Keep an issue from going out, or stop it, until it is released.")
    @OptionGroup var deciding: DecidingOptions
    @OptionGroup var why: ReasonOption

    func run() throws {
        try deciding.decide(.hold(reason: why.why), fits: [.open, .closed, .sending], words: "is held")
    }
}

struct IssueReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Let an issue go out, now if its time has come.")
    @OptionGroup var deciding: DecidingOptions

    func run() throws { try deciding.decide(.release, fits: [.open, .closed, .held], words: "is released") }
}

struct IssueSkipCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip", abstract: "Do not publish an issue; its items go back to the queue.")
    @OptionGroup var deciding: DecidingOptions
    @OptionGroup var why: ReasonOption

    func run() throws {
        try deciding.decide(.skip(reason: why.why), fits: [.open, .closed, .held], words: "is skipped")
    }
}

struct IssueSendNowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-now", abstract: "Close the next issue and send it now, whatever its time.")
    @OptionGroup var deciding: DecidingOptions

    func run() throws {
        try deciding.decide(.sendNow, fits: [.open, .closed, .held], words: "is sent now", lowestOnly: true)
    }
}

struct ReasonOption: ParsableArguments {
    @Option(help: "Why, for those who wonder later.") var why: String?
}

/// Writes a decision down, for the daemon to act on within a second.
struct DecidingOptions: ParsableArguments {
    @Argument(help: "The issue's number.") var number: Int
    @OptionGroup var common: CommonOptions

    func decide(
        _ kind: Decision.Kind, fits states: [IssueState], words: String, lowestOnly: Bool = false
    ) throws {
        let number = try IssueNumber.argument(number)
        let place = try Workplace(common)
        let outlook = try Outlook(place.office)
        guard let row = try outlook.row(number, at: place.now) else {
            throw CommandFailure("there is no issue \(number): fortnight issues lists what there is")
        }
        guard states.contains(row.state) else {
            throw CommandFailure("issue \(number) is \(row.state.rawValue): it cannot be changed that way any more")
        }
        if lowestOnly, let lowest = try outlook.lowestUnsent(at: place.now), lowest != number {
            throw CommandFailure("issue \(lowest) comes before issue \(number): send or skip that one first")
        }
        if case .skip = kind, try place.folder.issues.standing(number)?.editionsHash != nil {
            throw CommandFailure("issue \(number) has gone out to some already: hold it, or release it to go on")
        }
        try place.folder.decisions.append(
            Decision(issue: number, kind: kind, at: place.now, by: Workplace.person))
        print("Issue \(number) \(words).")
        if case .release = kind, row.sends > place.now {
            print("It goes out on \(row.sends.inWords(in: place.zone)).")
        }
        if place.daemonRuns == false { print("No daemon is running here; it acts on this when it starts.") }
    }
}
