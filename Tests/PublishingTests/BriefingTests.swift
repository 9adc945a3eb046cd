import Basics
import Bulletin
import BulletinSupport
import Editing
import Foundation
import Planning
import Publishing
import Records
import Testing

@Suite("A briefing")
struct BriefingTests {
    private let one = IssueNumber(1)

    @Test("says what is thin, what is wrong, and the command that sees to it")
    func open() throws {
        try TestBulletin.with { bulletin in
            let now = TestBulletin.began + 120
            #expect(
                try Briefing(bulletin.context, at: now).tasks == [
                    Briefing.Task(
                        issue: one, item: nil, what: "issue 1 has no items yet", command: "fortnight add notice")
                ])
            let item = try bulletin.queue("Tablets to borrow") { $0.takingPart.phone = nil }
            let briefing = try Briefing(bulletin.context, at: now)
            #expect(briefing.open?.number == one && briefing.last == nil && briefing.waiting.isEmpty)
            #expect(briefing.tasks.map(\.command) == ["fortnight add notice", "fortnight edit \(item.id)"])
            #expect(
                briefing.tasks.last?.what.hasPrefix("Tablets to borrow needs mending: takingPart: there is") == true)
        }
    }

    @Test("says which files nobody can read, to who asks and to who is reminded")
    func damaged() throws {
        try TestBulletin.with { bulletin in
            for title in ["One", "Two", "Three"] { try bulletin.queue(title) }
            let path = "editorial/items/abc234.json"
            try "{".write(toFile: "\(bulletin.context.folder.path)/\(path)", atomically: true, encoding: .utf8)
            let tasks = try Briefing(bulletin.context, at: TestBulletin.began + 120).tasks
            #expect(tasks.map(\.command) == ["fortnight items"])
            #expect(tasks.first?.what.hasPrefix("\(path) is damaged") == true)
            let subscriberList = try bulletin.context.folder.subscriberList()
            let note = try #require(
                try EditorNotes(bulletin.context, subscriberList: subscriberList).due(at: TestBulletin.closes - 60)
                    .first)
            #expect(note.text.contains("* \(path) is damaged:"))
        }
    }

    @Test("says what waits for approval, and what is held and why")
    func waiting() throws {
        try TestBulletin.with(schedule: "  release: approval") { bulletin in
            for title in ["One", "Two", "Three"] { try bulletin.queue(title) }
            try bulletin.look(at: TestBulletin.closes)
            let task = try #require(try Briefing(bulletin.context, at: TestBulletin.closes + 1).tasks.first)
            #expect(task.what == "issue 1 waits for approval, and is due on Wednesday 2 December 2026 at 10:00")
            #expect(task.command == "fortnight issue release 1")
            try DecideIssue(bulletin.context)(.hold(reason: "burst pipes"), one, at: TestBulletin.closes + 2, by: "ann")
            let held = try #require(try Briefing(bulletin.context, at: TestBulletin.closes + 3).tasks.first)
            #expect(held.what == "issue 1 is held by ann: burst pipes")
            try DecideIssue(bulletin.context)(.release, one, at: TestBulletin.closes + 4, by: "ann")
            let released = try Briefing(bulletin.context, at: TestBulletin.closes + 5)
            #expect(released.waiting.map(\.number) == [one])
            #expect(!released.tasks.contains { $0.issue == one })
        }
    }

    @Test(
        "says how long is left in the two largest units",
        arguments: [
            (183_600.0, "2 days 3 hours"), (86_400, "1 day"), (90_000, "1 day 1 hour"), (3660, "1 hour 1 minute"),
            (1200, "20 minutes"), (59, "less than a minute"), (-5, "less than a minute"), (86_460, "1 day"),
        ])
    func left(seconds: TimeInterval, words: String) {
        #expect(seconds.leftInWords == words)
    }
}

@Suite("Looking at an issue to come")
struct ProofTests {
    private let one = IssueNumber(1)
    private let now = TestBulletin.began + 120

