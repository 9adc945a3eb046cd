import ArgumentParser
import Basics
import Bulletin
import Foundation
import ICalendar
import Intake

/// A network's fields as options, with the names that `add` gives to those of an item.
struct NetworkOptions: ParsableArguments {
    @Option(help: "The network's name.") var name: String?
    @Option(help: "How often it meets: week, \"2 weeks\", month, \"3 months\", quarter, year.") var every: String?
    @Option(help: "The days: Tuesday, \"Monday and Thursday\", \"second Tuesday\", \"last Friday\", \"the 31st\".")
    var on: String?
    @Option(help: "The time at which its meetings begin: 10:00.") var at: String?
    @Option(help: "The time at which they end: 11:30.") var ends: String?
    @Option(help: "The rule as an iCalendar RRULE instead of --every and --on: FREQ=MONTHLY;BYDAY=2TU.") var rule:
        String?
    @Option(help: ArgumentHelp("The day from which the rule counts. Default: today.", valueName: "date"))
    var first: String?
    @Option(help: "The time zone. Default: the schedule's.") var timezone: String?
    @Option(help: "How many issues announce each meeting. Default: 2.") var announce: Int?
    @Option(help: "The building or room.") var placeName: String?
    @Option(help: "Its address.") var placeAddress: String?
    @Option(help: "Access: steps, lift, hearing loop.") var placeAccess: String?
    @Option(help: "The link to join online.") var onlineURL: String?
    @Option(help: "The number to dial in.") var onlineDialIn: String?
    @Option(help: "The meeting's id or code, which dialling in asks for.") var onlineId: String?
    @Option(help: "The organiser.") var organiser: String?
    @Option(help: "The number to ring to take part.") var takingPartPhone: String?
    @Option(help: "The number to text to take part.") var takingPartText: String?
    @Option(help: "The address to write to.") var takingPartLetter: String?
    @Option(help: "The email address.") var takingPartEmail: String?
    @Option(help: "The web page to book on.") var takingPartURL: String?
    @Option(help: "Help to take part: travel costs, interpreters, equipment.") var support: String?
    @Option(help: "A description of its meetings, in Markdown.") var summary: String?

    private typealias Field = any WritableKeyPath<Network, String?> & Sendable
    private typealias Given = any KeyPath<NetworkOptions, String?> & Sendable

    private static let words: [(Field, Given)] = [
        (\.placeParts.name, \.placeName), (\.placeParts.address, \.placeAddress),
        (\.placeParts.access, \.placeAccess),
        (\.onlineParts.url, \.onlineURL), (\.onlineParts.dialIn, \.onlineDialIn), (\.onlineParts.id, \.onlineId),
        (\.organiser, \.organiser), (\.takingPart.phone, \.takingPartPhone), (\.takingPart.text, \.takingPartText),
        (\.takingPart.letter, \.takingPartLetter), (\.takingPart.email, \.takingPartEmail),
        (\.takingPart.url, \.takingPartURL), (\.support, \.support), (\.summary, \.summary),
    ]

    /// Sets the given fields in `network`; an empty text removes a field.
    func fill(_ network: inout Network, now: Date) throws {
        if let name { network.name = name }
        if let timezone { network.timezone = timezone }
        guard TimeZone.isKnown(network.timezone) else {
            throw ValidationError(
                "--timezone takes a zone such as Europe/London, not \(Terminal.safe(network.timezone)).")
        }
        if let announce { network.announce = announce }
        for (field, option) in Self.words {
            if let text = self[keyPath: option] { network[keyPath: field] = text.isEmpty ? nil : text }
        }
        try fillRule(&network, now: now)
    }

    /// A new network.
    func network(_ slug: String, zone: TimeZone, now: Date) throws -> Network {
        guard let name else { throw ValidationError("Give the network a --name.") }
        guard rule != nil || every != nil else {
            throw ValidationError("Say when it meets: --every month --on \"second Tuesday\" --at 10:00.")
        }
        guard at != nil else { throw ValidationError("Say at what time it meets: --at 10:00.") }
        let today = LocalDateTime(now, in: zone)
        var network = Network(
            slug: slug, name: name, rule: "FREQ=DAILY", timezone: zone.identifier,
            starts: LocalDateTime(today.date, LocalTime(hour: 0, minute: 0) ?? today.time))
        try fill(&network, now: now)
        network.changedAt = now
        return network
    }

    private func fillRule(_ network: inout Network, now: Date) throws {
        let changesRule = rule != nil || every != nil || on != nil || first != nil
        if rule != nil, every != nil || on != nil {
            throw ValidationError("Give either --rule, or --every and --on.")
        }
        var recurrence: Recurrence?
        if let rule { recurrence = try read("--rule") { try Recurrence(rule) } }
        if let every { recurrence = try read("--every, --on") { try Recurrence(every: every, on: on) } }
        if every == nil, on != nil {
            throw ValidationError("--on goes with --every: --every month --on \"second Tuesday\".")
        }
        if let recurrence { network.rule = recurrence.text }

        let length = network.ends.map { $0.instant(in: .gmt).timeIntervalSince(network.starts.instant(in: .gmt)) }
        var start = network.starts
        let clock = WrittenTime(now: now, zone: network.zone)
        if let at { start.time = try time(at, "--at", clock) }
        if changesRule {
            let day = try first.map { try self.day($0, clock) } ?? LocalDateTime(now, in: network.zone).date
            let rule = try read("--rule") { try Recurrence(network.rule) }
            // The rule counts from its own first date, as RFC 5545 section 3.8.5.3 wants it.
            guard let date = firstDate(of: rule, from: LocalDateTime(day, start.time), zone: network.zone) else {
                throw ValidationError("\(rule.inWords) never comes from \(day.inWords) on.")
            }
            start = date
        }
        network.starts = start
        network.ends = length.map { LocalDateTime(start.instant(in: .gmt).addingTimeInterval($0), in: .gmt) }
        guard let ends else { return }
        let end: LocalDateTime
        do { end = try clock.end(ends, of: start).time } catch {
            throw ValidationError("--ends: \(Terminal.safe(error.message)).")
        }
        // An end before the beginning is on the next day.
        network.ends = end > start ? end : LocalDateTime(end.date.adding(days: 1), end.time)
    }

    private func firstDate(of rule: Recurrence, from start: LocalDateTime, zone: TimeZone) -> LocalDateTime? {
        rule.occurrences(from: start, zone: zone).first { _ in true }
    }

    private func read<Value>(_ option: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let fault as RecurrenceFault {
            throw ValidationError("\(option): \(Terminal.safe(fault.description)).")
        }
    }

    private func day(_ text: String, _ clock: WrittenTime) throws -> LocalDate {
        do { return try clock.day(text) } catch {
            throw ValidationError("--first: \(Terminal.safe(error.message)).")
        }
    }

    private func time(_ text: String, _ option: String, _ clock: WrittenTime) throws -> LocalTime {
        do { return try clock.timeOfDay(text) } catch {
            throw ValidationError("\(option): \(Terminal.safe(error.message)).")
        }
    }
}

extension Network {
    fileprivate var placeParts: Item.Place {
        get { place ?? Item.Place() }
        set { place = newValue == Item.Place() ? nil : newValue }
    }

    fileprivate var onlineParts: Item.Online {
        get { online ?? Item.Online() }
        set { online = newValue == Item.Online() ? nil : newValue }
    }
}
