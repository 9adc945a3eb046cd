import Basics
import Bulletin
import Foundation
import Planning
import Publishing
import Records

/// The operator's page: the daemon, the issues, their deliveries, the subscribers and the disk, with charts. It shows
/// one moment; reload it for a newer one.
struct OperationsPage {
    let html: String

    init(_ board: StatusBoard, _ health: Health, mailbox: MailboxReading, at now: Date) {
        var page = Writer(board: board, mailbox: mailbox, now: now)
        html = page.write(health)
    }
}

private struct Writer {
    let board: StatusBoard
    let reading: WorkflowMonitor.Reading
    let slow: StatusBoard.Slow
    let mailbox: MailboxReading
    let now: Date
    let zone: TimeZone
    private var page = Markup()

    init(board: StatusBoard, mailbox: MailboxReading, now: Date) {
        (self.board, self.mailbox, self.now) = (board, mailbox, now)
        (reading, slow, zone) = (board.monitor.reading, board.slow, board.context.zone)
    }

    mutating func write(_ health: Health) -> String {
        let masthead = board.context.masthead
        page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        page.raw("<meta name=\"color-scheme\" content=\"light dark\">\n")
        page.element("title", [:], "\(masthead.name): operations")
        page.raw("\n<link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n<body>\n<header>\n")
        page.element("h1", [:], masthead.name)
        page.element("p", [:], "Operations, as of \(now.inWords(in: zone)). Reload the page for the latest figures.")
        page.raw("</header>\n<main>\n")
        state(health)
        coming()
        deliveries()
        rateLimiter()
        people()
        room()
        page.raw("</main>\n<footer>")
        for path in ["/live", "/ready", "/metrics"] { page.element("a", ["href": path], path) }
        page.raw("</footer>\n</body>\n</html>\n")
        return page.text
    }

    // MARK: Sections

    private mutating func section(
        _ title: String, wide: Bool = false, alert: Bool = false, _ body: (inout Markup) -> Void
    ) {
        let classes = [wide ? "wide" : nil, alert ? "alert" : nil].compactMap { $0 }.joined(separator: " ")
        page.element("section", ["class": classes]) { section in
            section.element("h2", [:], title)
            body(&section)
        }
    }

    private mutating func state(_ health: Health) {
        var troubles = health.reasons
        if let trouble = reading.delivery {
            troubles.append("\(trouble.words) (since \(trouble.since.inWords(in: zone)))")
        }
        if let refused = board.configuration.refused {
            troubles.append("a new configuration was refused on \(refused.at.inWords(in: zone)): \(refused.reason)")
        }
        if let problem = mailbox.problem { troubles.append("the mailbox: \(problem)") }
        let sending = reading.sending.sorted { $0.key.description < $1.key.description }
        let (started, doing) = (board.started.inWords(in: zone), reading.doing)
        section("The daemon", alert: !troubles.isEmpty) { section in
            section.element(
                "p", ["class": health.isReady ? "state good" : "state bad"],
                health.isReady ? "✓ Ready" : "✗ Not ready")
            if !troubles.isEmpty {
                section.element("ul") { list in for trouble in troubles { list.element("li", [:], trouble) } }
            }
            Self.facts(
                [("Running since", started)]
                    + (sending.isEmpty
                        ? [("Doing", doing)]
                        : sending.map { (Self.capital($0.key.inWords), Self.progress($0.value)) }),
                &section)
        }
    }

    private static func progress(_ counts: DeliveryCounts) -> String {
        "\(counts.accepted.grouped) of \(counts.total.grouped) sent"
            + (counts.refused > 0 ? ", \(counts.refused) refused" : "")
            + (counts.deferred > 0 ? ", \(counts.deferred) deferred" : "")
    }

    private mutating func coming() {
        let (figures, zone, now) = (slow.issues, zone, now)
        var facts: [(String, String)] = []
        if let row = figures.open {
            let left = row.closes > now ? " (in \(row.closes.timeIntervalSince(now).leftInWords))" : ""
            facts.append(("Next deadline", row.closes.inWords(in: zone) + left))
        }
        for row in figures.rows where row.state != .sent && row.state != .skipped {
            let reason = row.reason.map { ": \($0)" } ?? ""
            facts.append(
                (
                    "Issue \(row.number)",
                    "\(row.state.rawValue)\(reason); \(row.items) item\(row.items == 1 ? "" : "s"), due \(row.sends.inWords(in: zone))"
                ))
        }
        if let last = figures.last {
            facts.append(("Last issue", "\(last.number), sent \((last.sentAt ?? last.sends).inWords(in: zone))"))
        }
        facts.append(("Mailbox", Self.words(mailbox, at: now)))
        section("The issues") { Self.facts(facts, &$0) }
    }

    private static func words(_ mailbox: MailboxReading, at now: Date) -> String {
        guard mailbox.isConfigured else { return "none is configured" }
        guard let time = mailbox.lastSuccess else { return "not read yet" }
        return "read \(max(0, now.timeIntervalSince(time)).leftInWords) ago"
    }

