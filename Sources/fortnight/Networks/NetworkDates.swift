import ArgumentParser
import Basics
import Bulletin
import Editing
import Foundation
import Intake
import Publishing
import Records

struct MoveDateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move-date", abstract: "Move one meeting to another day or time.",
        discussion:
            "fortnight networks move-date gm-co-production 2027-03-04 \"2027-03-09 14:00\" --why \"The hall is let.\"")
    @OptionGroup var naming: NetworkArgument
    @Argument(help: "The day of the meeting.") var old: String
    @Argument(help: "Its new day, with a time where that changes too.") var new: String
    @OptionGroup var why: ReasonOption

    func run() throws {
        try DateChange(naming, old, why.why).make { clock, network, date in
            .move(to: try DateChange.time(new, clock, keeping: network.meeting(date).starts.time))
        }
    }
}

struct CancelDateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel-date", abstract: "Call one meeting off; readers are told.")
    @OptionGroup var naming: NetworkArgument
    @Argument(help: "The day of the meeting.") var date: String
    @OptionGroup var why: ReasonOption

    func run() throws { try DateChange(naming, date, why.why).make { _, _, _ in .cancel } }
}

struct RestoreDateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore-date", abstract: "Let a moved or called-off meeting be as the rule has it again.")
    @OptionGroup var naming: NetworkArgument
    @Argument(help: "The day of the meeting.") var date: String

    func run() throws { try DateChange(naming, date, nil).make { _, _, _ in .restore } }
}

/// One meeting of a network, changed, and what follows from it for readers.
private struct DateChange {
    private let naming: NetworkArgument
    private let day: String
    private let why: String?

    init(_ naming: NetworkArgument, _ day: String, _ why: String?) {
        (self.naming, self.day, self.why) = (naming, day, why)
    }

    func make(_ change: (WrittenTime, Network, LocalDateTime) throws -> Network.Change) throws {
        let place = try CommandContext(naming.common)
        var date: LocalDateTime?
        let closed = try ClosedIssues(place.context)
        let changed = try place.folder.networks.change(naming.slug) { network in
            let clock = WrittenTime(now: place.now, zone: network.zone)
            let found = try network.ruleDate(of: Self.day(day, clock))
            date = found
            try network.change(
                found, change(clock, network, found), why: why, at: place.now, by: CommandContext.person)
        }
        guard let changed, let date else { throw NetworkArgument.missing(naming.slug) }
        say(changed, changed.meeting(date), place)
        try NetworkReport(place).sayWhoIsTold(changed, changed.meeting(date))
        try place.tell(closed)
    }

    private func say(_ network: Network, _ meeting: Network.Meeting, _ place: CommandContext) {
        let name = Terminal.safe(network.name)
        switch meeting.change {
        case .cancelled: print("Called off: \(name) on \(meeting.starts.inWords).")
        case .moved(let from, _): print("Moved: \(name) from \(from.inWords) to \(meeting.starts.inWords).")
        case nil: print("As the rule has it: \(name) on \(meeting.starts.inWords).")
        }
    }

    private static func day(_ text: String, _ clock: WrittenTime) throws -> LocalDate {
        if let time = LocalDateTime(text) { return time.date }
        do { return try clock.day(text) } catch { throw ValidationError("\(Terminal.safe(error.message)).") }
    }

    static func time(_ text: String, _ clock: WrittenTime, keeping time: LocalTime) throws -> LocalDateTime {
        if let day = LocalDate(text) { return LocalDateTime(day, time) }
        do {
            let (local, note) = try clock.time(text)
            if let note { Terminal.warn(note) }
            return local
        } catch { throw ValidationError("\(Terminal.safe(error.message)).") }
    }
}
