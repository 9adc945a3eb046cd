import ArgumentParser
import Basics
import Bulletin
import Foundation
import Records

struct SubscribersListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List subscribers.")

    @Option(help: ArgumentHelp("Only those with this text in address, name, number or id.", valueName: "text"))
    var match: String?
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() throws {
        let keeper = try SubscriberListAccess(common)
        let wanted = match?.lowercased()
        try keeper.subscriberList.walk(after: nil) { person in
            if let wanted, !person.searched.contains(where: { $0.lowercased().contains(wanted) }) { return true }
            if listing.json { try SubscriberListRow(person).printJSON() } else { print(person.row) }
            return true
        }
    }
}

struct SubscribersShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a subscriber's whole record.")

    @Argument(help: "Their address, telephone number or id.") var who: String
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() throws {
        let keeper = try SubscriberListAccess(common)
        let person = try keeper.subscriber(who)
        if listing.json { return try SubscriberListRow(person, withReturns: true).printJSON() }
        let zone = keeper.place.zone
        var lines = [
            ("id", person.id.description),
            ("status", "\(person.status.rawValue) since \(person.statusSince.inWords(in: zone))"),
        ]
        func add(_ name: String, _ value: String?) { if let value { lines.append((name, Terminal.safe(value))) } }
        add("until", person.pausedUntil?.inWords)
        add("moved to", person.movedTo?.description)
        add("moved from", person.movedFrom?.description)
        add("reason", person.reason)
        add("name", person.name)
        add("address", person.address?.display)
        add("phone", person.phone?.description)
        add("post", person.post?.replacing("\n", with: ", "))
        if person.status != .forgotten {
            add("medium", person.medium.rawValue)
            add("format", person.format.rawValue)
        }
        if let consent = person.consent {
            add(
                "consent",
                "\(consent.basis.rawValue), by \(consent.how.rawValue)"
                    + (consent.when.map { ", on \($0.inWords(in: zone))" } ?? ", date not known"))
            add("wording", consent.wording)
            add("recorded", consent.by.map { "by \($0)" })
        }
        for note in person.returns {
            let said = note.words.isEmpty ? "" : ": “\(note.words)”"
            add("returned", "\(note.at.inWords(in: zone)), \(note.story)\(said)")
        }
        for (name, value) in lines { print("\(name.padding(toLength: 12, withPad: " ", startingAt: 0))\(value)") }
    }
}

struct SubscribersStatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "stats", abstract: "Count subscribers by status.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    /// As `subscribers stats --json` promises them, in this order.
    private static let shown: [SubscriberStatus] = [
        .active, .unconfirmed, .paused, .unsubscribed, .bounced, .complained, .forgotten,
    ]

    func run() throws {
        let counts = try SubscriberListAccess(common).subscriberList.counts()
        if listing.json { return try StatsRow(counts: Self.shown.map { ($0, counts[$0]) }).printJSON() }
        for status in Self.shown {
            print("\(status.rawValue.padding(toLength: 14, withPad: " ", startingAt: 0))\(counts[status])")
        }
    }
}

extension Subscriber {
    fileprivate var searched: [String] {
        [id.description, address?.wire, address?.display, name, phone?.description, post].compactMap { $0 }
    }

    fileprivate var row: String {
        let reached = address?.display ?? phone?.description ?? post?.replacing("\n", with: ", ") ?? ""
        return [id.description, status.rawValue, Terminal.safe(reached), Terminal.safe(name ?? "")]
            .joined(separator: "  ")
    }
}

/// A subscriber in JSON, as `subscribers list --json` promises it; a forgotten person has id and status only.
struct SubscriberListRow: Encodable {
    private let person: Subscriber
    private let withReturns: Bool

    init(_ person: Subscriber, withReturns: Bool = false) { (self.person, self.withReturns) = (person, withReturns) }

    private enum Key: CodingKey {
        case id, address, phone, post, name, status, statusSince, reason, pausedUntil, format, medium, returns, consent
    }

    func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(person.id.description, forKey: .id)
        guard person.status != .forgotten else { return try box.encode(person.status.rawValue, forKey: .status) }
        try box.encode(person.address?.wire, forKey: .address)
        try box.encode(person.phone?.description, forKey: .phone)
        try box.encode(person.post, forKey: .post)
        try box.encode(person.name, forKey: .name)
        try box.encode(person.status.rawValue, forKey: .status)
        try box.encode(person.statusSince.stamp, forKey: .statusSince)
        try box.encodeIfPresent(person.reason, forKey: .reason)
        try box.encodeIfPresent(person.pausedUntil?.description, forKey: .pausedUntil)
        try box.encode(person.format.rawValue, forKey: .format)
        try box.encode(person.medium.rawValue, forKey: .medium)
        if withReturns { try box.encode(person.returns.map(Return.init), forKey: .returns) }
        try box.encode(person.consent.map(Agreement.init), forKey: .consent)
    }

    private struct Return: Encodable {
        let at: String
        @Nullable var of: String?
        let `class`: String
        let cause: String?
        @Nullable var status: String?
        let said: String

        init(_ note: ReturnNote) {
            (at, of, `class`) = (note.at.stamp, note.mailing?.description, note.class.rawValue)
            (cause, status, said) = (note.cause?.rawValue, note.status?.description, note.words)
        }
    }

    private struct Agreement: Encodable {
        let basis: String
        let how: String
        @Nullable var when: String?
        @Nullable var wording: String?
        @Nullable var by: String?

        init(_ consent: Consent) {
            (basis, how, when) = (consent.basis.rawValue, consent.how.rawValue, consent.when?.rfc3339(in: .gmt))
            (wording, by) = (consent.wording, consent.by)
        }
    }
}

/// How many subscribers there are by status, in JSON.
private struct StatsRow: Encodable {
    let counts: [(SubscriberStatus, Int)]

    func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: FieldName.self)
        for (status, count) in counts { try box.encode(count, forKey: FieldName(status.rawValue)) }
    }
}
