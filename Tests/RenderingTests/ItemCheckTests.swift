import Bulletin
import Foundation
import Testing

@testable import Basics
@testable import Rendering

/// 20 November 2026, a Friday.
private let now = Date(rfc3339: "2026-11-20T09:00:00Z") ?? .distantPast

/// An event without findings, as changed by `change`.
private func event(_ change: (inout Item) -> Void = { _ in }) throws -> Item {
    var item = try Sample.item("abcd23", .event, "Afternoon of stories")
    item.starts = LocalDateTime("2026-12-10T13:30")
    item.takingPart.phone = "0161 496 0456"
    item.place = Item.Place(name: "Friends' Meeting House", access: "Step-free from the side door")
    item.summary = "Come and tell yours."
    change(&item)
    return item
}

private func findings(
    _ item: Item, among others: [Item] = [], language: String = "en-GB", readingAge: Int = 12
) -> [CheckFinding] {
    ItemCheck(language: language, readingAge: readingAge).findings(in: item, among: others, at: now)
}

/// The findings in an event with that summary, as `rule: message`.
private func found(_ summary: String) throws -> [String] {
    findings(try event { $0.summary = summary }).map { "\($0.rule.rawValue): \($0.message)" }
}

@Suite("The check of items") struct ItemCheckTests {
    @Test("finds nothing in a good item")
    func clean() throws {
        #expect(findings(try event()).isEmpty)
        #expect(try found("Read [the city's plan](https://example.org/plan), or write to <ann@example.org>.").isEmpty)
    }