    private mutating func deliveries() {
        let rows = slow.issues.rows.compactMap { row -> (number: IssueNumber, counts: DeliveryCounts)? in
            (reading.sending[Mailing(row.number)] ?? row.counts).map { (row.number, $0) }
        }
        section("Deliveries by issue", wide: true) { section in
            guard !rows.isEmpty else { return section.element("p", [:], "No issue has been sent yet.") }
            Self.key(
                [
                    ("good", "accepted"), ("bad", "refused"), ("fair", "deferred or unknown"),
                    ("plain", "unsubscribed meanwhile"),
                ],
                &section)
            let bars = rows.map { number, counts in
                Chart.Row(
                    name: "Issue \(number)",
                    parts: [
                        Chart.Part(colour: "good", value: counts.accepted),
                        Chart.Part(colour: "bad", value: counts.refused),
                        Chart.Part(colour: "fair", value: counts.deferred + counts.unknown),
                        Chart.Part(colour: "plain", value: counts.skipped),
                    ], figure: "\(counts.accepted.grouped) of \(counts.total.grouped)")
            }
            Chart.bars(bars, in: &section)
            Self.table(
                "The same in figures", ["Issue"] + DeliveryState.allCases.map(\.rawValue),
                rows.map { row in ["\(row.number)"] + DeliveryState.allCases.map { "\(row.counts[$0])" } }, &section)
        }
    }

    private mutating func rateLimiter() {
        let minutes = board.samples.minutes
        guard let newest = minutes.last, let busiest = minutes.max(by: { $0.count < $1.count }), busiest.count > 0
        else {
            return
        }
        let zone = zone
        func clock(_ minute: Int) -> String {
            LocalDateTime(Date(timeIntervalSince1970: Double(minute) * 60), in: zone).time.description
        }
        let hour = Array(repeating: 0, count: SendingSamples.most - minutes.count) + minutes.map(\.count)
        let first = newest.minute - SendingSamples.most + 1
        section("Settled each minute, in the last hour", wide: true) { section in
            section.element("p", [:], "At most \(busiest.count.grouped) in a minute, at \(clock(busiest.minute)).")
            Chart.columns(hour, in: &section)
            section.element("p", ["class": "ends"]) { ends in
                ends.element("span", [:], clock(first))
                ends.element("span", [:], clock(newest.minute))
            }
            Self.table(
                "The same in figures", ["Minute", "settled"],
                minutes.filter { $0.count > 0 }.map { [clock($0.minute), $0.count.grouped] }, &section)
        }
    }

    private mutating func people() {
        let people = slow.subscribers ?? [:]
        let waiting = slow.lettersWaiting
        section("Subscribers") { section in
            let rows = SubscriberStatus.allCases.compactMap { status -> Chart.Row? in
                guard let count = people[status.rawValue], count > 0 else { return nil }
                let colour = status == .active ? "good" : status.isSuppression ? "plain" : "fair"
                return Chart.Row(
                    name: status.rawValue, parts: [Chart.Part(colour: colour, value: count)], figure: count.grouped)
            }
            if rows.isEmpty {
                section.element("p", [:], "There are no subscribers yet.")
            } else {
                Chart.bars(rows, in: &section)
            }
            if waiting > 0 {
                section.element("p", [:], "\(waiting) confirmations and goodbyes are waiting for the relay.")
            }
        }
    }

    private mutating func room() {
        let stores = slow.stores.filter { $0.bytes > 0 }.sorted { $0.bytes > $1.bytes }.prefix(8)
        let space = slow.room
        section("Room") { section in
            if let space {
                section.element(
                    "p", [:],
                    "\(ByteWords.of(space.freeBytes)) of \(ByteWords.of(space.bytes)) are free on the state folder's disk."
                )
            }
            let rows = stores.map { store in
                Chart.Row(
                    name: store.name == "." ? "the top" : store.name,
                    parts: [Chart.Part(colour: "plain", value: store.bytes)], figure: ByteWords.of(store.bytes))
            }
            if !rows.isEmpty {
                Chart.bars(rows, in: &section)
            }
        }
    }

    // MARK: Pieces

    private static func facts(_ facts: [(String, String)], _ section: inout Markup) {
        section.element("dl") { list in
            for (name, words) in facts {
                list.element("dt", [:], name)
                list.element("dd", [:], words)
            }
        }
    }

    private static func key(_ entries: [(colour: String, words: String)], _ section: inout Markup) {
        section.element("ul", ["class": "key"]) { list in
            for entry in entries {
                list.element("li") { item in
                    item.raw("<svg viewBox=\"0 0 10 10\" aria-hidden=\"true\">")
                    item.shape("rect", ["width": "10", "height": "10", "class": entry.colour])
                    item.raw("</svg>")
                    item.escaped(entry.words)
                }
            }
        }
    }

    private static func table(_ title: String, _ heads: [String], _ rows: [[String]], _ section: inout Markup) {
        section.element("details") { details in
            details.element("summary", [:], title)
            details.raw(
                "<div class=\"scroll\" role=\"region\" aria-label=\"\(Markup.escape(title))\" tabindex=\"0\"><table><thead><tr>"
            )
            for head in heads { details.element("th", ["scope": "col"], head) }
            details.raw("</tr></thead><tbody>\n")
            for row in rows {
                details.raw("<tr>")
                for (index, cell) in row.enumerated() {
                    index == 0 ? details.element("th", ["scope": "row"], cell) : details.element("td", [:], cell)
                }
                details.raw("</tr>\n")
            }
            details.raw("</tbody></table></div>")
        }
    }

    private static func capital(_ words: String) -> String { words.prefix(1).uppercased() + words.dropFirst() }
}
