import Basics
import Bulletin
import Foundation

/// An item as templates see it, in one medium.
struct ItemTemplateContext {
    /// How much of an item is in the mail, so that the mail stays small enough to be shown whole.
    enum Extent: Hashable {
        case whole
        /// The beginning of the summary, at most this many bytes.
        case summary(Int)
        /// Title, time and telephone: the rest is on the web.
        case brief
    }

    let item: Item
    private let issueURL: String
    private let words: DateWords
    let summary: Markdown
    /// Everything but the summary, which alone differs between media.
    private var values: [String: TemplateContext.Value] = [:]

    /// `label` is the item's title, made unique.
    init(item: Item, label: String, issueURL: String, site: String? = nil, words: DateWords) {
        (self.item, self.issueURL, self.words) = (item, issueURL, words)
        // A cancelled item needs no further details.
        let isCancelled = item.change?.isCancelled ?? false
        summary = Markdown(isCancelled ? "" : item.summary)
        values = [
            "id": .text(item.id.description),
            "title": .text(CleanText.line(item.title)),
            "label": .text(label),
            "isDated": .flag(isDated(label)),
            "organiser": .text(CleanText.line(item.organiser)),
            "topics": .lines(item.topics.compactMap { CleanText.line(Optional($0)) }),
            "change": .templateContext(change),
            "isCancelled": .flag(isCancelled),
            "when": .templateContext(isCancelled ? nil : when),
            "alsoOn": .lines(alsoOn),
            "place": .templateContext(isCancelled ? nil : place),
            "online": .templateContext(isCancelled ? nil : online),
            "takingPart": .templateContext(takingPart(item.takingPart)),
            "support": .text(isCancelled ? nil : CleanText.line(item.support)),
            "picture": .templateContext(isCancelled ? nil : picture),
            "itemURL": .text("\(issueURL)#\(item.id)"),
            "calendarURL": .text(
                item.starts == nil || isCancelled ? nil : site.map { "\($0)/items/\(item.id).ics" }),
        ]
    }

    /// `setting` renders Markdown for the medium, under the item's own heading.
    func templateContext(_ extent: Extent, corrections: [TemplateContext] = [], setting: (Markdown) -> String)
        -> TemplateContext
    {
        var values = values
        values["corrections"] = .list(corrections)
        switch extent {
        case .whole: values["summary"] = .markup(setting(summary))
        case .summary(let limit):
            let cut = summary.shortened(to: limit)
            values["summary"] = .markup(setting(cut))
            values["isCut"] = .flag(cut != summary)
        case .brief:
            for name in ["organiser", "topics", "place", "online", "support", "picture", "calendarURL"] {
                values[name] = nil
            }
            let ways = Item.TakingPart(phone: item.takingPart.phone, text: item.takingPart.text)
            values["takingPart"] = .templateContext(takingPart(ways))
            values["isCut"] = .flag(true)
        }
        return TemplateContext(.item, values)
    }

    private func isDated(_ label: String) -> Bool {
        guard label != CleanText.line(item.title), let starts = item.startInstant else { return false }
        return label.contains(words.date(starts, in: item.zone))
    }

    private var when: TemplateContext? {
        guard let starts = item.startInstant else { return nil }
        if item.isAllDay { return days }
        let zone = item.zone
        let ends = item.endInstant
        let staysOnDay = ends.map { LocalDateTime($0, in: zone).date == item.starts?.date } ?? true
        return TemplateContext(
            .when,
            [
                "date": .text(words.date(starts, in: zone)),
                "starts": .text(words.time(starts, in: zone)),
                "endDate": .text(staysOnDay ? nil : ends.map { words.date($0, in: zone) }),
                "ends": .text(ends.map { words.time($0, in: zone) }),
                "zone": .text(words.zone(zone, at: starts)),
                "machine": .text(starts.rfc3339(in: zone)),
            ])
    }

    /// The days of an all-day event: the first, and the last if it differs.
    private var days: TemplateContext? {
        guard let starts = item.starts, let last = item.ends?.date.adding(days: -1) else { return nil }
        let zone = item.zone
        let first = words.date(starts.instant(in: zone), in: zone)
        let end = last == starts.date ? nil : words.date(LocalDateTime(last, starts.time).instant(in: zone), in: zone)
        return TemplateContext(
            .when, ["date": .text(first), "ends": .text(end), "machine": .text(starts.date.description)])
    }

    /// The item's change, with the time that readers were first told.
    private var change: TemplateContext? {
        guard let change = item.change, let starts = item.starts else { return nil }
        let first = if case .moved(let from, _) = change { from } else { starts }
        return TemplateContext(
            .change,
            [
                "isMoved": .flag(!change.isCancelled), "was": .text(moment(first)),
                "why": .text(CleanText.line(change.why)),
            ])
    }

    /// Few enough to read; of many, the first ones and the last.
    private var alsoOn: [String] {
        let moments = item.alsoOn.map(moment)
        guard moments.count > Self.mostDates + 2, let last = moments.last else { return moments }
        return moments.prefix(Self.mostDates) + ["…", last]
    }

    private static let mostDates = 6

    /// `Thursday 4 March 2027, 13:30`
    private func moment(_ local: LocalDateTime) -> String {
        let instant = local.instant(in: item.zone)
        return "\(words.date(instant, in: item.zone)), \(words.time(instant, in: item.zone))"
    }

    private var place: TemplateContext? {
        guard let place = item.place, place != Item.Place() else { return nil }
        return TemplateContext(
            .place,
            [
                "name": .text(CleanText.line(place.name)),
                "address": .text(CleanText.joinedLines(place.address)),
                "access": .text(CleanText.line(place.access)),
            ])
    }

    private var online: TemplateContext? {
        guard let online = item.online, online != Item.Online() else { return nil }
        let link = online.url.flatMap { Link.address($0) }
        return TemplateContext(
            .online,
            [
                "dialIn": .text(CleanText.line(online.dialIn)),
                "dialInLink": .text(online.dialIn.flatMap { Link.telephone($0) }),
                "meetingID": .text(CleanText.line(online.id)),
                "link": .text(link),
                "linkLabel": .text(link.map { Link.label($0) } ?? CleanText.line(online.url)),
            ])
    }

    private func takingPart(_ ways: Item.TakingPart) -> TemplateContext? {
        guard !ways.isEmpty else { return nil }
        let link = ways.url.flatMap { Link.address($0) }
        return TemplateContext(
            .takingPart,
            [
                "phone": .text(CleanText.line(ways.phone)),
                "phoneLink": .text(ways.phone.flatMap { Link.telephone($0) }),
                "textNumber": .text(CleanText.line(ways.text)),
                "letter": .text(CleanText.joinedLines(ways.letter)),
                "email": .text(CleanText.line(ways.email)),
                "emailLink": .text(ways.email.flatMap { Link.mail($0) }),
                "link": .text(link),
                "linkLabel": .text(link.map { Link.label($0) } ?? CleanText.line(ways.url)),
            ])
    }

    private var picture: TemplateContext? {
        guard let picture = item.picture, let file = picture.file.split(separator: "/").last else { return nil }
        return TemplateContext(
            .picture,
            [
                "address": .text("\(issueURL)/pictures/\(Link.segment(String(file)))"),
                "alternative": .text(CleanText.line(picture.alternative)),
                "credit": .text(CleanText.line(picture.credit)),
            ])
    }
}
