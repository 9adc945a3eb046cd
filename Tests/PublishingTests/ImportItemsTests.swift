import Basics
import Bulletin
import BulletinSupport
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
    private func take(_ events: String, _ bulletin: TestBulletin, rehearses: Bool = false) throws -> [ImportItems.Row] {
        let file = try CalendarReader.read(
            Array("BEGIN:VCALENDAR\n\(events)END:VCALENDAR\n".utf8), now: TestBulletin.began, until: nil,
            bulletin: bulletin.context.zone)
        return try ImportItems(bulletin.context, origin: Self.origin, at: TestBulletin.began + 60)(
            file.items, isDryRun: rehearses
        ).rows
    }

    private func only(_ bulletin: TestBulletin) throws -> Item {
        let items = try bulletin.context.folder.queue.list().items
        return try #require(items.count == 1 ? items.first : nil)
    }

    @Test("queues each event with its UID, to be chosen once it has a way to take part")
    func first() throws {
        try TestBulletin.with { bulletin in
            let rows = try take(event("a@x", "Lunch club"), bulletin)
            #expect(rows.map(\.deed) == [.new])
            let item = try only(bulletin)
            #expect(item.uid == "a@x" && item.source == "centre.ics" && item.kind == .event)
            let problems = ItemRules.problems(of: item, now: TestBulletin.began)
            #expect(problems.map(\.field) == ["takingPart"] && problems.allSatisfy { $0.severity == .warning })
            try bulletin.look(at: TestBulletin.closes)
            #expect(try bulletin.issue()?.items.isEmpty == true)
        }
    }

    @Test("changes nothing the second time")
    func again() throws {
        try TestBulletin.with { bulletin in
            try take(event("a@x", "Lunch club", "LOCATION:Hall, 1 Example Street"), bulletin)
            let item = try only(bulletin)
            #expect(
                try take(event("a@x", "Lunch club", "LOCATION:Hall, 1 Example Street"), bulletin).map(\.deed) == [
                    .unchanged
                ])
            #expect(try only(bulletin) == item)
        }
    }

    @Test("carries over what has changed in the file, and keeps what an editor has added or bettered")
    func merging() throws {
        try TestBulletin.with { bulletin in
            try take(event("a@x", "Lunch club", "DESCRIPTION:Soup."), bulletin)
            let id = try only(bulletin).id
            _ = try bulletin.context.folder.queue.change(id) { old in
                var item = old
                (item.title, item.takingPart.phone) = ("Lunch club for all", "0161 496 0456")
                return item
            }
            let rows = try take(event("a@x", "Lunch club", "DESCRIPTION:Soup and bread.\nLOCATION:Hall"), bulletin)
            #expect(rows.map(\.deed) == [.changed(["place.name", "summary"])])
            let item = try only(bulletin)
            #expect(item.title == "Lunch club for all" && item.takingPart.phone == "0161 496 0456")
            #expect(item.summary == "Soup and bread." && item.place?.name == "Hall" && item.sequence == 1)
            #expect(item.change == nil)
        }
    }

    @Test("tells of a new time as moved, from the time that was first told, and of a return as nothing")
    func moving() throws {
        try TestBulletin.with { bulletin in
            try take(event("a@x", "Lunch club"), bulletin)
            #expect(
                try take(event("a@x", "Lunch club", starts: "20270305T133000", "SEQUENCE:7"), bulletin).map(\.deed)
                    == [.changed(["starts", "change"])])
            let moved = try only(bulletin)
            let first = try #require(LocalDateTime("2027-03-04T13:30"))
            #expect(moved.change == .moved(from: first, why: nil))
            #expect(moved.sequence == 7)
            try take(event("a@x", "Lunch club", starts: "20270306T133000", "SEQUENCE:8"), bulletin)
            #expect(try only(bulletin).change == .moved(from: first, why: nil))
            try take(event("a@x", "Lunch club", "SEQUENCE:9"), bulletin)
            #expect(try only(bulletin).change == nil)
        }
    }

    @Test("calls off what the file calls off, though it says nothing else, and takes it back")
    func cancelling() throws {
        try TestBulletin.with { bulletin in
            try take(event("a@x", "Lunch club", "LOCATION:Hall"), bulletin)
            let off = event("a@x", "Canceled: Lunch club", "STATUS:CANCELLED\nSEQUENCE:1")
            #expect(try take(off, bulletin).map(\.deed) == [.changed(["change"])])
            let item = try only(bulletin)
            #expect(item.change == .cancelled(why: nil) && item.sequence == 1)
            #expect(item.title == "Lunch club" && item.place?.name == "Hall")
            #expect(try take(off, bulletin).map(\.deed) == [.unchanged])
            try take(event("a@x", "Lunch club", "LOCATION:Hall\nSEQUENCE:2"), bulletin)
            #expect(try only(bulletin).change == nil)
            #expect(
                try take(event("b@x", "Never known", "STATUS:CANCELLED"), bulletin).map(\.deed)
                    == [.passedOver("is called off, and was never queued")])
        }
    }

    @Test("leaves out what an editor removed")
    func removed() throws {
        try TestBulletin.with { bulletin in
            try take(event("a@x", "Lunch club"), bulletin)
            _ = try bulletin.context.folder.queue.remove(only(bulletin).id)
            #expect(
                try take(event("a@x", "Lunch club"), bulletin).map(\.deed)
                    == [.passedOver("was imported before, and an editor removed it")])
            #expect(try bulletin.context.folder.queue.list().items.isEmpty)
        }
    }

    @Test("writes nothing when it rehearses")
    func rehearsal() throws {
        try TestBulletin.with { bulletin in
            let rows = try take(event("a@x", "Lunch club"), bulletin, rehearses: true)
            #expect(rows.map(\.deed) == [.new])
            let folder = bulletin.context.folder
            let items = try folder.queue.list().items
            let records = try folder.imports.list().records
            #expect(items.isEmpty && records.isEmpty)
        }
    }

    @Test("does not queue a meeting that a network announces already")
    func announced() throws {
        try TestBulletin.with { bulletin in
            var network = Network(
                slug: "lunch", name: "Lunch network", rule: "FREQ=MONTHLY;BYDAY=1TH", timezone: "Europe/London",
                starts: try #require(LocalDateTime("2026-12-03T13:30")))
            network.takingPart.phone = "0161 496 0456"
            try bulletin.context.folder.networks.put(network)
            let names = Announcing.names(of: network, on: network.starts.date, domain: "example.org")
            #expect(
                try take(event(names.uid, "Lunch network", starts: "20261203T133000"), bulletin).map(\.deed)
                    == [.passedOver("is announced by the network lunch already")])
        }
    }
}