    @Test("finds the first issue sent on a day or later, however far, past those that are skipped or moved")
    func sentFrom() throws {
        try TestBulletin.with { bulletin in
            func number(_ day: String) throws -> Int? {
                try IssueForecast(bulletin.context).number(sentFrom: try #require(LocalDate(day)))?.value
            }
            #expect(try number("2020-01-01") == 1)
            #expect(try number("2026-12-02") == 1)
            #expect(try number("2026-12-03") == 2)
            #expect(try number("2036-12-01") == 262)
            #expect(try number("9999-12-31") == nil)
            try bulletin.decide(.skip(reason: nil), 2, at: now)
            #expect(try number("2026-12-03") == 3)
            let time = try #require(LocalDateTime("2026-12-04T10:00"))
            try DecideIssue(bulletin.context)(.move(to: time), one, at: now, by: "ann")
            #expect(try number("2026-12-03") == 1)
            #expect(try Preview(bulletin.context).proof(of: IssueNumber(262), at: now)?.issue.number.value == 262)
        }
    }

    @Test("says what has changed since it was last shown, in items, fields and lines")
    func changes() throws {
        try TestBulletin.with { bulletin in
            let kept = try bulletin.queue("Tablets to borrow")
            let gone = try bulletin.queue("Zebras to feed")
            let preview = Preview(bulletin.context)
            let first = try #require(try preview.proof(of: one, at: now))
            try preview.keep(first.issue, first.editions, at: now, by: "ann")
            let last = try #require(try bulletin.context.folder.proofs.last(one))
            #expect(last.by == "ann" && last.issue == first.issue && last.text == first.editions.mailText)
            #expect(try bulletin.context.folder.proofs.waiting().isEmpty, "it is no request")

            let same = ProofChanges(
                from: (last.issue, last.text), to: (first.issue, first.editions.mailText), zone: bulletin.context.zone)
            #expect(same.words.isEmpty && same.lines.isEmpty)

            _ = try bulletin.context.folder.queue.remove(gone.id)
            let new = try bulletin.queue("Apples")
            _ = try bulletin.context.folder.queue.change(kept.id) { old in
                var item = old
                item.takingPart.phone = "0161 496 0999"
                item.support = "Travel costs paid"
                return item
            }
            _ = try ArrangeIssue(bulletin.context, one, at: now, by: "ann").introduce("Welcome.")
            let second = try #require(try preview.proof(of: one, at: now))
            let changes = ProofChanges(
                from: (last.issue, last.text), to: (second.issue, second.editions.mailText), zone: bulletin.context.zone
            )
            #expect(
                changes.words == [
                    "It has an introduction now.", "New: \(new.id), Apples.", "Gone: \(gone.id), Zebras to feed.",
                    "Changed: \(kept.id), Tablets to borrow: takingPart.phone was 0161 496 0456, is 0161 496 0999; support "
                        + "is Travel costs paid now.",
                ])
            #expect(changes.lines.contains(.gone("* Phone: 0161 496 0456")))
            #expect(changes.lines.contains(.new("* Phone: 0161 496 0999")))
            #expect(changes.lines.contains(.new("Welcome.")))
        }
    }

    @Test("keeps a print edition beside the others, and reads an issue that has none")
    func printEdition() throws {
        try TestBulletin.with { bulletin in
            try bulletin.queue("Tablets to borrow") { $0.summary = "See [the page](https://example.org/tablets)." }
            try bulletin.look(at: TestBulletin.closes)
            let store = bulletin.context.folder.issues
            let editions = try #require(try store.editions(one))
            #expect(editions.printHTML.contains("See the page (example.org/tablets)."))
            #expect(!editions.printHTML.contains("<a "), "nobody can follow a link on paper")
            _ = try BeginSending(bulletin.context)(one, at: TestBulletin.sends)
            try FileManager.default.removeItem(atPath: bulletin.context.folder.path + "/issues/0001/print.html")
            let older = try #require(try store.editions(one))
            #expect(older.printHTML.isEmpty && older.mailHTML == editions.mailHTML)
        }
    }
}
