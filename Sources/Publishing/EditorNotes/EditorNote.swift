import Basics
package import Bulletin
package import Foundation
package import Planning
package import Records
import Settings

/// A word to the editors about an issue that wants them (`editors` in the configuration), as a mail in plain text. It is
/// worked out anew at each look: a note that is no longer due is never sent late.
package struct EditorNote: Hashable, Sendable {
    /// Tells it from every other note, and is the same as long as it says the same: `24-closes-2026-11-25`. Letters,
    /// digits and `-`, so that a Message-ID can be made of it.
    package let name: String
    package let issue: IssueNumber
    package let subject: String
    /// Lines of at most 72 columns; only an address of the web or a command may be longer.
    package let text: String
    /// Names of notes that need not be sent any more once this one was.
    package var settles: [String] = []

    /// How long before a deadline, or before an issue goes out that waits for approval, editors are reminded.
    package static let ahead: TimeInterval = 24 * 3600

    /// How long after an issue was sent its figures are still told: a relay may be away as long.
    static let newsFor: TimeInterval = 3 * 24 * 3600

    /// Whether the note of that name was about `number` or a later issue.
    static func isAbout(_ number: IssueNumber, orLater name: String) -> Bool {
        name.split(separator: "-").first.flatMap { Int($0) }.map { $0 >= number.value } ?? false
    }
}

