import Bulletin
import Foundation
import Planning
import Publishing
import Records
import Testing

@Suite("A blocking check") struct CheckHoldsTests {
    private static let blocking = "check: {blocking: [access, link-words]}"

    /// An event at a place of which nobody said how to get in.
    private func queueEvent(_ desk: NewsDesk) throws -> Item {
        try desk.queue("Afternoon of stories", starts: "2026-12-10T13:30") { $0.place = Item.Place(name: "The hall") }
    }

    private func mend(_ item: Item, _ desk: NewsDesk) throws {
        _ = try desk.context.folder.queue.change(item.id) { old in
            var item = old
            item.place?.access = "Step-free"
            return item
        }
    }

    @Test("holds an issue for a person, naming item, field and remedy")
    func holds() throws {
        try NewsDesk.with(sections: Self.blocking) { desk in
            let item = try queueEvent(desk)
            let result = try RunSchedule(desk.context)(at: NewsDesk.closes)
            let status = try #require(try desk.context.folder.issues.status(IssueNumber(1)))
            #expect(status.state == .held)
            #expect(
                status.reason
                    == "the check access found in \(item.id), place.access: there is none; describe the access: "
                    + "steps, lift, toilet, hearing loop, or a person to ask")
            #expect(result.events.contains(.became(IssueNumber(1), .held, reason: status.reason)))
            #expect(try RunSchedule(desk.context)(at: NewsDesk.sends).toSend.isEmpty)
        }
    }

    @Test("lets the issue go by itself when what it found is mended")
    func mended() throws {
        try NewsDesk.with(sections: Self.blocking) { desk in
            let item = try queueEvent(desk)
            _ = try RunSchedule(desk.context)(at: NewsDesk.closes)
            try mend(item, desk)
            _ = try RunSchedule(desk.context)(at: NewsDesk.closes + 60)
            #expect(try desk.context.folder.issues.status(IssueNumber(1))?.state == .closed)
            #expect(try RunSchedule(desk.context)(at: NewsDesk.sends).toSend == [IssueNumber(1)])
        }
    }

    @Test("holds a closed issue that an edit has spoilt")
    func spoilt() throws {
        try NewsDesk.with(sections: Self.blocking) { desk in
            let item = try queueEvent(desk)
            try mend(item, desk)
            _ = try RunSchedule(desk.context)(at: NewsDesk.closes)
            #expect(try desk.context.folder.issues.status(IssueNumber(1))?.state == .closed)
            _ = try desk.context.folder.queue.change(item.id) { old in
                var item = old
                item.summary = "Book [here](https://example.org/)."
                return item
            }
            _ = try RunSchedule(desk.context)(at: NewsDesk.closes + 60)
            #expect(try desk.context.folder.issues.status(IssueNumber(1))?.state == .held)
        }
    }

    @Test("gives way to a person who releases the issue or sends it now")
    func released() throws {
        for decision in [Decision.Kind.release, .sendNow] {
            try NewsDesk.with(sections: Self.blocking) { desk in
                _ = try queueEvent(desk)
                _ = try RunSchedule(desk.context)(at: NewsDesk.closes)
                try desk.decide(decision, at: NewsDesk.closes + 60)
                _ = try RunSchedule(desk.context)(at: NewsDesk.closes + 61)
                #expect(try RunSchedule(desk.context)(at: NewsDesk.sends).toSend == [IssueNumber(1)])
            }
        }
    }

    @Test("does not hold an issue that a person sends now, and does not hold one for what it is not asked to")
    func others() throws {
        try NewsDesk.with(sections: Self.blocking) { desk in
            _ = try queueEvent(desk)
            try desk.decide(.sendNow, at: NewsDesk.began + 120)
            #expect(try RunSchedule(desk.context)(at: NewsDesk.began + 121).toSend == [IssueNumber(1)])
        }
        try NewsDesk.with { desk in
            _ = try queueEvent(desk)
            _ = try RunSchedule(desk.context)(at: NewsDesk.closes)
            #expect(try desk.context.folder.issues.status(IssueNumber(1))?.state == .closed)
        }
    }
}
