import ArgumentParser
import Basics
import Bulletin
import Foundation
import Records
import Subscriptions
import Tokens

struct SubscribersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subscribers", abstract: "Manage the subscriber list.",
        subcommands: [
            SubscribersAddCommand.self, SubscribersEditCommand.self, SubscribersShowCommand.self,
            SubscribersListCommand.self, SubscribersStatsCommand.self, SubscribersImportCommand.self,
            SubscribersExportCommand.self, SubscribersUnsubscribeCommand.self, SubscribersPauseCommand.self,
            SubscribersReactivateCommand.self, SubscribersForgetCommand.self,
        ])
}

struct SubscribersAddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add somebody who agreed to get the bulletin.",
        discussion: "Without an address, give --medium post with --post, or --medium phone with --phone.")

    @Argument(help: "Their email address.") var address: String?
    @OptionGroup var options: SubscriberOptions
    @OptionGroup var consent: ConsentOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let address = try address.map(Self.parsed)
        let keeper = try SubscriberListAccess(common)
        let now = keeper.place.now
        let consent = try consent.consent(at: now, zone: keeper.place.zone)
        let id = try id(of: address, keeper)
        let details = try options.details()
        let adding = AddSubscriber(id, address: address, details, consent: consent, at: now)
        let added: Subscriber
        switch try options.reporting({ try keeper.subscriberList.perform(adding) }) {
        case .added(let new): added = new
        case .there(let old): return print(try Self.status(of: old, zone: keeper.place.zone))
        }
        let name = keeper.name(of: added)
        switch added.medium {
        case .email: print("Added \(name); they get the next issue.")
        case .post: print("Added \(name); no mail goes to them: post them each issue yourself.")
        case .phone: print("Added \(name); no mail goes to them: ring them about each issue yourself.")
        }
        if consent.wording == nil || consent.when == nil {
            Terminal.warn(
                "no wording or date of their consent is recorded; give --wording and --when, as evidence of it")
        }
    }

    static func parsed(_ text: String) throws -> EmailAddress {
        do { return try EmailAddress(text) } catch { throw ValidationError("\(Terminal.safe(text)) \(error).") }
    }

    private func id(of address: EmailAddress?, _ keeper: SubscriberListAccess) throws -> SubscriberID {
        if let address { return keeper.tokenKeys.id(for: address) }
        if options.medium != .post, let phone = try options.number() { return keeper.tokenKeys.id(for: phone) }
        guard options.post != nil else {
            throw ValidationError("Say how to reach them: an address, --post or --phone.")
        }
        var generator = SystemRandomNumberGenerator()
        return keeper.tokenKeys.id(forPostUsing: &generator)
    }

    /// The answer where somebody is on the list already; throws where only their own new consent brings them back.
    private static func status(of old: Subscriber, zone: TimeZone) throws -> String {
        if old.status == .unconfirmed {
            return
                "They asked for it and have not confirmed; if they did to you: fortnight subscribers reactivate, with "
                + "--consent."
        }
        guard old.status.isSuppression else {
            return "Already on the subscriber list, \(old.status.rawValue); nothing changed."
        }
        let remedy =
            old.status == .forgotten
            ? "add them with --how phone, paper or mail, and --wording"
            : "fortnight subscribers reactivate, with --consent"
        throw CommandFailure(
            "\(old.status.rawValue) since \(old.statusSince.inWords(in: zone)): only their own new consent brings them back "
                + "(\(remedy))")
    }
}

struct SubscribersEditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Change a subscriber's details.")

    @Argument(help: "Their address, telephone number or id.") var who: String
    @OptionGroup var options: SubscriberOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let keeper = try SubscriberListAccess(common)
        let found = try keeper.subscriber(who)
        guard found.status != .forgotten else {
            throw CommandFailure("\(found.id) is forgotten; nothing is known of them")
        }
        let editing = EditSubscriber(found.id, try options.details())
        let hasChanged = try options.reporting { try keeper.subscriberList.perform(editing) }
        print(hasChanged ? "Changed; it applies from the next issue on." : "Nothing changed.")
    }
}

struct SubscribersUnsubscribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unsubscribe", abstract: "Unsubscribe somebody at once, at their request.",
        discussion: "Takes an address, a telephone number, an id, or the token after the word unsubscribe in a mail."
    )

    @Argument(parsing: .remaining, help: "Their address, telephone number, id or token.") var who: [String]
    @Option(help: "How they asked: phone, letter, mail, text.") var reason = "phone"
    @OptionGroup var common: CommonOptions

    func run() throws {
        let keeper = try SubscriberListAccess(common)
        let words = who.count > 1 && who[0].lowercased() == "unsubscribe" ? Array(who.dropFirst()) : who
        let found = try keeper.subscriber(words.joined(separator: " "))
        try keeper.subscriberList.perform(Leave(found.id, by: .keeper(reason: reason), at: keeper.place.now))
        print("\(keeper.name(of: found)) gets no further issue.")
    }
}
