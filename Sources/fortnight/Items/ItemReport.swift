import Basics
import Bulletin
import Foundation
import Journal
import Planning
import Publishing
import Records

/// What people are told of items: which issue each will be in, what is wrong with it, and why it is left out.
struct ItemReport {
    private let place: CommandContext
    private let rows: [IssueForecast.Row]
    private let forecast: IssueForecast
    private let slots: [Slot]
    private let appearances: [ItemID: [IssueNumber]]
    private let overruled: [ItemID: String]

    init(_ place: CommandContext) throws {
        self.place = place
        forecast = try IssueForecast(place.context)
        rows = try forecast.rows(at: place.now)
        overruled = rows.first { $0.state == .open }?.overruled ?? [:]
        slots = try forecast.comingSlots(at: place.now)
        appearances = try place.folder.issues.appearances()
    }

    static func missing(_ id: ItemID) -> CommandFailure {
        CommandFailure("there is no item \(id) in the queue: fortnight items lists what there is")
    }

    /// What the networks announce in the issues to come, without anybody queueing it.
    var announced: [Item] {
        var seen: Set<ItemID> = []
        return rows.filter { ![.sent, .sending, .skipped].contains($0.state) }.flatMap(\.items)
            .filter { $0.isAnnounced && seen.insert($0.id).inserted }
    }

    /// The announced meeting of that id, of a coming issue or a past one.
    func announced(_ id: ItemID) -> Item? {
        rows.reversed().lazy.flatMap(\.items).first { $0.isAnnounced && $0.id == id }
    }

    /// What to use instead, where somebody would change an announced meeting as if it were queued.
    static func notQueued(_ item: Item) -> CommandFailure {
        let slug = item.network ?? ""
        let day = item.starts.map(\.date.description) ?? "DATE"
        return CommandFailure(
            "\(item.id) is announced by network \(slug), and not queued: use fortnight networks move-date \(slug) \(day) NEW, "
                + "cancel-date \(slug) \(day), or edit \(slug)")
    }

    /// Why there is no such item in the queue.
    static func absent(_ id: ItemID, in place: CommandContext) throws -> CommandFailure {
        try ItemReport(place).announced(id).map(notQueued) ?? missing(id)
    }

    /// The issue that the item is set to appear in, or why in none.
    func prospect(_ item: Item) -> ItemSelection.Prospect {
        let waiting = rows.first { row in
            ![.open, .sent, .skipped].contains(row.state) && row.items.contains { $0.id == item.id }
        }
        if let waiting { return .issue(waiting.number) }
        // Order, pins and repeats are seen to there already.
        if let row = rows.first(where: { $0.state == .open && $0.items.contains { $0.id == item.id } }) {
            return .issue(row.number)
        }
        if let reason = overruled[item.id] { return .none(why: reason) }
        return ItemSelection.issue(
            for: item, among: slots, appearances: appearances[item.id] ?? [], zone: place.zone)
    }

    /// Whether nobody need think of it any more: no issue will hold it, since one has or its time is over.
    func isDone(_ item: Item) -> Bool {
        guard case .none(let why) = prospect(item) else { return false }
        return why.hasPrefix(ItemSelection.hasBeen) || ItemSelection.isOver(item, at: place.now, in: place.zone)
    }

    /// The coming issues that are known to hold it, in order.
    func issues(of item: Item) -> [IssueNumber] {
        rows.filter { row in
            ![.sent, .sending, .skipped].contains(row.state) && row.items.contains { $0.id == item.id }
        }.map(\.number)
    }

    /// Why it will be in its issue, or in none, in a sentence that goes on from its title.
    func why(_ item: Item) throws -> String {
        switch prospect(item) {
        case .none(let why): return why
        case .issue(let number):
            guard let row = rows.first(where: { $0.number == number }) else {
                return whyNotNext(item) ?? "may be in it"
            }
            return try forecast.reason(for: item, in: row, among: rows)
        }
    }

    /// Tells what was done to an item, and when it will be seen.
    func say(_ item: Item, did deed: String, json: Bool) throws {
        if json { return print(try line(item)) }
        print(
            "\(deed) \(item.kind.rawValue) \(Terminal.styled(item.id.description, .bold)): \(Terminal.safe(item.title))"
        )
        for line in Self.times(of: item) { print(line) }
        print("It \(whenSeen(item)).")
        try sayReplaced(item)
        let queue = try place.folder.queue.list().items
        let findings = try CheckItems(place.context).findings(in: [item], among: queue, at: place.now)
        let check = CheckReport(place, findings)
        for finding in findings where !finding.rule.isAdvice { check.show(finding) }
    }