    @Test("finds a picture without a description, or with its file's name as one")
    func pictures() throws {
        func said(_ alternative: String?) throws -> [String] {
            findings(try event { $0.picture = Item.Picture(file: "a/table.jpg", alternative: alternative) }).map(
                \.message)
        }
        let remedy = "describe it in a sentence for people who cannot see it"
        #expect(try said(nil) == ["there is none; \(remedy)"])
        #expect(try said("Table.JPG") == ["“table.jpg” does not describe the picture; \(remedy)"])
        #expect(try said("picture") == ["“picture” does not describe the picture; \(remedy)"])
        #expect(try said("Six people around a table").isEmpty)
        #expect(
            try found("Look: ![a table](https://example.org/table.jpg)") == [
                "picture-alternative: a picture within the text is not shown, only its description; add it as the item's picture"
            ])
    }

    @Test("links to hosts beyond ASCII in the form that every mail program takes, and shows them as people write them")
    func foreignHosts() throws {
        #expect(try found("See [the plan](https://bücher.example/a).").isEmpty)
        let html = MarkdownHTML(topLevel: 4).render(Markdown("[the plan](https://u@bücher.example:8080/ä?b#c)"))
        #expect(html.contains("href=\"https://u@xn--bcher-kva.example:8080/%C3%A4?b#c\""), "\(html)")
        #expect(Link.label("https://xn--bcher-kva.example/a") == "bücher.example/a")
    }

    @Test("finds links that do not say where they lead")
    func linkWords() throws {
        #expect(
            try found("Book [here](https://example.org/book).") == [
                "link-words: the link “here” does not say where it leads; use words that say it"
            ])
        #expect(
            try found("See https://example.org/plan for it.") == [
                "link-words: “https://example.org/plan” is a bare address; write [what it is](https://example.org/plan)"
            ])
        #expect(
            try found("[The plan](https://example.org/a) and [the plan](https://example.org/b)") == [
                "link-words: the words “the plan” lead to two places; use different words for each"
            ])
    }

    @Test(
        "finds links that look dead or are not https",
        arguments: [
            ("http://example.org/plan", "is not https; use https:// if the site has it"),
            ("https://localhost/plan", "leads to a machine that readers cannot reach; use the public address"),
            ("https://192.168.1.4/plan", "leads to a machine that readers cannot reach; use the public address"),
            ("https://example/plan", "looks dead: it names no site; check it in a browser"),
            ("https://https://example.org", "looks dead: it names no site; check it in a browser"),
            ("https://example.org/https://example.org", "has a second address in it; check it in a browser"),
        ])
    func linkTargets(address: String, words: String) throws {
        #expect(try found("See [the plan](\(address)).") == ["link-target: \(address) \(words)"])
        let fields = findings(try event { $0.takingPart.url = address }).map(\.field)
        #expect(fields == ["takingPart.url"])
    }

    @Test("finds a link that leads nowhere")
    func noTarget() throws {
        #expect(
            try found("See [the plan](www.example.org/plan).") == [
                "link-target: “www.example.org/plan” is not an address that a link may have; write it in full: "
                    + "https://example.org/page"
            ])
        #expect(
            try found("See [the plan]().") == [
                "link-target: a link has no address; write it in full: https://example.org/page"
            ])
    }

    @Test("finds words in capitals, but not initials")
    func shouting() throws {
        #expect(
            try found("PLEASE COME ALONG TODAY and see.") == [
                "shouting: “PLEASE COME ALONG TODAY” is in capitals; write it in lower case"
            ])
        let title = findings(try event { $0.title = "VOLUNTEERS WANTED" })
        #expect(title.map(\.field) == ["title"])
        #expect(try found("The NHS, the BBC and the UK.").isEmpty)
        #expect(try found("КУДА ВЫ ИДЁТЕ СЕГОДНЯ").map { $0.prefix(8) } == ["shouting"])
    }

    @Test("finds an event at a place without access notes, and one that needs a computer")
    func waysIn() throws {
        let place = findings(try event { $0.place?.access = " " })
        #expect(place.map(\.rule) == [.access])
        let online = findings(
            try event {
                $0.place = nil
                $0.online = Item.Online(url: "https://meet.example.org/stories")
                $0.takingPart = Item.TakingPart(email: "ann@example.org", url: "https://example.org/book")
            })
        #expect(online.map(\.rule) == [.noComputer])
        let nowhere = findings(try event { $0.place = nil })
        #expect(nowhere.map(\.rule) == [.access] && nowhere.map(\.field) == ["place"])
        let dialIn = findings(
            try event {
                $0.place = nil
                $0.online = Item.Online(dialIn: "0161 496 0123")
                $0.takingPart = Item.TakingPart(email: "ann@example.org")
            })
        #expect(dialIn.isEmpty)
        let notice = findings(
            try event {
                ($0.kind, $0.starts, $0.place) = (.notice, nil, Item.Place(name: "The hall"))
                $0.takingPart = Item.TakingPart(url: "https://example.org/")
            })
        #expect(notice.isEmpty)
    }

    @Test(
        "finds a date whose day of the week is wrong",
        arguments: [
            ("Tuesday 4 March 2027", "Thursday 4 March 2027"), ("Wed, 3rd December 2026", "Thursday 3 December 2026"),
            ("Tues the 4th of March 2027", "Thursday 4 March 2027"),
            ("Monday, December 5", "Saturday 5 December 2026"), ("Friday March 4th, 2027", "Thursday 4 March 2027"),
            ("Tue 4/3/2027", "Thursday 4 March 2027"),
            // Without a year: the next one, which is 2027 for January.
            ("Monday 5 January", "Tuesday 5 January 2027"),
        ])
    func weekdays(written: String, right: String) throws {
        #expect(try found("On \(written) we meet.") == ["weekday: “\(written)” is wrong: it is \(right)"])
        #expect(try found("On \(right) we meet.").isEmpty)
    }

    @Test("finds an item that repeats another")
    func duplicates() throws {
        var other = try Sample.item("efgh34", .event, "Stories: the afternoon")
        other.starts = LocalDateTime("2026-12-10T13:30")
        #expect(findings(try event(), among: [other]).map(\.rule) == [.duplicate])
        other.starts = LocalDateTime("2026-12-17T13:30")
        #expect(findings(try event(), among: [other]).isEmpty)
        other.starts = LocalDateTime("2026-12-10T13:30")
        other.title = "Chair yoga"
        #expect(findings(try event(), among: [other]).isEmpty)
    }

    @Test("advises on initials, long sentences and hard words, and on nothing else")
    func advice() throws {
        #expect(
            try found("Ask the ICB about it. The ICB knows.") == [
                "acronym: ICB is not explained; write it in full once, with ICB in brackets after them"
            ])
        #expect(
            try found("THIS IS VERY IMPORTANT INDEED. Ask the ICB.").map { $0.prefix(12) } == [
                "shouting: “T", "acronym: ICB",
            ])
        #expect(try found("Ask the integrated care board (ICB). The ICB knows.").isEmpty)
        let long = "We go " + (1...30).map { _ in "on" }.joined(separator: " ") + "."
        let rules = findings(try event { $0.summary = long }).map(\.rule)
        #expect(rules == [.sentence, .readingAge])
        let hard =
            "Organisational transformation necessitates multidisciplinary collaboration. Participatory methodologies "
            + "facilitate interdependent decision-making. Commissioning intentions prioritise preventative interventions. "
            + "Representatives will communicate recommendations regarding implementation opportunities accordingly. "
            + "Stakeholders subsequently disseminate accumulated organisational understanding immediately."
        let hardRules = findings(try event { $0.summary = hard }).map(\.rule)
        #expect(hardRules == [.readingAge])
        #expect(findings(try event { $0.summary = hard }, readingAge: 99).isEmpty)
        #expect(findings(try event { $0.summary = hard + long }, language: "cy").isEmpty)
        #expect(CheckRule.allCases.filter(\.isAdvice) == [.acronym, .sentence, .readingAge])
    }

    @Test("finds a summary that is too long")
    func length() throws {
        let long = (1...41).map { _ in "Come and see us soon." }.joined(separator: " ")
        #expect(
            try found(long) == [
                "length: has 205 words, but 200 are enough; keep the essentials, and link to the rest"
            ])
    }

    @Test("has no further findings on a cancelled item")
    func cancelled() throws {
        let item = try event {
            $0.change = .cancelled(why: nil)
            $0.summary = "[here](http://localhost/)"
        }
        #expect(findings(item).isEmpty)
    }

    @Test(
        "ends for any input",
        arguments: [
            String(repeating: "[", count: 20_000), String(repeating: "](", count: 9000),
            String(repeating: "A", count: 20_000), String(repeating: "A ", count: 9000),
            String(repeating: "Mon 1 jan ", count: 1900), String(repeating: "> ", count: 9000),
            String(repeating: "http://a", count: 2400),
            "\u{0}\u{FFFD}\u{202E}" + String(repeating: "\u{301}", count: 9000),
            String(repeating: "*a_", count: 6000), String(repeating: "<a href=x>", count: 1900),
        ])
    func hostile(summary: String) throws {
        let found = findings(try event { $0.summary = summary })
        #expect(found.allSatisfy { !$0.message.contains("\n") && $0.message.count < 400 })
    }
}
