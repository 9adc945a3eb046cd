import ArgumentParser
import Basics
import Bulletin
import Foundation
import Journal
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
            print(listing.json ? person.json.text : person.row)
            return true
        }
    }
}

struct SubscribersShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show all that is known of a subscriber.")

    @Argument(help: "Their address, telephone number or id.") var who: String
    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    func run() throws {
        let keeper = try SubscriberListAccess(common)
        let person = try keeper.subscriber(who)
        if listing.json { return print(person.json(withReturns: true).text) }
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
        if listing.json {
            let fields = Self.shown.map { "\"\($0.rawValue)\":\(counts[$0])" }
            return print("{\(fields.joined(separator: ","))}")
        }
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

    /// As `subscribers list --json` promises it; a forgotten person has id and status only.
    var json: JSONLine { json(withReturns: false) }

    fileprivate func json(withReturns: Bool) -> JSONLine {
        var lines = JSONLine()
        lines.line { line in
            line.field("id", id.description)
            if status == .forgotten {
                line.field("status", status.rawValue)
                return
            }
            line.nullable("address", address?.wire)
            line.nullable("phone", phone?.description)
            line.nullable("post", post)
            line.nullable("name", name)
            line.field("status", status.rawValue)
            line.field("statusSince", statusSince.stamp)
            line.field("reason", reason)
            line.field("pausedUntil", pausedUntil?.description)
            line.field("format", format.rawValue)
            line.field("medium", medium.rawValue)
            if withReturns {
                line.objects("returns", returns) { line, note in
                    line.field("at", note.at.stamp)
                    line.nullable("of", note.mailing?.description)
                    line.field("class", note.class.rawValue)
                    line.field("cause", note.cause?.rawValue)
                    line.nullable("status", note.status?.description)
                    line.field("said", note.words)
                }
            }
            guard let consent else { return line.field("consent", json: "null".utf8) }
            line.object("consent") { box in
                box.field("basis", consent.basis.rawValue)
                box.field("how", consent.how.rawValue)
                box.nullable("when", consent.when?.rfc3339(in: .gmt))
                box.nullable("wording", consent.wording)
                box.nullable("by", consent.by)
            }
        }
        return lines
    }
}
