import Basics
import Bulletin
import Editing
import Foundation
import Intake
import Planning
import Publishing
import Records
import Testing

@Suite("Importing items")
struct ImportItemsTests {
    private static let origin = ImportItems.Origin(source: "centre.ics", kind: .event, by: "ann")

    private func event(_ uid: String, _ title: String, starts: String = "20270304T133000", _ more: String = "")
        -> String
    {
        "BEGIN:VEVENT\nUID:\(uid)\nSUMMARY:\(title)\nDTSTART:\(starts)\n\(more)\nEND:VEVENT\n"
    }

    @discardableResult
    private func take(_ events: String, _ desk: NewsDesk, rehearses: Bool = false) throws -> [ImportItems.Row] {
        let file = try CalendarReader.read(
            Array("BEGIN:VCALENDAR\n\(events)END:VCALENDAR\n".utf8), now: NewsDesk.began, until: nil,
            bulletin: desk.context.zone)
        return try ImportItems(desk.context, origin: Self.origin, at: NewsDesk.began + 60)(
            file.items, isDryRun: rehearses
        ).rows
    }

    private func only(_ desk: NewsDesk) throws -> Item {
        let items = try desk.context.folder.queue.list().items
        return try #require(items.count == 1 ? items.first : nil)
    }

    @Test("queues each event with its UID, to be chosen once it has a way to take part")
    func first() throws {
        try NewsDesk.with { desk in
            let rows = try take(event("a@x", "Lunch club"), desk)
            #expect(rows.map(\.deed) == [.new])
            let item = try only(desk)
            #expect(item.uid == "a@x" && item.source == "centre.ics" && item.kind == .event)
            let problems = ItemRules.problems(of: item, now: NewsDesk.began)
            #expect(problems.map(\.field) == ["takingPart"] && problems.allSatisfy { $0.severity == .warning })
            try desk.look(at: NewsDesk.closes)
            #expect(try desk.issue()?.items.isEmpty == true)
        }
    }

    @Test("changes nothing the second time")
    func again() throws {
        try NewsDesk.with { desk in
            try take(event("a@x", "Lunch club", "LOCATION:Hall, 1 Example Street"), desk)
            let item = try only(desk)
            #expect(
                try take(event("a@x", "Lunch club", "LOCATION:Hall, 1 Example Street"), desk).map(\.deed) == [
                    .unchanged
                ])
            #expect(try only(desk) == item)
        }
    }

    @Test("carries over what has changed in the file, and keeps what an editor has added or bettered")
    func merging() throws {
        try NewsDesk.with { desk in
            try take(event("a@x", "Lunch club", "DESCRIPTION:Soup."), desk)
            let id = try only(desk).id
            _ = try desk.context.folder.queue.change(id) { old in
                var item = old
                (item.title, item.takingPart.phone) = ("Lunch club for all", "0161 496 0456")
                return item
            }
            let rows = try take(event("a@x", "Lunch club", "DESCRIPTION:Soup and bread.\nLOCATION:Hall"), desk)
            #expect(rows.map(\.deed) == [.changed(["place.name", "summary"])])
            let item = try only(desk)
            #expect(item.title == "Lunch club for all" && item.takingPart.phone == "0161 496 0456")
            #expect(item.summary == "Soup and bread." && item.place?.name == "Hall" && item.sequence == 1)
            #expect(item.change == nil)
        }
    }

    @Test("tells of a new time as moved, from the time that was first told, and of a return as nothing")
    func moving() throws {
        try NewsDesk.with { desk in
            try take(event("a@x", "Lunch club"), desk)
            #expect(
                try take(event("a@x", "Lunch club", starts: "20270305T133000", "SEQUENCE:7"), desk).map(\.deed)
                    == [.changed(["starts", "change"])])
            let moved = try only(desk)
            let first = try #require(LocalDateTime("2027-03-04T13:30"))
            #expect(moved.change == .moved(from: first, why: nil))
            #expect(moved.sequence == 7)
            try take(event("a@x", "Lunch club", starts: "20270306T133000", "SEQUENCE:8"), desk)
            #expect(try only(desk).change == .moved(from: first, why: nil))
            try take(event("a@x", "Lunch club", "SEQUENCE:9"), desk)
            #expect(try only(desk).change == nil)
        }
    }

    @Test("calls off what the file calls off, though it says nothing else, and takes it back")
    func cancelling() throws {
        try NewsDesk.with { desk in
            try take(event("a@x", "Lunch club", "LOCATION:Hall"), desk)
            let off = event("a@x", "Canceled: Lunch club", "STATUS:CANCELLED\nSEQUENCE:1")
            #expect(try take(off, desk).map(\.deed) == [.changed(["change"])])
            let item = try only(desk)
            #expect(item.change == .cancelled(why: nil) && item.sequence == 1)
            #expect(item.title == "Lunch club" && item.place?.name == "Hall")
            #expect(try take(off, desk).map(\.deed) == [.unchanged])
            try take(event("a@x", "Lunch club", "LOCATION:Hall\nSEQUENCE:2"), desk)
            #expect(try only(desk).change == nil)
            #expect(
                try take(event("b@x", "Never known", "STATUS:CANCELLED"), desk).map(\.deed)
                    == [.passedOver("is called off, and was never queued")])
        }
    }

    @Test("leaves out what an editor removed")
    func removed() throws {
        try NewsDesk.with { desk in
            try take(event("a@x", "Lunch club"), desk)
            _ = try desk.context.folder.queue.remove(only(desk).id)
            #expect(
                try take(event("a@x", "Lunch club"), desk).map(\.deed)
                    == [.passedOver("was imported before, and an editor removed it")])
            #expect(try desk.context.folder.queue.list().items.isEmpty)
        }
    }

    @Test("writes nothing when it rehearses")
    func rehearsal() throws {
        try NewsDesk.with { desk in
            let rows = try take(event("a@x", "Lunch club"), desk, rehearses: true)
            #expect(rows.map(\.deed) == [.new])
            let folder = desk.context.folder
            let items = try folder.queue.list().items
            let records = try folder.imports.list().records
            #expect(items.isEmpty && records.isEmpty)
        }
    }

    @Test("does not queue a meeting that a network announces already")
    func announced() throws {
        try NewsDesk.with { desk in
            var network = Network(
                slug: "lunch", name: "Lunch network", rule: "FREQ=MONTHLY;BYDAY=1TH", timezone: "Europe/London",
                starts: try #require(LocalDateTime("2026-12-03T13:30")))
            network.takingPart.phone = "0161 496 0456"
            try desk.context.folder.networks.put(network)
            let names = Announcing.names(of: network, on: network.starts.date, domain: "example.org")
            #expect(
                try take(event(names.uid, "Lunch network", starts: "20261203T133000"), desk).map(\.deed)
                    == [.passedOver("is announced by the network lunch already")])
        }
    }
}
