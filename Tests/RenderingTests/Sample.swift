import Basics
import Bulletin
import Foundation
import Rendering

/// Issues to render, and a renderer for them.
enum Sample {
    static let london = TimeZone(identifier: "Europe/London") ?? .gmt

    /// The folder of Fortnight's own templates.
    static var templates: String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../templates").standardized.path
    }

    static func masthead() throws -> Masthead {
        Masthead(
            name: "Health and Social Care eBulletin", publisher: "Example Health and Social Care Partnership",
            language: "en-GB", fromName: "Health and Social Care eBulletin",
            from: try EmailAddress("bulletin@example.org"), replyTo: try EmailAddress("editor@example.org"),
            postalAddress: "1 Example Street\nManchester M1 1AA", phone: "0161 496 0000", text: "07700 900000",
            returnAddress: try EmailAddress("bounces@example.org"), mailboxIsRead: true,
            publicURL: "https://bulletin.example.org")
    }

    static func renderer() throws -> IssueRenderer {
        IssueRenderer(masthead: try masthead(), templates: try TemplateSet(folder: templates))
    }

    static func date(_ text: String) -> Date { Date(rfc3339: text) ?? .distantPast }

    static func item(_ id: String, _ kind: Item.Kind, _ title: String) throws -> Item {
        guard let id = ItemID(id) else { throw Problems([]) }
        return Item(
            id: id, uid: "\(id)@example.org", kind: kind, title: title, timezone: "Europe/London",
            addedAt: date("2026-11-20T09:00:00Z"), addedBy: "ann")
    }

    static func issue(_ items: [Item], introduction: String? = nil) -> Issue {
        Issue(
            number: IssueNumber(24), slot: date("2026-12-02T10:00:00Z"), sends: date("2026-12-02T10:00:00Z"),
            closedAt: date("2026-11-25T10:00:00Z"), introduction: introduction, items: items, leftOut: [])
    }

    /// A meeting with every possible detail, a telephone call, a webinar abroad, and two notices.
    static func smallIssue() throws -> Issue {
        var meeting = try item("abcd23", .meeting, "Co-production network, winter meeting")
        meeting.network = "gm-co-production"
        meeting.starts = LocalDateTime("2026-12-10T13:30")
        meeting.ends = LocalDateTime("2026-12-10T15:00")
        meeting.place = Item.Place(
            name: "Friends' Meeting House", address: "6 Mount Street\nManchester M2 5NS",
            access: "Step-free from the side door; hearing loop; quiet room")
        meeting.online = Item.Online(
            url: "https://meet.example.org/co-production", dialIn: "0161 496 0123", id: "812 345")
        meeting.organiser = "GM Co-Production Network"
        meeting.takingPart = Item.TakingPart(
            phone: "0161 496 0456", text: "07700 900456", letter: "Freepost CO-PRODUCTION", email: "events@example.org",
            url: "https://example.org/book?event=winter&from=bulletin")
        meeting.support = "Travel costs paid; tablets to borrow; BSL interpreter"
        meeting.topics = ["health", "housing"]
        meeting.picture = Item.Picture(
            file: "winter table.jpg", alternative: "Six people around a table, laughing", credit: "The network")
        meeting.summary = """
            We meet to plan the year together. **Everyone is welcome**, whether you have been before or not.

            - Tea and cake from 13:00
            - What we learned in the autumn
            - What we want to change in [the city's plan](https://example.org/plan)

            > “Nothing about us without us.”
            """
        var call = try item("efgh34", .meeting, "Homelessness Action Network, weekly call")
        call.starts = LocalDateTime("2026-12-03T09:30")
        call.ends = LocalDateTime("2026-12-03T10:15")
        call.online = Item.Online(url: nil, dialIn: "0161 496 0199", id: "77 12 03")
        call.organiser = "GM Homelessness Action Network"
        call.takingPart = Item.TakingPart(phone: "0161 496 0199")
        call.summary = "A call with the combined authority and the whole network. Ring in; no booking, no camera."
        var webinar = try item("ijkl45", .event, "Webinar: co-production in a hard year")
        webinar.timezone = "Europe/Paris"
        webinar.starts = LocalDateTime("2026-12-14T14:00")
        webinar.ends = LocalDateTime("2026-12-14T15:30")
        webinar.online = Item.Online(url: "https://meet.example.org/webinar")
        webinar.takingPart = Item.TakingPart(text: "07700 900222", url: "https://example.org/webinar")
        webinar.topics = ["co-production"]
        webinar.summary = """
            Speakers from four cities tell what worked.

            # The panel

            1. Ana Example, Lyon
            2. Ben Example, Salford

            ## Questions

            Send yours to <questions@example.org> before *Friday 11 December*.
            """
        var stories = try item("mnop56", .notice, "Lockdown Lives: this week's films and poems")
        stories.takingPart = Item.TakingPart(
            letter: "Lockdown Lives\nPO Box 12\nManchester M60 1XX", url: "https://stories.example.org/")
        stories.summary =
            "People's own videos, pictures and poems, new each week: <https://stories.example.org/this-week>."
        var shopping = try item("qrst67", .notice, "Help with shopping if you are ill or shielding")
        shopping.takingPart = Item.TakingPart(phone: "0161 496 0777 (ask for Sam)")
        shopping.summary = "Neighbours do the shopping; you pay what it cost. Ring by noon for the same day."
        return issue(
            [meeting, call, webinar, stories, shopping],
            introduction: "A short issue before the holidays. The next one comes on **16 December**.")
    }

    /// A weekly call, a meeting that was moved, and one that is called off.
    static func changedIssue() throws -> Issue {
        var call = try item("efgh34", .meeting, "Homelessness Action Network, weekly call")
        call.starts = LocalDateTime("2026-12-03T09:30")
        call.alsoOn = ["2026-12-10T09:30", "2026-12-17T09:30"].compactMap { LocalDateTime($0) }
        call.takingPart = Item.TakingPart(phone: "0161 496 0199")
        var moved = try item("abcd23", .meeting, "GM Co-Production Network")
        moved.starts = LocalDateTime("2026-12-15T13:30")
        moved.ends = LocalDateTime("2026-12-15T15:00")
        moved.change = .moved(
            from: LocalDateTime(date("2026-12-10T13:30:00Z"), in: london), why: "The hall is being painted.")
        moved.takingPart = Item.TakingPart(phone: "0161 496 0456")
        var cancelled = try item("ijkl45", .event, "Webinar: co-production in a hard year")
        cancelled.starts = LocalDateTime("2026-12-14T14:00")
        cancelled.change = .cancelled(why: "The speakers are ill; a new date <will> follow.")
        cancelled.place = Item.Place(name: "Friends' Meeting House")
        cancelled.online = Item.Online(url: "https://meet.example.org/webinar")
        cancelled.takingPart = Item.TakingPart(text: "07700 900222")
        cancelled.summary = "Join us for an hour."
        return issue([call, moved, cancelled])
    }

    /// Every field filled with hostile text.
    static func hostileIssue() throws -> Issue {
        var item = try item(
            "events", .event, "</h3><script>alert(1)</script> {{name}} %s\r\nBcc: x@example.org \u{202E}")
        item.starts = LocalDateTime("2026-12-10T13:30")
        item.ends = LocalDateTime("2026-12-11T09:00")
        item.place = Item.Place(
            name: "<img src=x onerror=alert(1)>", address: "\u{1}leave\u{2}", access: "\u{0}\u{7F}\u{85}{{{leave}}}")
        item.online = Item.Online(
            url: "javascript:alert(1)", dialIn: "<b>0161</b>", id: "\"'&<>")
        // A quotation mark with a combining accent is one character to Swift, and ends an attribute for a browser.
        item.organiser = "\"\u{301} onmouseover=alert(1) \u{600}\"<\u{301}script>"
        item.takingPart = Item.TakingPart(
            phone: "07700 900123\" onclick=\"alert(1)", text: "<i>", letter: "a\n<p>\nb",
            email: "x@example.org?bcc=y@example.org\"", url: "https://example.org/\"><script>alert(1)</script>{{x}}")
        item.support = "{{#items}}{{title}}{{/items}}"
        item.topics = ["<topic>", "", "\u{1}leave\u{2}"]
        item.picture = Item.Picture(
            file: "../../etc/x\" onerror=\"y.jpg", alternative: "\"><script>alert(1)</script>", credit: "<b>")
        item.summary = """
            <script>alert(1)</script>

            <!-- a note -->

            Text &#1;leave&#2; {{leave}} {{{leave}}} <b onclick="x">bold</b> &lt;script&gt;

            [a](javascript:alert(1)) [b](data:text/html,x) [c](/relative) [d](https://example.org/"onclick=x) https://example.org/_a_?b=1&c=2).  \
            ![pixel](https://tracker.example.org/x.gif) <https://example.org/?a=1&b=<x>>

            ###### Six

            # One

            [x](vbscript:x "title\" onclick=\"y")
            """
        var twin = item
        twin.id = try self.item("main22", .notice, "").id
        return issue([item, twin], introduction: "# Big\n\n<style>*{display:none}</style>\u{1}leave\u{2}")
    }
}
