import ArgumentParser
import Basics
import Bulletin
import Editing
import Foundation
import Intake
import Planning

struct MoveDateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move-date", abstract: "Move one meeting to another day or time.",
        discussion:
            "fortnight networks move-date gm-co-production 2027-03-04 \"2027-03-09 14:00\" --why \"The hall is let.\"")
    @OptionGroup var naming: NetworkArgument
    @Argument(help: "The day of the meeting.") var old: String
    @Argument(help: "Its new day, with a time if that changes too.") var new: String
    @OptionGroup var why: ReasonOption

    func run() throws {
        let meeting = try NamedMeeting(naming, old)
        let (day, time) = try meeting.newTime(new)
        try meeting.say(meeting.change.move(naming.slug, meeting.day, to: day, at: time, why: why.why))
    }
}

struct CancelDateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel-date", abstract: "Call off one meeting; readers are told.")
    @OptionGroup var naming: NetworkArgument
    @Argument(help: "The day of the meeting.") var date: String
    @OptionGroup var why: ReasonOption

    func run() throws {
        let meeting = try NamedMeeting(naming, date)
        try meeting.say(meeting.change.cancel(naming.slug, meeting.day, why: why.why))
    }
}

struct RestoreDateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore-date", abstract: "Restore a moved or called-off meeting to its regular time.")
    @OptionGroup var naming: NetworkArgument
    @Argument(help: "The day of the meeting.") var date: String

    func run() throws {
        let meeting = try NamedMeeting(naming, date)
        try meeting.say(meeting.change.restore(naming.slug, meeting.day))
    }
}

/// A meeting as a command names it, by its network and its day.
private struct NamedMeeting {
    let day: LocalDate
    private let clock: WrittenTime
    private let place: CommandContext

    init(_ naming: NetworkArgument, _ text: String) throws {
        place = try CommandContext(naming.common)
        clock = WrittenTime(now: place.now, zone: try naming.network(in: place).zone)
        if let time = LocalDateTime(text) {
            day = time.date
        } else {
            do { day = try clock.day(text) } catch { throw ValidationError("\(Terminal.safe(error.message)).") }
        }
    }

    var change: ChangeMeeting { ChangeMeeting(place.context, at: place.now, by: CommandContext.person) }

    /// A day, and a time where one is given.
    func newTime(_ text: String) throws -> (LocalDate, LocalTime?) {
        if let day = LocalDate(text) { return (day, nil) }
        do {
            let (local, note) = try clock.time(text)
            if let note { Terminal.warn(note) }
            return (local.date, local.time)
        } catch { throw ValidationError("\(Terminal.safe(error.message)).") }
    }

    func say(_ changed: MeetingChange) {
        let (name, meeting) = (Terminal.safe(changed.network.name), changed.meeting)
        switch meeting.change {
        case .cancelled: print("Called off: \(name) on \(meeting.starts.inWords).")
        case .moved(let from, _): print("Moved: \(name) from \(from.inWords) to \(meeting.starts.inWords).")
        case nil: print("Restored: \(name) on \(meeting.starts.inWords).")
        }
        switch changed.told {
        case .issue(let number, let sends):
            print("Readers are told in issue \(number), on \(sends.inWords(in: place.zone)).")
        case .beforeNextIssue(let sends):
            print(
                "It begins before the next issue goes out, on \(sends.inWords(in: place.zone)): tell its people yourself."
            )
        case .later: print("Readers are told in the last issues before it, which are still far ahead.")
        }
        if let (issue, item) = changed.contradicts {
            print("Readers of issue \(issue) were told otherwise. To tell them at once:")
            print("  fortnight issue correct \(issue) --item \(item)")
        }
        place.tell(changed.reprints)
    }
}
