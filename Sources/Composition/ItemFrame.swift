import Bulletin
import Foundation

/// An item as templates see it, in one medium.
struct ItemFrame {
    /// How much of an item goes into the mail, so that the mail stays small enough to be shown whole.
    enum Extent: Hashable {
        case whole
        /// The summary's beginning, at most so many characters.
        case summary(Int)
        /// What it is, when, and by what telephone: the rest is on the web.
        case brief
    }

    let item: Item
    /// The item's title, told apart from others of the same title.
    let label: String
    let issueURL: String
    let words: DateWords
    let extent: Extent
    /// Markdown as the medium has it, under the item's own heading.
    let setting: (Markdown) -> String

    var frame: Frame {
        let whole = Markdown(item.summary)
        let summary: Markdown
        switch extent {
        case .whole: summary = whole
        case .summary(let limit): summary = whole.shortened(to: limit)
        case .brief: summary = Markdown(blocks: [])
        }
        let isBrief = extent == .brief
        return Frame(
            .item,
            [
                "id": .text(item.id.description),
                "title": .text(CleanText.line(item.title)),
                "label": .text(label),
                "organiser": .text(isBrief ? nil : CleanText.line(item.organiser)),
                "topics": .lines(isBrief ? [] : item.topics.compactMap { CleanText.line(Optional($0)) }),
                "when": .frame(when),
                "place": .frame(isBrief ? nil : place),
                "online": .frame(isBrief ? nil : online),
                "takingPart": .frame(takingPart(isBrief: isBrief)),
                "support": .text(isBrief ? nil : CleanText.line(item.support)),
                "picture": .frame(isBrief ? nil : picture),
                "summary": .markup(setting(summary)),
                "isCut": .flag(isBrief || summary != whole),
                "itemURL": .text("\(issueURL)#\(item.id)"),
            ])
    }

    private var when: Frame? {
        guard let starts = item.startInstant else { return nil }
        let zone = item.zone
        let ends = item.endInstant
        let staysOnDay = ends.map { LocalDateTime($0, in: zone).date == item.starts?.date } ?? true
        return Frame(
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

    private var place: Frame? {
        guard let place = item.place, place != Item.Place() else { return nil }
        return Frame(
            .place,
            [
                "name": .text(CleanText.line(place.name)),
                "address": .text(CleanText.joinedLines(place.address)),
                "access": .text(CleanText.line(place.access)),
            ])
    }

    private var online: Frame? {
        guard let online = item.online, online != Item.Online() else { return nil }
        let link = online.url.flatMap { Link.address($0) }
        return Frame(
            .online,
            [
                "dialIn": .text(CleanText.line(online.dialIn)),
                "dialInLink": .text(online.dialIn.flatMap { Link.telephone($0) }),
                "meetingID": .text(CleanText.line(online.id)),
                "link": .text(link),
                "linkLabel": .text(link.map { Link.label($0) } ?? CleanText.line(online.url)),
            ])
    }

    private func takingPart(isBrief: Bool) -> Frame? {
        var ways = item.takingPart
        if isBrief { ways = Item.TakingPart(phone: ways.phone, text: ways.text) }
        guard !ways.isEmpty else { return nil }
        let link = ways.url.flatMap { Link.address($0) }
        return Frame(
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

    private var picture: Frame? {
        guard let picture = item.picture, let file = picture.file.split(separator: "/").last else { return nil }
        return Frame(
            .picture,
            [
                "address": .text("\(issueURL)/pictures/\(Link.segment(String(file)))"),
                "alternative": .text(CleanText.line(picture.alternative)),
                "credit": .text(CleanText.line(picture.credit)),
            ])
    }
}