    /// Says that a network announces that meeting by itself, where it does: somebody may not have known.
    private func sayReplaced(_ item: Item) throws {
        guard item.kind == .meeting, let slug = item.network, let starts = item.starts,
            let network = try place.folder.networks.network(slug), network.announce > 0,
            let meeting = network.meetings(on: starts.date...starts.date).first(where: {
                $0.starts.date == starts.date && !$0.isCancelled
            })
        else { return }
        Terminal.warn(
            "duplicate: network \(slug) announces its meeting of \(meeting.starts.inWords) by itself; this entry takes the "
                + "announcement's place. If it says nothing more: fortnight remove \(item.id)")
    }

    /// Its times in full, as they were understood.
    static func times(of item: Item) -> [String] {
        var lines: [String] = []
        if let starts = item.starts { lines.append("Begins: \(starts.inWords) (\(item.timezone))") }
        if let ends = item.ends {
            lines.append("Ends:   \(ends.date == item.starts?.date ? "at \(ends.time)" : ends.inWords)")
        }
        if let from = item.from { lines.append("May appear from \(from.inWords)") }
        if let until = item.until { lines.append("May appear until \(until.inWords)") }
        return lines
    }

    /// `will be in issue 24, on Wednesday 2 December 2026 at 10:00`
    func whenSeen(_ item: Item) -> String {
        switch prospect(item) {
        case .issue(let number): return "will be in issue \(number)\(day(of: number))"
        case .none(let why) where why.hasPrefix(ItemSelection.waits): return "waits for a later issue: it \(why)"
        case .none(let why): return "will be in no coming issue: it \(why)"
        }
    }

    /// `, on Wednesday 2 December 2026 at 10:00`
    func day(of number: IssueNumber) -> String {
        let sends = rows.first { $0.number == number }?.sends ?? slots.first { $0.number == number }?.sends
        return sends.map { ", on \($0.inWords(in: place.zone))" } ?? ""
    }

    /// Why it is not in the next issue that takes items, where it is in a later one or in none; nil where it is.
    func whyNotNext(_ item: Item) -> String? {
        let open = rows.first { $0.state == .open }
        guard let next = open, prospect(item).number != next.number else { return nil }
        return next.leftOut.first { $0.id == item.id }?.reason
    }

    /// The coming issues that hold something, in order.
    var coming: [IssueForecast.Row] { rows.filter { $0.isComing && !$0.items.isEmpty } }

    func problems(_ item: Item) -> [Problem] { ItemRules.problems(of: item, now: place.now) }

    /// One line of JSON, as `items --json` promises it.
    func line(_ item: Item) throws -> String {
        var lines = JSONLine()
        let why = try why(item)
        lines.line { line in
            line.field("id", item.id.description)
            line.field("kind", item.kind.rawValue)
            line.field("title", item.title)
            line.nullable("starts", item.startInstant?.rfc3339(in: item.zone))
            line.nullable("ends", item.endInstant?.rfc3339(in: item.zone))
            if let number = prospect(item).number {
                line.field("issue", number.value)
            } else {
                line.field("issue", json: "null".utf8)
            }
            line.field("issues", json: "[\(issues(of: item).map(\.description).joined(separator: ","))]".utf8)
            line.field("why", why)
            line.array("problems", problems(item)) { entry, problem in
                entry.field("field", problem.field)
                entry.field("message", problem.message)
                entry.field("severity", problem.severity.rawValue)
            }
        }
        return lines.text
    }
}

extension JSONLine {
    /// The lines as text, without the last line feed.
    var text: String {
        String(decoding: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }

    /// `null` where there is no value.
    mutating func nullable(_ key: StaticString, _ value: String?) {
        if let value { field(key, value) } else { field(key, json: "null".utf8) }
    }

    /// A list of objects.
    mutating func array<Element>(
        _ key: StaticString, _ elements: [Element], _ fields: (inout JSONLine, Element) -> Void
    ) {
        var list: [UInt8] = [UInt8(ascii: "[")]
        for (index, element) in elements.enumerated() {
            var entry = JSONLine()
            entry.line { fields(&$0, element) }
            if index > 0 { list.append(UInt8(ascii: ",")) }
            list += entry.bytes.dropLast()
        }
        field(key, json: list + [UInt8(ascii: "]")])
    }
}
