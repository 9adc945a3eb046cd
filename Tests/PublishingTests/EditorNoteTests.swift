import Bulletin
import Foundation
import Publishing
import Records
import Testing

@Suite("A word to the editors")
struct EditorNoteTests {
    private let day: TimeInterval = 24 * 3600

    private func due(_ desk: NewsDesk, at time: Date) throws -> [EditorNote] {
        try EditorNotes(desk.office).due(at: time)
    }

    @Test("reminds of a deadline from the day before until it has passed, and never later")
    func reminder() throws {
        try NewsDesk.with { desk in
            let item = try desk.queue("Tablets to borrow") {
                $0.summary = "Read more [here](https://example.org/tablets)."
            }
            let late = try desk.queue("Past its day", starts: "2026-11-30T10:00")
            #expect(try due(desk, at: NewsDesk.closes - day - 1).isEmpty)
            let note = try #require(try due(desk, at: NewsDesk.closes - day).first)
            #expect(note.subject == "Issue 1 closes on Wednesday 25 November 2026 at 10:00")
            #expect(note.text.contains("in 1 day."))
            #expect(note.text.contains("* Notice: Tablets to borrow"))
            #expect(note.text.contains("* issue 1 holds 1 item only\n    fortnight add notice"))
            #expect(note.text.contains("* Past its day (\(late.id)): it begins on Monday"))
            #expect(note.text.contains("(\(item.id)), summary:"), "what the check found")
            #expect(try due(desk, at: NewsDesk.closes - 1).map(\.name) == [note.name])
            #expect(try due(desk, at: NewsDesk.closes).isEmpty)
        }
    }

    @Test("says what a closed issue holds, and reminds who must release it the day before")
    func approval() throws {
        try NewsDesk.with(schedule: "  release: approval") { desk in
            try desk.queue("Tablets to borrow")
            try desk.look(at: NewsDesk.closes)
            let closed = try due(desk, at: NewsDesk.closes + 1)
            #expect(closed.map(\.subject) == ["Issue 1 is closed and waits for approval"])
            #expect(closed[0].text.contains("\n    fortnight issue release 1\n"))
            #expect(try due(desk, at: NewsDesk.sends - day - 1).map(\.name) == ["1-closed"])
            #expect(try due(desk, at: NewsDesk.sends - day).map(\.name) == ["1-closed", "1-unreleased"])
            try DecideIssue(desk.office)(.release, IssueNumber(1), at: NewsDesk.sends - day, by: "ann")
            #expect(try due(desk, at: NewsDesk.sends - day + 1).map(\.subject) == ["Issue 1 is closed"])
        }
    }

    @Test("says why an issue is held, once for each time, and instead of that it is closed")
    func held() throws {
        try NewsDesk.with { desk in
            try desk.queue("Tablets to borrow")
            try desk.decide(.hold(reason: "burst pipes"), at: NewsDesk.began + 90)
            try desk.look(at: NewsDesk.closes)
            let first = try due(desk, at: NewsDesk.closes + 1)
            #expect(first.map(\.subject) == ["Issue 1 is held"])
            #expect(first[0].text.contains("burst pipes"))
            #expect(first[0].settles == ["1-closed"])
            #expect(try due(desk, at: NewsDesk.closes + 2) == first, "it stays the same note")
            try desk.decide(.release, at: NewsDesk.closes + 3)
            try desk.look(at: NewsDesk.closes + 3)
            try desk.decide(.hold(reason: nil), at: NewsDesk.closes + 4)
            try desk.look(at: NewsDesk.closes + 4)
            #expect(try due(desk, at: NewsDesk.closes + 5).map(\.name) != first.map(\.name), "it was held anew")
        }
    }

    @Test("says of an empty issue that it is skipped")
    func empty() throws {
        try NewsDesk.with { desk in
            try desk.look(at: NewsDesk.closes)
            let note = try #require(try due(desk, at: NewsDesk.closes + 1).first)
            #expect(note.text.replacing("\n", with: " ").contains("It holds nothing, so it is skipped."))
        }
    }

    @Test("stays within 72 columns, however long the words, and shows no more than 40 entries of a list")
    func columns() throws {
        try NewsDesk.with { desk in
            for number in 0..<45 {
                try desk.queue("Number \(number) " + String(repeating: "of a long title ", count: 6))
            }
            try desk.queue(String(repeating: "ohneleerzeichen", count: 6))
            let note = try #require(try due(desk, at: NewsDesk.closes - 1).first)
            #expect(note.text.split(separator: "\n").allSatisfy { $0.count <= 72 })
            #expect(note.text.contains("* and 6 more"))
        }
    }

    @Test("is remembered for each address, and forgotten with its issue")
    func told() throws {
        try NewsDesk.with { desk in
            let told = desk.office.folder.toldEditors
            let (ann, bob) = (try EmailAddress("ann@example.org"), try EmailAddress("bob@example.org"))
            try told.note("1-closed", to: ann, at: NewsDesk.closes) { _ in true }
            #expect(try told.has(ann, "1-closed"))
            #expect(try !told.has(bob, "1-closed"))
            #expect(try !told.has(ann, "1-unreleased"))
            try told.note("2-closed", to: bob, at: NewsDesk.closes) { !$0.hasPrefix("1-") }
            #expect(try !told.has(ann, "1-closed"))
            #expect(try told.has(bob, "2-closed"))
        }
    }
}
