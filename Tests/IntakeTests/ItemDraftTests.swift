import Basics
import Bulletin
import Foundation
import Testing

@testable import Intake

@Suite struct ItemDraftTests {
    @Test func optionsFillTheSameFieldsAsFiles() throws {
        var draft = ItemDraft()
        try draft.set("title", to: " Lunch club ")
        try draft.set("starts", to: "+2d 12:00")
        try draft.set("topics", to: "food, company,,")
        try draft.set("place.name", to: "Hall")
        try draft.set("takingPart.phone", to: "0161 496 0456")
        try draft.set("place.address", to: "x")
        try draft.set("place.address", to: " ")
        let item = try ItemIntake().take(draft, as: .event).item
        #expect(item.title == "Lunch club")
        #expect(item.topics == ["food", "company"])
        #expect(item.place == Item.Place(name: "Hall"))
        #expect(draft.fields == ["title", "starts", "place.name", "takingPart.phone", "topics"])
    }

    @Test func aFieldThatIsNoneIsRefusedWithTheNearest() {
        var draft = ItemDraft()
        #expect {
            try draft.set("takingpart.fone", to: "1")
        } throws: {
            "\($0)" == "takingpart.fone: is not a field of an item; did you mean takingPart.phone?"
        }
    }

    @Test func everyFieldHasOneLineThatSaysWhatItIs() {
        for field in ItemField.all {
            #expect(!field.doc.isEmpty && !field.doc.contains("\n") && field.doc.count <= 80)
            #expect(ItemField.named(field.name)?.name == field.name)
        }
        #expect(ItemField.groups == ["place", "online", "takingPart", "picture"])
    }

    @Test func whatIsWrittenForAnEditorIsReadAsTheSameItem() throws {
        var item = try ItemIntake().take(ItemReaderTests.whole).item
        #expect(try ItemIntake().take(ItemWriter.markdown(item)).item == item)
        item.title = "\"No\": [it's] {a} #1 & *all* \\ — é"
        item.organiser = "- 'quoted'"
        item.place = Item.Place(name: "true", address: "1: The Street #2", access: "One\n\nTwo: three\n  four")
        item.support = "First line\n# second\n--- third\n\u{A0}last"
        item.topics = ["a, b", "[c]", "No", "12"]
        item.online = Item.Online(url: "https://example.org/?a=1&b=2#c", dialIn: "+44 161 496 0123", id: "@x")
        item.summary = "---\ntitle: not this\n---\n\n{and} *that*"
        (item.priority, item.repeat) = (-3, .untilItHasHappened)
        #expect(try ItemIntake().take(ItemWriter.markdown(item)).item == item)
        #expect(try ItemIntake().take(ItemDraft(item)).item == item)
    }

    @Test(arguments: Item.Kind.allCases) func anEmptyFormIsReadAsNothingButItsKind(_ kind: Item.Kind) throws {
        let draft = try ItemReader.read(Array(ItemWriter.form(kind).utf8))
        #expect(draft.fields == ["kind"])
    }

    @Test func anEditKeepsWhatNamesTheItemAndCountsChangesOfTimeAndPlace() throws {
        let intake = try ItemIntake()
        let old = try intake.take(event("priority: 2"), as: .event).item
        var draft = ItemDraft(old)
        try draft.set("priority", to: "")
        try draft.set("organiser", to: "Us")
        let later = intake.now + 3600
        let renamed = try draft.item(replacing: old, now: later, by: "kim", defaultZone: intake.zone).item
        #expect(renamed.id == old.id && renamed.uid == old.uid && renamed.addedBy == "sam")
        #expect(renamed.editedBy == "kim" && renamed.editedAt == later)
        #expect(renamed.priority == 0 && renamed.organiser == "Us" && renamed.sequence == 0)
        try draft.set("starts", to: "+20d 13:30")
        let moved = try draft.item(replacing: renamed, now: later, by: "kim", defaultZone: intake.zone).item
        #expect(moved.sequence == 1)
        try draft.set("kind", to: "notice")
        #expect(throws: Problems.self) {
            try draft.item(replacing: moved, now: later, by: "kim", defaultZone: intake.zone)
        }
    }

    @Test("what has begun may be mended as it stands, and is refused a new time that is past")
    func begun() throws {
        let intake = try ItemIntake()
        let old = try intake.take(event("until: 2026-12-01"), as: .event).item
        let later = try #require(old.startInstant) + 3600
        func edited(_ field: String, _ value: String) throws -> AcceptedItem {
            var draft = ItemDraft(old)
            try draft.set(field, to: value)
            return try draft.item(replacing: old, now: later, by: "kim", defaultZone: intake.zone)
        }
        let mended = try edited("organiser", "The Lunch Club")
        #expect(mended.item.organiser == "The Lunch Club")
        #expect(mended.notes.map(\.field) == ["starts", "until"])
        #expect(throws: Problems.self) { try edited("starts", "2026-12-02 10:00") }
        #expect(throws: Problems.self) { try edited("until", "2026-12-02") }
        #expect(throws: Problems.self) { try edited("title", " ") }
        #expect(try edited("starts", "2027-02-01 10:00").item.starts?.date.description == "2027-02-01")
    }

    @Test func anotherTimeAfterReadersWereToldIsAMoveFromTheFirstTime() throws {
        let intake = try ItemIntake()
        let old = try intake.take(event(""), as: .event).item
        func edited(_ item: Item, starts: String, wasTold: Bool) throws -> Item {
            var draft = ItemDraft(item)
            try draft.set("starts", to: starts)
            try draft.set("ends", to: "")
            return try draft.item(
                replacing: item, wasTold: wasTold, now: intake.now, by: "kim", defaultZone: intake.zone
            ).item
        }
        let first = try #require(old.starts)
        #expect(try edited(old, starts: "+20d 13:30", wasTold: false).change == nil)
        let moved = try edited(old, starts: "+20d 13:30", wasTold: true)
        #expect(moved.change == .moved(from: first, why: nil))
        // Moved once more, it still names the time that readers were told first; moved back, it is as it was.
        let again = try edited(moved, starts: "+21d 13:30", wasTold: true)
        #expect(again.change == .moved(from: first, why: nil))
        #expect(try edited(again, starts: first.description, wasTold: true).change == nil)
        var off = old
        off.change = .cancelled(why: "Ill")
        #expect(try edited(off, starts: "+20d 13:30", wasTold: true).change == .cancelled(why: "Ill"))
    }

    @Test func whatANetworkSaysStandsWhereADraftIsSilent() throws {
        let intake = try ItemIntake()
        var network = try intake.take(event("place: {name: The hall, access: Step-free}"), as: .event).item
        network.takingPart = Item.TakingPart(phone: "0161 496 0456")
        network.support = "Fares are paid"
        var draft = ItemDraft()
        try draft.set("takingPart.text", to: "07700 900456")
        draft.inherit(from: network)
        #expect(draft[field: "place.name"] == "The hall")
        #expect(draft[field: "support"] == "Fares are paid")
        // A group that the editor wrote is the editor's whole word.
        #expect(draft[field: "takingPart.phone"] == nil)
        #expect(draft[field: "title"] == nil)
    }
}
