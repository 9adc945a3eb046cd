import Bulletin
import BulletinSupport
import Editing
import Foundation
import Planning
import Publishing
import Records
import Testing

@Suite("A word to the editors")
struct EditorNoteTests {
    private let day: TimeInterval = 24 * 3600

    private func due(_ bulletin: TestBulletin, at time: Date) throws -> [EditorNote] {
        try EditorNotes(bulletin.context, subscriberList: bulletin.context.folder.subscriberList()).due(at: time)
    }

    @Test("reminds of a deadline from the day before until it has passed, and never later")
    func reminder() throws {
        try TestBulletin.with { bulletin in
            let item = try bulletin.queue("Tablets to borrow") {
                $0.summary = "Read more [here](https://example.org/tablets)."
            }
            let late = try bulletin.queue("Past its day", starts: "2026-11-30T10:00")
            #expect(try due(bulletin, at: TestBulletin.closes - day - 1).isEmpty)
            let note = try #require(try due(bulletin, at: TestBulletin.closes - day).first)
            #expect(note.subject == "Issue 1 closes on Wednesday 25 November 2026 at 10:00")
            #expect(note.text.contains("in 1 day."))
            #expect(note.text.contains("* Notice: Tablets to borrow"))
            #expect(note.text.contains("* issue 1 has only 1 item\n    fortnight add notice"))
            #expect(note.text.contains("* Past its day (\(late.id)): it begins on Monday"))
            #expect(note.text.contains("(\(item.id)), summary:"), "what the check found")
            #expect(try due(bulletin, at: TestBulletin.closes - 1).map(\.name) == [note.name])
            #expect(try due(bulletin, at: TestBulletin.closes).isEmpty)
        }
    }

    @Test("says what a closed issue holds, and reminds who must release it the day before")
    func approval() throws {
        try TestBulletin.with(schedule: "  release: approval") { bulletin in
            try bulletin.queue("Tablets to borrow")
            try bulletin.look(at: TestBulletin.closes)
            let closed = try due(bulletin, at: TestBulletin.closes + 1)
            #expect(closed.map(\.subject) == ["Issue 1 is closed and waits for approval"])
            #expect(closed[0].text.contains("\n    fortnight issue release 1\n"))
            #expect(try due(bulletin, at: TestBulletin.sends - day - 1).map(\.name) == ["1-closed"])
            #expect(try due(bulletin, at: TestBulletin.sends - day).map(\.name) == ["1-closed", "1-unreleased"])
            try DecideIssue(bulletin.context)(.release, IssueNumber(1), at: TestBulletin.sends - day, by: "ann")
            #expect(try due(bulletin, at: TestBulletin.sends - day + 1).map(\.subject) == ["Issue 1 is closed"])
        }
    }

    @Test("says why an issue is held, once for each time, and instead of that it is closed")
    func held() throws {
        try TestBulletin.with { bulletin in
            try bulletin.queue("Tablets to borrow")
            try bulletin.decide(.hold(reason: "burst pipes"), at: TestBulletin.began + 90)
            try bulletin.look(at: TestBulletin.closes)
            let first = try due(bulletin, at: TestBulletin.closes + 1)
            #expect(first.map(\.subject) == ["Issue 1 is held"])
            #expect(first[0].text.contains("burst pipes"))
            #expect(first[0].settles == ["1-closed"])
            #expect(try due(bulletin, at: TestBulletin.closes + 2) == first, "it stays the same note")
            try bulletin.decide(.release, at: TestBulletin.closes + 3)
            try bulletin.look(at: TestBulletin.closes + 3)
            try bulletin.decide(.hold(reason: nil), at: TestBulletin.closes + 4)
            try bulletin.look(at: TestBulletin.closes + 4)
            #expect(try due(bulletin, at: TestBulletin.closes + 5).map(\.name) != first.map(\.name), "it was held anew")
        }
    }

    @Test("says of an empty issue that it is skipped")
    func empty() throws {
        try TestBulletin.with { bulletin in
            try bulletin.look(at: TestBulletin.closes)
            let note = try #require(try due(bulletin, at: TestBulletin.closes + 1).first)
            #expect(note.text.replacing("\n", with: " ").contains("It holds nothing, so it is skipped."))
        }
    }

