import Basics
import Bulletin
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
        try NewsDesk.with { desk in
            let now = NewsDesk.began + 120
            #expect(
                try Briefing(desk.context, at: now).tasks == [
                    Briefing.Task(
                        issue: one, item: nil, what: "issue 1 has no items yet", command: "fortnight add notice")
                ])
            let item = try desk.queue("Tablets to borrow") { $0.takingPart.phone = nil }
            let briefing = try Briefing(desk.context, at: now)
            #expect(briefing.open?.number == one && briefing.last == nil && briefing.waiting.isEmpty)
            #expect(briefing.tasks.map(\.command) == ["fortnight add notice", "fortnight edit \(item.id)"])
            #expect(
                briefing.tasks.last?.what.hasPrefix("Tablets to borrow needs mending: takingPart: there is") == true)
        }
    }

    @Test("says which files nobody can read, to who asks and to who is reminded")
    func damaged() throws {
        try NewsDesk.with { desk in
            for title in ["One", "Two", "Three"] { try desk.queue(title) }
            let path = "editorial/items/abc234.json"
            try "{".write(toFile: "\(desk.context.folder.path)/\(path)", atomically: true, encoding: .utf8)
            let tasks = try Briefing(desk.context, at: NewsDesk.began + 120).tasks
            #expect(tasks.map(\.command) == ["fortnight items"])
            #expect(tasks.first?.what.hasPrefix("\(path) is damaged") == true)
            let subscriberList = try desk.context.folder.subscriberList()
            let note = try #require(
                try EditorNotes(desk.context, subscriberList: subscriberList).due(at: NewsDesk.closes - 60).first)
            #expect(note.text.contains("* \(path) is damaged:"))
        }
    }

    @Test("says what waits for approval, and what is held and why")
    func waiting() throws {
        try NewsDesk.with(schedule: "  release: approval") { desk in
            for title in ["One", "Two", "Three"] { try desk.queue(title) }
            try desk.look(at: NewsDesk.closes)
            let task = try #require(try Briefing(desk.context, at: NewsDesk.closes + 1).tasks.first)
            #expect(task.what == "issue 1 waits for approval, and is due on Wednesday 2 December 2026 at 10:00")
            #expect(task.command == "fortnight issue release 1")
            try DecideIssue(desk.context)(.hold(reason: "burst pipes"), one, at: NewsDesk.closes + 2, by: "ann")
            let held = try #require(try Briefing(desk.context, at: NewsDesk.closes + 3).tasks.first)
            #expect(held.what == "issue 1 is held by ann: burst pipes")
            try DecideIssue(desk.context)(.release, one, at: NewsDesk.closes + 4, by: "ann")
            let released = try Briefing(desk.context, at: NewsDesk.closes + 5)
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
    private let now = NewsDesk.began + 120

    @Test("finds the first issue sent on a day or later, however far, past those that are skipped or moved")
    func sentFrom() throws {
        try NewsDesk.with { desk in
            func number(_ day: String) throws -> Int? {
                try IssueForecast(desk.context).number(sentFrom: try #require(LocalDate(day)))?.value
            }
            #expect(try number("2020-01-01") == 1)
            #expect(try number("2026-12-02") == 1)
            #expect(try number("2026-12-03") == 2)
            #expect(try number("2036-12-01") == 262)
            #expect(try number("9999-12-31") == nil)
            try desk.decide(.skip(reason: nil), 2, at: now)
            #expect(try number("2026-12-03") == 3)
            let time = try #require(LocalDateTime("2026-12-04T10:00"))
            try DecideIssue(desk.context)(.move(to: time), one, at: now, by: "ann")
            #expect(try number("2026-12-03") == 1)
            #expect(try Preview(desk.context).proof(of: IssueNumber(262), at: now)?.issue.number.value == 262)
        }
    }

    @Test("says what has changed since it was last shown, in items, fields and lines")
    func changes() throws {
        try NewsDesk.with { desk in
            let kept = try desk.queue("Tablets to borrow")
            let gone = try desk.queue("Zebras to feed")
            let preview = Preview(desk.context)
            let first = try #require(try preview.proof(of: one, at: now))
            try preview.keep(first.issue, first.editions, at: now, by: "ann")
            let last = try #require(try desk.context.folder.proofs.last(one))
            #expect(last.by == "ann" && last.issue == first.issue && last.text == first.editions.mailText)
            #expect(try desk.context.folder.proofs.waiting().isEmpty, "it is no request")

            let same = ProofChanges(
                from: (last.issue, last.text), to: (first.issue, first.editions.mailText), zone: desk.context.zone)
            #expect(same.words.isEmpty && same.lines.isEmpty)

            _ = try desk.context.folder.queue.remove(gone.id)
            let new = try desk.queue("Apples")
            _ = try desk.context.folder.queue.change(kept.id) { old in
                var item = old
                item.takingPart.phone = "0161 496 0999"
                item.support = "Travel costs paid"
                return item
            }
            _ = try ArrangeIssue(desk.context, one, at: now, by: "ann").introduce("Welcome.")
            let second = try #require(try preview.proof(of: one, at: now))
            let changes = ProofChanges(
                from: (last.issue, last.text), to: (second.issue, second.editions.mailText), zone: desk.context.zone)
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
        try NewsDesk.with { desk in
            try desk.queue("Tablets to borrow") { $0.summary = "See [the page](https://example.org/tablets)." }
            try desk.look(at: NewsDesk.closes)
            let store = desk.context.folder.issues
            let editions = try #require(try store.editions(one))
            #expect(editions.printHTML.contains("See the page (example.org/tablets)."))
            #expect(!editions.printHTML.contains("<a "), "nobody can follow a link on paper")
            _ = try BeginSending(desk.context)(one, at: NewsDesk.sends)
            try FileManager.default.removeItem(atPath: desk.context.folder.path + "/issues/0001/print.html")
            let older = try #require(try store.editions(one))
            #expect(older.printHTML.isEmpty && older.mailHTML == editions.mailHTML)
        }
    }
}
