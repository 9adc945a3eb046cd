import Basics
import Bulletin
import Testing

@testable import Intake

@Suite struct ItemReaderTests {
    static let whole = """
        ---
        kind: meeting                    # event, meeting or notice
        title: Co-production network, spring meeting
        network: gm-co-production
        starts: 2027-03-04T13:30
        ends: 2027-03-04 15:00
        timezone: Europe/London
        place:
          name: Friends' Meeting House
          address: 6 Mount Street, Manchester M2 5NS
          access: Step-free from the side door; hearing loop
        online:
          url: https://meet.example.org/co-production
          dialIn: 0161 496 0123
          id: 812 345
        organiser: GM Co-Production Network
        takingPart:
          phone: 0161 496 0456
          text: 07700 900456
          letter: Freepost CO-PRODUCTION
          email: events@example.org
          url: https://example.org/book
        support: Travel costs paid; tablets to borrow; BSL interpreter
        topics: [health, housing]
        picture: {file: table.jpg, alternative: Six people around a table, credit: The network}
        from: 2027-02-01
        until: 2027-03-03
        priority: 0
        repeat: once
        ---
        The summary, in **Markdown**, kept short.

        """

    @Test func theFormOfTheDesignIsReadWhole() throws {
        let item = try ItemIntake().take(Self.whole, as: .meeting).item
        #expect(item.kind == .meeting)
        #expect(item.title == "Co-production network, spring meeting")
        #expect(item.network == "gm-co-production")
        #expect(item.starts?.description == "2027-03-04T13:30")
        #expect(item.ends?.description == "2027-03-04T15:00")
        #expect(item.place?.access == "Step-free from the side door; hearing loop")
        #expect(item.online?.id == "812 345")
        #expect(item.takingPart.phone == "0161 496 0456")
        #expect(item.topics == ["health", "housing"])
        #expect(item.picture?.alternative == "Six people around a table")
        #expect(item.from?.description == "2027-02-01")
        #expect(item.summary == "The summary, in **Markdown**, kept short.")
        #expect(item.addedBy == "sam")
    }

    @Test(arguments: ["\r\n", "\r"]) func lineEndsAndAByteOrderMarkMakeNoDifference(_ end: String) throws {
        let plain = try ItemIntake().take(Self.whole).item
        let marked = "\u{FEFF}" + Self.whole.replacing("\n", with: end)
        #expect(try ItemIntake().take(marked).item == plain)
    }

