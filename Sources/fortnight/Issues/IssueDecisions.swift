import ArgumentParser
import Basics
import Bulletin
import Editing
import Foundation
import Intake
import Planning

struct IssueHoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Hold an issue back, or stop it on its way, until it is released.")
    @OptionGroup var deciding: DecidingOptions
    @OptionGroup var why: ReasonOption

    func run() throws {
        try deciding.decide(.hold(reason: why.why)) { seen, _ in
            switch seen.before.state {
            case .open: "will be held when it closes"
            case .sending: "is stopped"
            default: "is held"
            }
        }
    }
}

struct IssueReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Let an issue go out at its time, or now if it is overdue.")
    @OptionGroup var deciding: DecidingOptions

    func run() throws {
        try deciding.decide(.release) { seen, place in
            switch seen.after.state {
            case .open: return "will no longer be held"
            case .sending: return "is released, and continues"
            default:
                let sends = seen.after.sends
                return sends > place.now
                    ? "is released; it goes out on \(sends.inWords(in: place.zone))" : "is released, and goes out now"
            }
        }
    }
}

struct IssueSkipCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip", abstract: "Do not publish an issue; its items return to the queue.")
    @OptionGroup var deciding: DecidingOptions
    @OptionGroup var why: ReasonOption

    func run() throws {
        try deciding.decide(.skip(reason: why.why)) { seen, place in
            let next = try? IssueForecast(place.context).rows(at: place.now)
                .first { $0.state == .open && $0.number > seen.after.number }
            let goal = next.map { "issue \($0.number), on \($0.sends.inWords(in: place.zone))" } ?? "the next one"
            return "is skipped; its items go into \(goal), unless they are over by then"
        }
    }
}

struct IssueSendNowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-now", abstract: "Close the next issue and send it now, ahead of its time.")
    @OptionGroup var deciding: DecidingOptions

    func run() throws { try deciding.decide(.sendNow) { _, _ in "is sent now" } }
}

struct IssueMoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Send an issue at another time; if it is open, its copy deadline moves too.")
    @Option(help: ArgumentHelp("The new time, in the schedule's zone: 2027-03-25 10:00.", valueName: "time")) var to:
        String
    @OptionGroup var deciding: DecidingOptions

    func run() throws {
        let place = try CommandContext(deciding.common)
        let read: (time: LocalDateTime, note: String?)
        do {
            read = try WrittenTime(now: place.now, zone: place.zone).time(to)
        } catch {
            throw ValidationError("--to: \(Terminal.safe(error.message)).")
        }
        try deciding.decide(.move(to: read.time)) { seen, _ in words(seen, read, place) }
    }

    private func words(
        _ seen: DecideIssue.Foreseen, _ read: (time: LocalDateTime, note: String?), _ place: CommandContext
    )
        -> String
    {
        var words = "is moved from \(seen.before.sends.inWords(in: place.zone)) to \(read.time.inWords)."
        if let note = read.note { words += " Note: \(note)." }
        if seen.after.state == .open {
            let closes = seen.after.closes
            words +=
                closes > place.now
                ? " It closes on \(closes.inWords(in: place.zone))" : " Its copy deadline has passed: it closes now"
        } else if seen.after.state == .held {
            words += " It is still held: release it with fortnight issue release \(seen.after.number)"
        } else {
            words += " It is closed already, and takes no new items"
        }
        let kept = Set(seen.after.items.map(\.id))
        // A network's next meeting may be another one by then.
        let networks = Set(seen.after.items.filter(\.isAnnounced).map(\.network))
        for item in seen.before.items
        where !kept.contains(item.id) && !(item.isAnnounced && networks.contains(item.network)) {
            let reason = seen.after.leftOut.first { $0.id == item.id }?.reason ?? "is not chosen"
            words += ".\nIt no longer holds \(item.id), \(Terminal.safe(item.title)): it \(Terminal.safe(reason))"
        }
        return words
    }
}

struct ReasonOption: ParsableArguments {
    @Option(help: "The reason, for the record.") var why: String?

    func validate() throws {
        guard let why else { return }
        if let unfit = UnfitCharacter.first(in: why, oneLine: true) {
            throw ValidationError("--why has \(unfit) in it.")
        }
        if why.count > 500 { throw ValidationError("--why has \(why.count) characters; the limit is 500.") }
    }
}

/// Records a decision, for the daemon to act on within a second.
struct DecidingOptions: ParsableArguments {
    @Argument(help: "The issue's number.") var number: Int
    @OptionGroup var common: CommonOptions

    /// `words` goes on from the issue's name, without a full stop.
    func decide(_ kind: Decision.Kind, words: (DecideIssue.Foreseen, CommandContext) -> String) throws {
        let number = try IssueNumber.argument(number)
        let place = try CommandContext(common)
        let seen = try DecideIssue(place.context)(kind, number, at: place.now, by: CommandContext.person)
        if seen.corrections > 0 {
            print("\(correctionWords(kind, seen.corrections)).")
        } else {
            print("Issue \(number) \(words(seen, place)).")
            if case .hold = kind, seen.before.isReleased, place.context.needsApproval {
                print("Its approval is withdrawn; release it again with fortnight issue release \(number).")
            }
        }
        place.tell(seen.reprints, of: number)
        place.sayIfNoDaemon()
    }

    /// `The correction of issue 24 is held`
    private func correctionWords(_ kind: Decision.Kind, _ count: Int) -> String {
        let isOne = count == 1
        let subject = "The \(isOne ? "correction" : "\(count) corrections") of issue \(number) \(isOne ? "is" : "are")"
        switch kind {
        case .hold: return "\(subject) held"
        case .skip: return "\(subject) dropped: nobody else gets \(isOne ? "it" : "them")"
        default: return "\(subject) released"
        }
    }
}

extension CommandContext {
    /// Says which closed issues are printed again, and whose approval that withdraws. `decided` is the issue that the command
    /// itself was about. Standard output belongs to programs where JSON was asked for.
    func tell(_ reprints: [Reprint], of decided: IssueNumber? = nil, json: Bool = false) {
        func say(_ words: String) { json ? Terminal.error(words) : print(words) }
        for reprint in reprints {
            let number = reprint.number
            if reprint.approvalWithdrawn {
                say(
                    "Issue \(number) was closed and approved: the approval is withdrawn; release it again with "
                        + "fortnight issue release \(number).")
            } else if number != decided {
                say("Issue \(number) is closed; it is printed again for \(reprint.sends.inWords(in: zone)).")
            }
        }
    }

    /// A decision waits for the daemon.
    func sayIfNoDaemon() {
        if daemonRuns == false { print("No daemon is running here; it will act on this when it starts.") }
    }
}