    @Test("says how an issue went that was sent, who came and went since the one before, and how it compares")
    func sent() throws {
        try TestBulletin.with(sections: "editors: [ann@example.org]") { bulletin in
            _ = try bulletin.context.folder.tokenKeys()
            let subscriberList = try bulletin.context.folder.subscriberList()
            for number in 0..<5 { try join(subscriberList, number, at: TestBulletin.began + 60) }
            try send(bulletin, subscriberList, 1, at: TestBulletin.sends) { number in number == 3 ? .refused : .accepted
            }
            let first = try #require(try due(bulletin, at: TestBulletin.sends + 10).first { $0.name == "1-sent" })
            #expect(first.subject == "Issue 1 is sent: 4 accepted, 1 refused")
            #expect(first.text.contains("Since this bulletin began\n"))
            #expect(first.text.contains("5 people subscribe now."))

            let next = TestBulletin.sends + 14 * day
            try change(subscriberList, 0, at: TestBulletin.sends + day) {
                $0.become(.unsubscribed, at: $1, reason: "one-click")
            }
            try change(subscriberList, 1, at: TestBulletin.sends + day) { $0.become(.bounced, at: $1, reason: "5.1.1") }
            try change(subscriberList, 2, at: TestBulletin.sends + day) { $0.become(.paused, at: $1, reason: "choice") }
            try change(subscriberList, 2, at: TestBulletin.sends + 2 * day) {
                $0.become(.active, at: $1, reason: "choice")
            }
            for number in 5..<7 { try join(subscriberList, number, at: TestBulletin.sends + day) }
            try send(bulletin, subscriberList, 2, at: next) { _ in .deferred }
            let notes = try due(bulletin, at: next + 60)
            #expect(notes.map(\.name).filter { $0.hasSuffix("-sent") } == ["2-sent"], "what is old is not told late")
            let text = try #require(notes.first { $0.name == "2-sent" }).text
            for line in [
                "accepted  5  ##", "refused   0\n", "deferred  5  ##", "skipped   0\n", "Since issue 1 was sent\n",
                "joined      2  ##", "left        1  #", "bounced     1  #", "complained  0\n",
                "issue 1, 2026-12-02  4  ##", "issue 2, 2026-12-16  5  ##",
            ] { #expect(text.contains("\n" + line), "\(line) in \(text)") }
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= 72 })

            try bulletin.context.folder.toldEditors.note(
                "2-sent", to: try EmailAddress("ann@example.org"), at: next + 61
            ) { _ in true }
            #expect(try !due(bulletin, at: next + 62).contains { $0.name == "2-sent" })
        }
    }

    private func join(_ subscriberList: FileSubscriberList, _ number: Int, at time: Date) throws {
        try subscriberList.change(id(number)) { _ in
            Subscriber(
                id: id(number), status: .active, since: time, address: try EmailAddress("reader\(number)@example.org"))
        }
    }

    private func change(
        _ subscriberList: FileSubscriberList, _ number: Int, at time: Date, _ body: (inout Subscriber, Date) -> Void
    ) throws {
        try subscriberList.change(id(number)) { person in
            var person = try #require(person)
            body(&person, time)
            return person
        }
    }

    private func id(_ number: Int) -> SubscriberID { SubscriberID(high: UInt64(number) << 40, low: UInt64(number)) }

    private func reply(_ code: Int) -> Reply { Reply(code: code, text: "So be it") }

    /// Sends an issue as the daemon would, with that outcome for each; what is deferred is accepted at the second try.
    private func send(
        _ bulletin: TestBulletin, _ subscriberList: FileSubscriberList, _ number: Int, at time: Date,
        _ outcome: (Int) -> DeliveryState
    ) throws {
        let issue = Issue(
            number: IssueNumber(number), slot: time, sends: time, closedAt: time - 7 * day, items: [], leftOut: [])
        let ledger = bulletin.context.folder.ledger(Mailing(issue.number))
        let audience = try subscriberList.audience(at: time)
        try ledger.begin(audience, at: time)
        for (position, person) in try subscriberList.subscribers(0..<audience.count, of: audience).enumerated() {
            let id = try #require(person).id
            try ledger.record(settled: [], handed: [id], at: time)
            if outcome(position) == .deferred {
                try ledger.record(settled: [(id, Outcome(reply(451)))], handed: [], at: time)
                try ledger.record(settled: [], handed: [id], at: time)
            }
            try ledger.record(
                settled: [(id, Outcome(reply(outcome(position) == .refused ? 550 : 250)))], handed: [], at: time)
        }
        try bulletin.context.folder.issues.save(issue)
        let status = IssueStatus(.sent(), since: time, sentAt: time, editionsHash: "0", counts: ledger.counts)
        try bulletin.context.folder.issues.save(status, of: issue.number)
    }

    @Test("stays within 72 columns, however long the words, and shows no more than 40 entries of a list")
    func columns() throws {
        try TestBulletin.with { bulletin in
            for number in 0..<45 {
                try bulletin.queue("Number \(number) " + String(repeating: "of a long title ", count: 6))
            }
            try bulletin.queue(String(repeating: "ohneleerzeichen", count: 6))
            let note = try #require(try due(bulletin, at: TestBulletin.closes - 1).first)
            #expect(note.text.split(separator: "\n").allSatisfy { $0.count <= 72 })
            #expect(note.text.contains("* and 6 more"))
        }
    }

    @Test("is remembered for each address, and forgotten with its issue")
    func told() throws {
        try TestBulletin.with { bulletin in
            let told = bulletin.context.folder.toldEditors
            let (ann, bob) = (try EmailAddress("ann@example.org"), try EmailAddress("bob@example.org"))
            try told.note("1-closed", to: ann, at: TestBulletin.closes) { _ in true }
            #expect(try told.has(ann, "1-closed"))
            #expect(try !told.has(bob, "1-closed"))
            #expect(try !told.has(ann, "1-unreleased"))
            try told.note("2-closed", to: bob, at: TestBulletin.closes + 14 * day) { !$0.hasPrefix("1-") }
            #expect(try told.has(ann, "1-closed"), "so that a clock that is put back does not tell it twice")
            try told.note("5-closed", to: bob, at: TestBulletin.closes + 61 * day) { !$0.hasPrefix("1-") }
            #expect(try !told.has(ann, "1-closed"))
            #expect(try told.has(bob, "2-closed"))
        }
    }
}