    @Test func jsonHasTheSameKeysAndTheBodyAsSummary() throws {
        let json = #"""

            {"kind": "event", "title": "Caf\u00e9 \ud83d\ude00 \"open\"", "starts": "+2d 10:00",
             "place": {"name": "Hall"}, "takingPart": {"text": "07700 900456"}, "topics": ["health", "food"],
             "priority": 3, "network": null, "summary": "One.\n\nTwo."}
            """#
        let item = try ItemIntake().take(json).item
        #expect(item.title == "Café 😀 \"open\"")
        #expect(item.starts?.description == "2026-11-27T10:00")
        #expect(item.place?.name == "Hall")
        #expect(item.topics == ["health", "food"])
        #expect(item.priority == 3)
        #expect(item.summary == "One.\n\nTwo.")
    }

    @Test func aValueIsItsSourceTextWhateverYAMLMakesOfIt() throws {
        let item = try ItemIntake().take(
            event("organiser: 0x1F\nonline: {id: 0012, dialIn: 1e3}\nsupport: ~", title: "title: No"), as: .event
        ).item
        #expect(item.title == "No")
        #expect(item.organiser == "0x1F")
        #expect(item.online == Item.Online(dialIn: "1e3", id: "0012"))
        #expect(item.support == "~")
    }

    @Test func aFieldLeftBlankIsNotGiven() throws {
        let item = try ItemIntake().take(event("organiser:\nplace:\n  name:\n  address:\nonline:"), as: .event).item
        #expect(item.organiser == nil)
        #expect(item.place == nil)
    }

    @Test(arguments: [
        (
            event("tittle: Lunch"),
            "line 5: tittle: is not a field of an item; did you mean title?"
        ),
        (
            event("place:\n  adress: 6 Mount Street"),
            "line 6: place.adress: is not a field of an item; did you mean place.address?"
        ),
        (
            event("colour: red"),
            "line 5: colour: is not a field of an item; the fields are kind, title, network, starts, ends, timezone, "
                + "place, online, organiser, takingPart, support, topics, picture, from, until, priority, repeat, summary"
        ),
        (event("title: Again"), "line 5: title: is given twice; keep one of them"),
        (event("place: {name: A, name: B}"), "line 5: name: is given twice; keep one of them"),
        (
            event("place: the hall"),
            "line 5: place: takes parts, not a text: place.name, place.address, place.access"
        ),
        (event("support: [a, b]"), "line 5: support: takes one text, not a list"),
        (event("support: {a: b}"), "line 5: support: takes a text, not fields beneath it"),
        (event("topics: [[a]]"), "line 5: topics: takes a list of texts, and one of these is a list"),
        (
            event("support: &a yes"),
            "line 5: begins with & or *, which YAML takes for an anchor or an alias; put the value in quotes"
        ),
        (
            event("support: *a"),
            "line 5: begins with & or *, which YAML takes for an anchor or an alias; put the value in quotes"
        ),
        (event("support: !yes"), "line 5: begins with !, which YAML takes for a tag; put the value in quotes"),
        (
            event("place:\n  title: A\ntitle: B"),
            "line 7: title: is given twice; keep one of them"
        ),
        (
            event(title: "title: Lunch: a club"),
            "line 2: has a colon and a space within a value; put the value in quotes"
        ),
        (event("support: \"yes"), "line 5: has a quotation mark that is opened and not closed; close it"),
        (
            event("support: @home"),
            "line 5: has a value that begins with a sign that YAML keeps for itself; put the value in quotes"
        ),
        (
            event("summary: one"),
            "line 7: summary: is given twice, as a field and as the text below; keep one of them"
        ),
        (
            "Hello",
            "line 1: there is no front matter; begin the file with a line of ---, then the fields, then another line of "
                + "---"
        ),
        (
            "---\ntitle: x\n",
            "line 1: the front matter that begins here has no end; put a line of --- after its fields"
        ),
        ("---\njust words\n---\n", "line 2: is not a field; write each as key: value, as title: Spring meeting"),
        (" \n ", "the file is empty; write the item into it"),
        ("{\"title\": \"a\",\n \"title\": \"b\"}", "line 2: title: is given twice; keep one of them"),
        ("{\"title\":\n \"a}", "line 2: a text in double quotes does not end; close it"),
        ("{\"title\": No}", "line 1: No is not a value of JSON; put texts in double quotes"),
        ("{\"a\": 1}\n{", "line 2: something follows the object's closing }; take it out"),
        ("{\"tittle\": \"a\"}", "line 1: tittle: is not a field of an item; did you mean title?"),
        (event("support: a\u{7}b"), "line 5: has a control character (U+0007) in it; take it out"),
        (
            event("support: a\u{FFFD}b"),
            "line 5: has a character that was lost in a conversion (U+FFFD) in it; take it out"
        ),
        (event("support: \"a\\x07b\""), "line 5: support: has a control character (U+0007) in it; take it out"),
        (
            event(title: "title: a\u{202E}b"),
            "line 2: title: has a character that turns the direction of reading (U+202E) in it; take it out"
        ),
        (event(title: "title: \"a\\r\\nBcc: x\""), "line 2: title: has a line break in it; take it out"),
    ])
    func whatIsWrongIsSaidInOneLineWithItsRemedy(_ text: String, _ message: String) throws {
        #expect(
            try ItemIntake().complaints(text) == [message] || ItemIntake().complaints(text, as: .event) == [message])
    }

    @Test func allProblemsAreSaidAtOnceEachWithItsLine() throws {
        let text = """
            ---
            kind: notice
            starts: 2020-01-01T10:00
            ends: yesterday
            timezone: Europe/Londn
            takingPart:
              email: events.example.org
              url: ftp://example.org
            from: soon
            until: 2026-01-01
            priority: high
            repeat: often
            ---
            """
        #expect(
            try ItemIntake().complaints(text, as: .event) == [
                "line 2: kind: notice does not agree with the command, which is for an event; change one of them",
                "line 4: ends: yesterday is not a date and time; write it as 2027-03-04T13:30, Thu 4 March 1.30pm, or "
                    + "+16d 13:30, counted from today",
                "line 9: from: soon is not a day; write it as 2027-03-04, Thu 4 March, or +3d, counted from today",
                "line 11: priority: high is not a number; give one from -100 to 100",
                "line 12: repeat: often is not known; give once or until-it-has-happened",
                "title: there is none; give a title that says what it is",
                "line 3: starts: 2020-01-01T10:00 is in the past; give the date it will happen",
                "line 5: timezone: Europe/Londn is not a time zone; write it as region and city: Europe/London",
                "line 7: takingPart.email: events.example.org has no @: write it as name@example.org",
                "line 8: takingPart.url: ftp://example.org is not a link to a page; write it as https://example.org/page",
                "line 10: until: 2026-01-01 is in the past; give a later day, or leave it out",
            ])
    }

    @Test func whatFortnightKeepsItselfIsPassedOverWithANote() throws {
        let taken = try ItemIntake().take(event("id: zzzzzz\nsequence: 9\naddedBy: somebody else"), as: .event)
        #expect(taken.item.id.description == "abc234")
        #expect(taken.item.sequence == 0)
        #expect(
            taken.notes.map(\.description) == [
                "line 5: id: is set by Fortnight and was ignored",
                "line 6: sequence: is set by Fortnight and was ignored",
                "line 7: addedBy: is set by Fortnight and was ignored",
            ])
    }

    @Test func withoutAKindTheFileMustSayIt() throws {
        #expect(try ItemIntake().complaints(event()) == ["kind: is missing; give event, meeting or notice"])
        #expect(try ItemIntake().take(event("kind: event")).item.kind == .event)
    }
}
