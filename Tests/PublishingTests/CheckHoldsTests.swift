import Bulletin
import BulletinSupport
import Foundation
import Planning
import Publishing
import Records
import Testing

@Suite("A blocking check") struct CheckHoldsTests {
    private static let blocking = "check: {blocking: [access, link-words]}"

    /// An event at a place of which nobody said how to get in.
    private func queueEvent(_ bulletin: TestBulletin) throws -> Item {
        try bulletin.queue("Afternoon of stories", starts: "2026-12-10T13:30") {
            $0.place = Item.Place(name: "The hall")
        }
    }

    private func mend(_ item: Item, _ bulletin: TestBulletin) throws {
        _ = try bulletin.context.folder.queue.change(item.id) { old in
            var item = old
            item.place?.access = "Step-free"
            return item
        }
    }

    @Test("holds an issue for a person, naming item, field and remedy")
    func holds() throws {
        try TestBulletin.with(sections: Self.blocking) { bulletin in
            let item = try queueEvent(bulletin)
            let result = try RunSchedule(bulletin.context)(at: TestBulletin.closes)
            let status = try #require(try bulletin.context.folder.issues.status(IssueNumber(1)))
            #expect(status.state == .held)
            #expect(
                status.reason
                    == "the check access found in \(item.id), place.access: there is none; describe the access: "
                    + "steps, lift, toilet, hearing loop, or a person to ask")
            #expect(result.events.contains(.became(IssueNumber(1), .held, reason: status.reason)))
            #expect(try RunSchedule(bulletin.context)(at: TestBulletin.sends).toSend.isEmpty)
        }
    }

    @Test("lets the issue go by itself when what it found is mended")
    func mended() throws {
        try TestBulletin.with(sections: Self.blocking) { bulletin in
            let item = try queueEvent(bulletin)
            _ = try RunSchedule(bulletin.context)(at: TestBulletin.closes)
            try mend(item, bulletin)
            _ = try RunSchedule(bulletin.context)(at: TestBulletin.closes + 60)
            #expect(try bulletin.context.folder.issues.status(IssueNumber(1))?.state == .closed)
            #expect(try RunSchedule(bulletin.context)(at: TestBulletin.sends).toSend == [IssueNumber(1)])
        }
    }

    @Test("holds a closed issue that an edit has spoilt")
    func spoilt() throws {
        try TestBulletin.with(sections: Self.blocking) { bulletin in
            let item = try queueEvent(bulletin)
            try mend(item, bulletin)
            _ = try RunSchedule(bulletin.context)(at: TestBulletin.closes)
            #expect(try bulletin.context.folder.issues.status(IssueNumber(1))?.state == .closed)
            _ = try bulletin.context.folder.queue.change(item.id) { old in
                var item = old
                item.summary = "Book [here](https://example.org/)."
                return item
            }
            _ = try RunSchedule(bulletin.context)(at: TestBulletin.closes + 60)
            #expect(try bulletin.context.folder.issues.status(IssueNumber(1))?.state == .held)
        }
    }

    @Test("gives way to a person who releases the issue or sends it now")
    func released() throws {
        for decision in [Decision.Kind.release, .sendNow] {
            try TestBulletin.with(sections: Self.blocking) { bulletin in
                _ = try queueEvent(bulletin)
                _ = try RunSchedule(bulletin.context)(at: TestBulletin.closes)
                try bulletin.decide(decision, at: TestBulletin.closes + 60)
                _ = try RunSchedule(bulletin.context)(at: TestBulletin.closes + 61)
                #expect(try RunSchedule(bulletin.context)(at: TestBulletin.sends).toSend == [IssueNumber(1)])
            }
        }
    }

    @Test("does not hold an issue that a person sends now, and does not hold one for what it is not asked to")
    func others() throws {
        try TestBulletin.with(sections: Self.blocking) { bulletin in
            _ = try queueEvent(bulletin)
            try bulletin.decide(.sendNow, at: TestBulletin.began + 120)
            #expect(try RunSchedule(bulletin.context)(at: TestBulletin.began + 121).toSend == [IssueNumber(1)])
        }
        try TestBulletin.with { bulletin in
            _ = try queueEvent(bulletin)
            _ = try RunSchedule(bulletin.context)(at: TestBulletin.closes)
            #expect(try bulletin.context.folder.issues.status(IssueNumber(1))?.state == .closed)
        }
    }
}