/// Which notes are due.
package struct EditorNotes: Sendable {
    private let context: PublishingContext
    private let subscriberList: any SubscriberList

    package init(_ context: PublishingContext, subscriberList: any SubscriberList) {
        (self.context, self.subscriberList) = (context, subscriberList)
    }

    /// In the order of issues. A closed issue that is held has one note, not two.
    package func due(at now: Date) throws -> [EditorNote] {
        let briefing = try Briefing(context, at: now)
        return try briefing.rows.flatMap { row in
            try occasions(row, at: now).map { try note($0, row, briefing, at: now) }
        } + heldCorrections(briefing.rows) + sent(briefing, at: now)
    }

    /// Why editors are written to about an issue.
    private enum Occasion: Hashable {
        case closesSoon
        case closed
        /// Its time comes near, and nobody has released it.
        case unreleased
        case held(since: Date)
    }

    private func occasions(_ row: IssueForecast.Row, at now: Date) throws -> [Occasion] {
        switch row.state {
        case .open:
            let left = row.closes.timeIntervalSince(now)
            return left > 0 && left <= EditorNote.ahead ? [.closesSoon] : []
        case .closed where !row.hasBegun:
            let waits = context.needsApproval && !row.isReleased
            let reminds = waits && row.sends.timeIntervalSince(now) <= EditorNote.ahead
            // Where it closed a day before it goes out, or less, being told that it closed is reminder enough.
            let isNews = row.sends.timeIntervalSince(row.closes) <= EditorNote.ahead
            return [.closed] + (reminds && !isNews ? [.unreleased] : [])
        case .held:
            // Where it is held by a decision that the daemon has not acted on, the next look tells.
            guard !row.isStateDamaged, let status = try context.folder.issues.status(row.number),
                status.state == .held
            else { return [] }
            return [.held(since: status.since)]
        default: return []
        }
    }

    // MARK: The text of a note

    private func note(
        _ occasion: Occasion, _ row: IssueForecast.Row, _ briefing: Briefing, at now: Date
    ) throws -> EditorNote {
        let sends = row.sends.inWords(in: context.zone)
        let closes = row.closes.inWords(in: context.zone)
        let name = context.configuration.bulletin.name
        var page = NotePage()
        let (key, subject): (String, String)
        switch occasion {
        case .closesSoon:
            key = "closes-\(LocalDateTime(row.closes, in: context.zone).date)"
            subject = "Issue \(row.number) closes on \(closes)"
            page.say(
                "Issue \(row.number) of \(name) takes items until \(closes): in \(row.closes.timeIntervalSince(now).leftInWords). "
                    + "It goes out on \(sends)\(context.configuration.schedule.emptyIssue == .skip ? ", unless it stays empty" : "")."
            )
        case .closed:
            key = "closed"
            subject = "Issue \(row.number) is closed" + (waits(row) ? " and waits for approval" : "")
            page.say("Issue \(row.number) of \(name) is closed. \(whenOut(row, sends))")
        case .unreleased:
            key = "unreleased"
            subject = "Issue \(row.number) still waits for approval"
            page.say("Nobody has released issue \(row.number) of \(name) yet. \(whenOut(row, sends))")
        case .held(let since):
            key = "held-\(Int(since.timeIntervalSince1970))"
            subject = "Issue \(row.number) is held"
            page.say(
                "Issue \(row.number) of \(name) is held, and does not go out until somebody releases it. It was due on \(sends)."
            )
            page.say("Why: \(row.reason ?? "nobody said").")
            page.command("fortnight issue release \(row.number)", "lets it go out")
        }
        if occasion == .closed || occasion == .unreleased, waits(row) {
            page.command("fortnight issue release \(row.number)", "lets it go out on time")
        }
        try contents(row, briefing, at: now, on: &page)
        page.command("fortnight preview --issue \(row.number)", "shows it as readers will see it")
        var note = EditorNote(
            name: "\(row.number)-\(key)", issue: row.number, subject: subject, text: page.text(signed: name))
        // A held issue was closed, and its note says all that the other would.
        if row.state == .held { note.settles = ["\(row.number)-closed"] }
        return note
    }

    private func waits(_ row: IssueForecast.Row) -> Bool {
        context.needsApproval && !row.isReleased && row.state == .closed
    }

    private func whenOut(_ row: IssueForecast.Row, _ sends: String) -> String {
        if isSkipped(row) { return "It holds nothing, so it is skipped." }
        return waits(row)
            ? "It is due on \(sends), and goes out only if somebody releases it." : "It goes out on \(sends) by itself."
    }

    private func isSkipped(_ row: IssueForecast.Row) -> Bool {
        row.items.isEmpty && context.configuration.schedule.emptyIssue == .skip
    }

    private func contents(_ row: IssueForecast.Row, _ briefing: Briefing, at now: Date, on page: inout NotePage) throws
    {
        page.heading(row.items.isEmpty ? "Nothing in it yet" : "Contents (\(row.items.count))")
        page.list(row.items.map(line))
        // An item that is queued for a later issue was not left out: nobody need worry.
        let left = try IssueForecast(context).leftOut(of: row, at: now).filter {
            $0.why.kind != .notYet
        }
        if !left.isEmpty {
            page.heading("Left out")
            page.list(left.map { "\($0.title) (\($0.id)): it \($0.reason)" })
        }
        let tasks = briefing.tasks.filter { ($0.issue ?? row.number) == row.number && row.state == .open }
        if !tasks.isEmpty {
            page.heading("To do")
            page.list(tasks.map { "\($0.what)\n\($0.command)" })
        }
        let queue = try context.folder.queue.list().items
        let findings = try CheckItems(context).findings(in: row.items, among: queue, at: now).filter {
            !$0.rule.isAdvice
        }
        if !findings.isEmpty {
            page.heading("Findings of the check")
            page.list(
                findings.map { finding in
                    let title = row.items.first { $0.id == finding.item }?.title ?? finding.item.description
                    return "\(title) (\(finding.item)), \(finding.field): \(finding.message)"
                })
        }
    }

    private func line(_ item: Item) -> String {
        let begins = item.starts.map { ", \($0.inWords)" } ?? ""
        let origin = item.isAnnounced ? " (announced by network \(item.network ?? ""))" : ""
        return "\(item.kind.rawValue.capitalized): \(item.title)\(begins)\(origin)"
    }

    private func sent(_ briefing: Briefing, at now: Date) throws -> [EditorNote] {
        try briefing.rows.filter { $0.state == .sent }.compactMap { row in
            guard let sentAt = row.sentAt, abs(now.timeIntervalSince(sentAt)) <= EditorNote.newsFor else { return nil }
            let name = "\(row.number)-sent"
            let told = context.folder.toldEditors
            // Working out the figures reads the whole ledger and the whole subscriber list.
            guard try context.configuration.editors.contains(where: { try !told.has($0, name) }) else { return nil }
            let figures = try SentFigures(row, sentAt: sentAt, among: briefing.rows, context, subscriberList)
            return EditorNote(
                name: name, issue: row.number, subject: figures.subject,
                text: figures.page(next: briefing.open).text(signed: context.configuration.bulletin.name))
        }
    }

    private func heldCorrections(_ rows: [IssueForecast.Row]) throws -> [EditorNote] {
        try rows.flatMap { row in
            try context.folder.issues.correctionReadings(of: row.number).compactMap { held in
                guard let status = held.status, let hold = status.hold else { return nil }
                let mailing = held.mailing
                var page = NotePage()
                page.say("The correction \(mailing.argument) is held, and does not go out until somebody releases it.")
                page.say("Why: \(hold.inWords).")
                page.command("fortnight issue release \(mailing.argument)", "lets it go out")
                let since = Int(status.since.timeIntervalSince1970)
                return EditorNote(
                    name: "\(row.number)-c\(mailing.correction ?? 0)-held-\(since)", issue: row.number,
                    subject: "The correction \(mailing.argument) is held",
                    text: page.text(signed: context.configuration.bulletin.name))
            }
        }
    }
}
