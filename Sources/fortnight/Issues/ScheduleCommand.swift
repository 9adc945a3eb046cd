import ArgumentParser
import Basics
import Bulletin
import Foundation
import Planning
import Settings

struct ScheduleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "Show when the coming issues close and go out.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    @Option(
        help: ArgumentHelp(
            "Begin with the first issue sent on or after this day. Default: today.",
            valueName: "date"))
    var from: String?

    @Option(help: "How many issues to show.")
    var count = 6

    func validate() throws {
        guard (1...10_000).contains(count) else { throw ValidationError("--count takes a number from 1 to 10000.") }
        if let from, LocalDate(from) == nil {
            throw ValidationError("--from takes a date such as 2026-12-02, not \(Terminal.safe(from)).")
        }
    }

    func run() throws {
        let configuration = try common.configuration()
        let zone = configuration.schedule.timezone
        let now = Date()
        let day = from.flatMap { LocalDate($0) } ?? LocalDateTime(now, in: zone).date
        let slots = Array(configuration.cadence.slots(from: day).prefix(count))
        let forecast = try forecast(configuration)
        let rows = try forecast.map { try foretold($0, slots, at: now) } ?? [:]
        let known = rows.values.sorted { $0.number < $1.number }
        for slot in slots {
            // Decisions to move or skip it come before the schedule.
            let row = rows[slot.number]
            let stands =
                row.map { Slot(number: $0.number, closes: $0.closes, sends: $0.sends, skipped: $0.state == .skipped) }
                ?? forecast?.decidedSlot(slot.number)
            if listing.json {
                try SlotRow(stands ?? slot, zone: zone).printJSON()
            } else {
                let held = row.flatMap { row in forecast.map { Held(row: row, among: known, forecast: $0, now: now) } }
                try show(stands ?? slot, held, zone: zone)
            }
        }
    }

    /// The most coming issues whose items are foretold: each is worked out from all before it.
    private static let mostForetold = 60

    private func foretold(_ forecast: IssueForecast, _ slots: [Slot], at now: Date) throws -> [IssueNumber:
        IssueForecast.Row]
    {
        guard let last = slots.last?.number, let next = try forecast.lowestUnsent(at: now) else { return [:] }
        let rows = try forecast.rows(
            at: now, open: 0, through: min(last, IssueNumber(next.value + Self.mostForetold)))
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.number, $0) })
    }

    /// The forecast; nil where there is no state folder yet, or this account may not read it.
    private func forecast(_ configuration: Configuration) throws -> IssueForecast? {
        guard FileManager.default.isReadableFile(atPath: configuration.state + "/editorial"),
            let place = try? CommandContext(common)
        else { return nil }
        return try IssueForecast(place.context)
    }

    private func show(_ slot: Slot, _ held: Held?, zone: TimeZone) throws {
        let row = held?.row
        let name = "issue \(slot.number)"
        let head = Terminal.styled(name, .bold)
        let margin = String(repeating: " ", count: name.count)
        let (closes, sends) = (slot.closes.inWords(in: zone), slot.sends.inWords(in: zone))
        let isClosed = row.map { ![.open, .skipped].contains($0.state) } ?? false
        let closing = isClosed ? "closed" : "closes"
        let sending = row?.state == .sent ? "sent  " : "sends "
        guard Listing.width > margin.count + sends.count + 9 else {
            print(head)
            if slot.skipped { return Listing.flow("skipped; it was due on \(sends)", indent: 4) }
            Listing.flow("\(closing) \(closes)", indent: 4)
            Listing.flow("\(sending) \(sends)", indent: 4)
            try held?.show(indent: 4)
            return
        }
        if slot.skipped { return print("\(head)  skipped; it was due on \(sends)") }
        print("\(head)  \(closing) \(closes)")
        print("\(margin)  \(sending) \(sends)")
        try held?.show(indent: margin.count + 2)
    }
}

/// An issue in the JSON of `schedule`.
private struct SlotRow: Encodable {
    let number: Int
    let closes: String
    let sends: String
    /// Left out where it is not skipped.
    let skipped: Bool?

    init(_ slot: Slot, zone: TimeZone) {
        (number, skipped) = (slot.number.value, slot.skipped ? true : nil)
        (closes, sends) = (slot.closes.rfc3339(in: zone), slot.sends.rfc3339(in: zone))
    }
}

/// The items of an issue, and those left out, with the reasons.
private struct Held {
    let row: IssueForecast.Row
    let among: [IssueForecast.Row]
    let forecast: IssueForecast
    let now: Date

    func show(indent: Int) throws {
        for item in row.items {
            Listing.item(item, indent: indent)
            Listing.lines(
                "it \(try forecast.reason(for: item, in: row, among: among))", indent: indent + 8, style: .dim)
        }
        guard row.state != .sent else { return }
        for left in try forecast.leftOut(of: row, at: now) where among.first(where: \.isComing)?.number == row.number {
            Listing.lines(
                "\(left.id)  not in it: \(Terminal.safe(left.title)) \(Terminal.safe(left.reason))", indent: indent,
                style: .yellow)
        }
    }
}
