import ArgumentParser
import Bulletin
import Foundation
import Publishing
import Records
import Settings

struct ScheduleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "Show when the coming issues close and go out.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var listing: ListingOptions

    @Option(
        help: ArgumentHelp(
            "Begin with the first issue sent on this day or later; today unless given.",
            valueName: "date"))
    var from: String?

    @Option(help: "How many issues to show.")
    var count = 6

    func validate() throws {
        guard (1...10_000).contains(count) else { throw ValidationError("--count is a number from 1 to 10000.") }
        if let from, LocalDate(from) == nil {
            throw ValidationError("--from is a date such as 2026-12-02; \(Terminal.safe(from)) is none.")
        }
    }

    func run() throws {
        let configuration = try common.configuration()
        let zone = configuration.schedule.timezone
        let day = from.flatMap { LocalDate($0) } ?? LocalDateTime(Date(), in: zone).date
        for slot in configuration.cadence.slots(from: day).prefix(count) {
            if listing.json {
                print(json(slot, zone: zone))
            } else {
                print(line(slot, zone: zone))
            }
        }
    }

    private func json(_ slot: Slot, zone: TimeZone) -> String {
        "{\"number\":\(slot.number),\"closes\":\"\(slot.closes.rfc3339(in: zone))\","
            + "\"sends\":\"\(slot.sends.rfc3339(in: zone))\"" + (slot.skipped ? ",\"skipped\":true}" : "}")
    }

    private func line(_ slot: Slot, zone: TimeZone) -> String {
        let head = Terminal.styled("issue \(slot.number)", .bold)
        if slot.skipped { return "\(head)  skipped; it would be sent on \(slot.sends.inWords(in: zone))" }
        return "\(head)  closes \(slot.closes.inWords(in: zone)), sent \(slot.sends.inWords(in: zone))"
    }
}
