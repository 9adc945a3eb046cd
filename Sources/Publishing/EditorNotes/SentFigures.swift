import Basics
import Bulletin
import Foundation
import Planning
import Records
import Settings

/// How the sending of an issue went, and how the subscriber list has changed since the issue before it: editors are told when
/// it is done.
struct SentFigures {
    private let row: IssueForecast.Row
    private let sentAt: Date
    private let counts: DeliveryCounts
    /// How many were put off at first.
    private let deferred: Int
    private let movements: SubscriberMovements
    /// The issue before it; nil where it is the first.
    private let last: IssueForecast.Row?
    /// The issues that were sent, this one last.
    private let sent: [IssueForecast.Row]
    private let subscribers: Int
    private let context: PublishingContext

    /// As many issues are compared.
    private static let compared = 6

    /// Reads the whole ledger of that issue, and the whole subscriber list.
    init(
        _ row: IssueForecast.Row, sentAt: Date, among rows: [IssueForecast.Row], _ context: PublishingContext,
        _ subscriberList: any SubscriberList
    ) throws {
        (self.row, self.sentAt, self.context) = (row, sentAt, context)
        counts = try row.counts ?? context.folder.deliveryCounts(Mailing(row.number))
        deferred = try context.folder.everDeferred(Mailing(row.number))
        sent = rows.filter { $0.state == .sent && $0.number <= row.number }.suffix(Self.compared)
        last = sent.last { $0.number < row.number }
        let start = try last?.sentAt ?? context.folder.began()
        movements = try subscriberList.movements(in: min(start, sentAt)...sentAt)
        subscribers = try subscriberList.counts()[.active]
    }

    var subject: String {
        let refused = counts.refused > 0 ? ", \(counts.refused.grouped) refused" : ""
        return "Issue \(row.number) is sent: \(counts.accepted.grouped) accepted\(refused)"
    }

    func page(next: IssueForecast.Row?) -> NotePage {
        var page = NotePage()
        let zone = context.zone
        page.say(
            "Issue \(row.number) of \(context.configuration.bulletin.name) is sent. The last message was dealt with on "
                + "\(sentAt.inWords(in: zone)).")
        sayDeliveries(&page)
        page.heading(last.map { "Since issue \($0.number) was sent" } ?? "Since this bulletin began")
        page.chart([
            ("joined", movements.joined), ("left", movements.left), ("bounced", movements.bounced),
            ("complained", movements.complained),
        ])
        page.say("\(subscribers.grouped) \(subscribers == 1 ? "person subscribes" : "people subscribe") now.")
        if sent.count > 1 {
            page.heading("Accepted, issue by issue")
            page.chart(
                sent.map { row in
                    let day = LocalDateTime(row.sentAt ?? row.sends, in: zone).date
                    return ("issue \(row.number), \(day)", row.counts?.accepted ?? 0)
                })
        }
        if let next {
            page.say(
                "Next is issue \(next.number): it takes items until \(next.closes.inWords(in: zone)), goes out on "
                    + "\(next.sends.inWords(in: zone)), and holds \(next.items.count) so far.")
        }
        return page
    }

    private func sayDeliveries(_ page: inout NotePage) {
        page.heading("How it was delivered (\(counts.total.grouped))")
        guard counts.total > 0 else { return page.say("It had no recipients.") }
        page.chart([
            ("accepted", counts.accepted), ("refused", counts.refused), ("deferred", deferred),
            ("skipped", counts.skipped),
        ])
        if counts.refused > 0 {
            page.say("Refused: their mail server rejected it, or deferred it for too long.")
            page.command(
                "fortnight deliveries \(row.number) --who refused", "lists them, for those who keep the subscriber list"
            )
        }
        if deferred > 0 {
            page.say("Deferred: postponed at first and tried again. The other lines include the outcome.")
        }
        if counts.skipped > 0 { page.say("Skipped: they left, paused or moved while it was being sent.") }
    }
}
