import ArgumentParser
import Basics
import Bulletin
import Editing
import Foundation
import Intake
import Planning
import Publishing
import Records
import Settings

struct IssueHoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold", abstract: "Keep an issue from going out, or stop it, until it is released.")
    @OptionGroup var deciding: DecidingOptions
    @OptionGroup var why: ReasonOption

    func run() throws {
        try deciding.decide(.hold(reason: why.why)) { seen, _ in
            switch seen.before.state {
            case .open: "is held as soon as it closes"
            case .sending: "is stopped where it is"
            default: "is held"
            }
        }
    }
}

struct IssueReleaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Let an issue go out, now if its time has come.")
    @OptionGroup var deciding: DecidingOptions

    func run() throws {
        try deciding.decide(.release) { seen, place in
            switch seen.after.state {
            case .open: return "is no longer to be held"
            case .sending: return "is released, and goes on"
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
        commandName: "skip", abstract: "Do not publish an issue; its items go back to the queue.")
    @OptionGroup var deciding: DecidingOptions
    @OptionGroup var why: ReasonOption

    func run() throws {
        try deciding.decide(.skip(reason: why.why)) { seen, place in
            let next = try? IssueForecast(place.context).rows(at: place.now)
                .first { $0.state == .open && $0.number > seen.after.number }
            let goal = next.map { "issue \($0.number), on \($0.sends.inWords(in: place.zone))" } ?? "the next one"
            return "is skipped; what it held goes into \(goal), unless it is past by then"
        }
    }
}

struct IssueSendNowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send-now", abstract: "Close the next issue and send it now, whatever its time.")
    @OptionGroup var deciding: DecidingOptions

    func run() throws { try deciding.decide(.sendNow) { _, _ in "is sent now" } }
}

struct IssueMoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Send an issue at another time; the copy deadline of an open one moves with it.")
    @Option(help: ArgumentHelp("When, in the schedule's zone: 2027-03-25 10:00.", valueName: "time")) var to: String
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
            words += " It is closed already, and takes nothing new"
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
    @Option(help: "Why, for those who wonder later.") var why: String?

    func validate() throws {
        guard let why else { return }
        if let unfit = UnfitCharacter.first(in: why, oneLine: true) {
            throw ValidationError("--why has \(unfit) in it.")
        }
        if why.count > 500 { throw ValidationError("--why has \(why.count) characters, and 500 are the most.") }
    }
}

/// Writes a decision down, for the daemon to act on within a second.
struct DecidingOptions: ParsableArguments {
    @Argument(help: "The issue's number.") var number: Int
    @OptionGroup var common: CommonOptions

    /// `words` goes on from the issue's name, without a full stop.
    func decide(_ kind: Decision.Kind, words: (DecideIssue.Foreseen, CommandContext) -> String) throws {
        let number = try IssueNumber.argument(number)
        let place = try CommandContext(common)
        let corrections = try place.folder.issues.corrections(of: number).filter { $0.status.state.isUnderWay }
        if !corrections.isEmpty, let row = try IssueForecast(place.context).row(number, at: place.now),
            try decideAboutCorrections(kind, number, row.state, corrections.count, place)
        {
            return
        }
        let closed = try ClosedIssues(place.context)
        let seen = try DecideIssue(place.context)(kind, number, at: place.now, by: CommandContext.person)
        print("Issue \(number) \(words(seen, place)).")
        if case .hold = kind, seen.before.isReleased, place.context.needsApproval {
            print("Its approval is withdrawn; release it again with fortnight issue release \(number).")
        }
        try place.tell(closed, of: number)
        if place.daemonRuns == false { print("No daemon is running here; it acts on this when it starts.") }
    }

    /// Holds, releases or drops the corrections of an issue that is sent. False where it is about the issue as well.
    private func decideAboutCorrections(
        _ kind: Decision.Kind, _ number: IssueNumber, _ state: IssueState, _ count: Int, _ place: CommandContext
    ) throws -> Bool {
        let deed: String
        switch (kind, state) {
        case (.hold, .sent): deed = count == 1 ? "is held" : "are held"
        case (.release, .sent), (.release, .sending): deed = count == 1 ? "is released" : "are released"
        case (.skip, .sent), (.skip, .held), (.skip, .sending):
            deed = "\(count == 1 ? "is" : "are") dropped: nobody else gets \(count == 1 ? "it" : "them")"
        default: return false
        }
        try place.folder.decisions.append(Decision(issue: number, kind: kind, at: place.now, by: CommandContext.person))
        print("The \(count == 1 ? "correction" : "\(count) corrections") of issue \(number) \(deed).")
        if place.daemonRuns == false { print("No daemon is running here; it acts on this when it starts.") }
        return true
    }
}

extension IssueState {
    fileprivate var isUnderWay: Bool { self == .sending || self == .held }
}

extension CommandContext {
    /// Tells which closed issues a change has changed, and whose approval it withdraws. `closed` was remembered before the
    /// change. `decided` is the issue that the command itself was about, of which the rest is said already.
    func tell(_ closed: ClosedIssues, of decided: IssueNumber? = nil, json: Bool = false) throws {
        for mended in try closed.mended() {
            let number = mended.number
            if mended.approvalWithdrawn {
                say(
                    "Issue \(number) was closed and approved: the approval is withdrawn; release it again with "
                        + "fortnight issue release \(number).", json)
            } else if number != decided {
                say("Issue \(number) is closed, and printed again for \(mended.sends.inWords(in: zone)).", json)
            }
        }
    }

    /// Standard output belongs to programs where JSON was asked for.
    private func say(_ words: String, _ json: Bool) { json ? Terminal.error(words) : print(words) }
}
