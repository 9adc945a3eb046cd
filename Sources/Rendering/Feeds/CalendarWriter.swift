import Basics
package import Bulletin
package import Foundation
import ICalendar

/// Writes items as calendar entries (RFC 5545), published without asking for replies (RFC 5546 section 3.2). Pure: the
/// same items give the same bytes, for every time stamp is that of the item's last change.
package struct CalendarWriter: Sendable {
    /// An event or a meeting, and the issue whose page describes it.
    package struct Entry: Hashable, Sendable {
        package var item: Item
        package var issue: IssueNumber?

        package init(_ item: Item, issue: IssueNumber?) { (self.item, self.issue) = (item, issue) }
    }

    private let masthead: Masthead
    private let templates: TemplateSet
    private let words: DateWords

    /// `zone` is the schedule's.
    package init(masthead: Masthead, templates: TemplateSet, zone: TimeZone) {
        (self.masthead, self.templates) = (masthead, templates)
        words = DateWords(language: masthead.language, home: zone)
    }

    /// A calendar with that one entry; nil if it has no start.
    package func calendar(of entry: Entry) -> String? {
        guard entry.item.starts != nil else { return nil }
        return calendar([entry], named: nil)
    }

    /// The whole calendar, to subscribe to, without items that have no start.
    package func feed(of entries: [Entry]) -> String {
        calendar(entries.filter { $0.item.starts != nil }, named: CleanText.line(masthead.name))
    }

    /// When that item last changed, in whole seconds.
    package static func changed(_ item: Item) -> Date {
        let time = max(item.editedAt ?? item.addedAt, item.addedAt)
        return Date(timeIntervalSince1970: time.timeIntervalSince1970.rounded(.down))
    }

    // MARK: Lines

    private func calendar(_ entries: [Entry], named name: String?) -> String {
        var lines = CalendarLines()
        lines.put("BEGIN", "VCALENDAR")
        lines.put("VERSION", "2.0")
        lines.put("PRODID", "-//Fortnight//Fortnight//EN")
        lines.put("CALSCALE", "GREGORIAN")
        lines.put("METHOD", "PUBLISH")
        if let name {
            lines.put("NAME", text: name)
            lines.put("X-WR-CALNAME", text: name)
            lines.put("REFRESH-INTERVAL;VALUE=DURATION", "P1D")
            lines.put("X-PUBLISHED-TTL", "P1D")
        }
        for (zone, years) in zones(entries) { CalendarZone(zone, years: years).write(to: &lines) }
        for entry in entries { put(entry, to: &lines) }
        lines.put("END", "VCALENDAR")
        return lines.text
    }

    /// The zones used and the years they are used in, in order of name.
    private func zones(_ entries: [Entry]) -> [(TimeZone, ClosedRange<Int>)] {
        var years: [String: ClosedRange<Int>] = [:]
        for item in entries.map(\.item) where !item.isAllDay && !Self.isUTC(item.zone) {
            for date in [item.starts?.date, item.ends?.date] {
                guard let year = date?.year else { continue }
                let known = years[item.zone.identifier] ?? year...year
                years[item.zone.identifier] = min(known.lowerBound, year)...max(known.upperBound, year)
            }
        }
        return years.sorted { $0.key < $1.key }.compactMap { name, years in
            TimeZone(identifier: name).map { ($0, years) }
        }
    }

    private static func isUTC(_ zone: TimeZone) -> Bool { zone.identifier == "GMT" || zone.identifier == "UTC" }

    private func put(_ entry: Entry, to lines: inout CalendarLines) {
        let item = entry.item
        lines.put("BEGIN", "VEVENT")
        lines.put("UID", text: CleanText.line(item.uid))
        lines.put("SEQUENCE", String(item.sequence))
        let stamp = CalendarLines.instant(Self.changed(item))
        lines.put("DTSTAMP", stamp)
        lines.put("LAST-MODIFIED", stamp)
        if let starts = item.starts { put("DTSTART", starts, of: item, to: &lines) }
        if let ends = item.ends, item.endInstant ?? .distantPast > item.startInstant ?? .distantFuture {
            put("DTEND", ends, of: item, to: &lines)
        }
        lines.put("STATUS", item.change?.isCancelled ?? false ? "CANCELLED" : "CONFIRMED")
        lines.put("SUMMARY", text: CleanText.line(item.title))
        lines.put("LOCATION", text: location(item))
        lines.put("DESCRIPTION", text: description(entry))
        if let url = link(entry) { lines.put("URL", url) }
        putOrganiser(item, to: &lines)
        let topics = item.topics.compactMap { CleanText.line(Optional($0)) }
        if !topics.isEmpty { lines.put("CATEGORIES", topics.map(CalendarText.escaped).joined(separator: ",")) }
        lines.put("END", "VEVENT")
    }

    private func put(_ name: String, _ local: LocalDateTime, of item: Item, to lines: inout CalendarLines) {
        if item.isAllDay {
            lines.put("\(name);VALUE=DATE", CalendarLines.day(local.date))
        } else if Self.isUTC(item.zone) {
            lines.put(name, CalendarLines.moment(local) + "Z")
        } else {
            lines.put("\(name);TZID=\(item.zone.identifier)", CalendarLines.moment(local))
        }
    }

    private func location(_ item: Item) -> String? {
        let parts = [CleanText.line(item.place?.name), CleanText.joinedLines(item.place?.address)].compactMap { $0 }
        if !parts.isEmpty { return parts.joined(separator: ", ") }
        return item.online?.url.flatMap { Link.address($0) }
    }

    /// Its page in the archive, otherwise the booking page.
    private func link(_ entry: Entry) -> String? {
        if let issue = entry.issue { return "\(masthead.url(of: issue))#\(entry.item.id)" }
        return (entry.item.takingPart.url ?? entry.item.online?.url).flatMap { Link.address($0) }
    }

    /// The organiser if their address is known, otherwise the publisher.
    private func putOrganiser(_ item: Item, to lines: inout CalendarLines) {
        if let mail = item.takingPart.email.flatMap({ Link.mail($0) }) {
            let name = CleanText.line(item.organiser) ?? CleanText.line(item.title)
            lines.put("ORGANIZER;CN=\(CalendarText.quoted(name))", mail)
        } else if let mail = Link.mail((masthead.replyTo ?? masthead.from).wire) {
            lines.put("ORGANIZER;CN=\(CalendarText.quoted(masthead.publisher))", mail)
        }
    }

    private func description(_ entry: Entry) -> String {
        let url = entry.issue.map { masthead.url(of: $0) } ?? masthead.site
        let templateContext = ItemTemplateContext(
            item: entry.item, label: CleanText.line(entry.item.title), issueURL: url, site: masthead.site, words: words)
        let text = templates.render(
            templateContext.templateContext(.whole, setting: MarkdownText.render), with: .calendar)
        var lines: [Substring] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty, lines.last?.isEmpty ?? true { continue }
            lines.append(line)
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n")
    }
}
