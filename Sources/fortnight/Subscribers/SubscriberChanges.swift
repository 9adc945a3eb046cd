import ArgumentParser
import Basics
import Bulletin
import Foundation
import Records
import Subscriptions

struct SubscribersPauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Pause a subscription until a day; it then resumes by itself.")

    @Argument(help: "Their address, telephone number or id.") var who: String
    @Option(help: ArgumentHelp("The first day of issues again: 2027-01-31.", valueName: "date"))
    var until: String
    @OptionGroup var common: CommonOptions

    func run() throws {
        let keeper = try SubscriberListAccess(common)
        let found = try keeper.subscriber(who)
        let now = keeper.place.now
        let today = LocalDateTime(now, in: keeper.place.zone).date
        guard let day = LocalDate(until), day > today else {
            throw ValidationError(
                "--until is a day after today, such as \(today.adding(days: 60)); \(Terminal.safe(until)) is none.")
        }
        guard found.status == .active || found.status == .paused else {
            throw CommandFailure("they are \(found.status.rawValue) and get no issue: there is nothing to pause")
        }
        try keeper.subscriberList.perform(Choose.pause(found.id, until: day, at: now, today: today))
        print("\(keeper.name(of: found)) gets no issue until \(day.inWords).")
    }
}

struct SubscribersReactivateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reactivate",
        abstract: "Bring back a subscriber who asks for it, after leaving, a bounce or a pause.",
        discussion: "A person who left comes back only with their own new consent: give the wording with --consent.")

    @Argument(help: "Their address, telephone number or id.") var who: String
    @Option(help: "The wording they agreed to now.") var consent: String?
    @Option(help: "How they agreed: mail, phone or paper.") var how = Consent.Way.phone
    @OptionGroup var common: CommonOptions

    func run() throws {
        let keeper = try SubscriberListAccess(common)
        let found = try keeper.subscriber(who)
        let now = keeper.place.now
        let evidence = consent.map { Consent(how: how, when: now, wording: $0, by: CommandContext.person) }
        switch try keeper.subscriberList.perform(Reactivate(found.id, consent: evidence, at: now)) {
        case .already: print("\(keeper.name(of: found)) gets the bulletin; nothing changed.")
        case .reactivated: print("\(keeper.name(of: found)) gets the next issue.")
        case .gone(let record):
            throw CommandFailure("they are \(record.status.rawValue): add them anew with fortnight subscribers add")
        case .needsConsent(let record):
            throw ValidationError(
                "They are \(record.status.rawValue): give the wording they have now agreed to with --consent, and how "
                    + "they agreed with --how.")
        case .unreachable, .unknown:
            throw CommandFailure(
                "their address is no longer on record: add them anew with fortnight subscribers add")
        }
    }
}

struct SubscribersForgetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Erase somebody's record at their request; only an id and the day stay.")

    @Argument(help: "Their address, telephone number or id.") var who: String
    @OptionGroup var common: CommonOptions

    func run() throws {
        let keeper = try SubscriberListAccess(common)
        let found = try keeper.subscriber(who)
        try keeper.subscriberList.perform(Forget(found.id, at: keeper.place.now))
        // The daemon rewrites the file itself, when it sends nothing.
        if keeper.place.daemonRuns == false {
            try keeper.subscriberList.compact()
            print("Forgotten: only \(found.id) and the day are kept. Backups keep the record until they are replaced.")
        } else {
            print(
                "Forgotten: only \(found.id) and the day are kept; the file is rewritten within a day. Backups "
                    + "keep the record until they are replaced.")
        }
    }
}

extension SubscriberListAccess {
    /// The name of somebody on a terminal.
    func name(of person: Subscriber) -> String {
        Terminal.safe(person.address?.display ?? person.name ?? person.id.description)
    }
}
