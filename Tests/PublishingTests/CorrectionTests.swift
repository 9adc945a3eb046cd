import Basics
import Bulletin
import BulletinSupport
import Foundation
import Planning
import Publishing
import Records
import Testing

@Suite("Taking corrections")
struct CorrectionTests {
    private let one = IssueNumber(1)
    private let first = Mailing(IssueNumber(1), correction: 1)
    private let soon = TestBulletin.sends + 3600

    private func sent(_ bulletin: TestBulletin) throws -> Item {
        let event = try bulletin.queue("Breakfast", starts: "2026-12-20T09:00")
        try bulletin.look(at: TestBulletin.closes)
        _ = try BeginSending(bulletin.context)(one, at: TestBulletin.sends)
        return event
    }

    private func take(_ bulletin: TestBulletin, at time: Date) throws -> TakeCorrections.Result {
        try TakeCorrections(bulletin.context)(at: time)
    }

    private func isNothingToDo(_ bulletin: TestBulletin, at time: Date) throws -> Bool {
        let result = try take(bulletin, at: time)
        return result.toSend.isEmpty && result.events.isEmpty
    }

    @Test("takes each in once, shows it on the web, and leaves the issue's own bytes as they are")
    func once() throws {
        try TestBulletin.with { bulletin in
            let event = try sent(bulletin)
            let store = bulletin.context.folder.issues
            let before = try store.editions(one)
            _ = try bulletin.context.folder.queue.change(event.id) { old in
                var new = old
                new.summary = "Now with tea."
                return new
            }
            try bulletin.decide(.correct(item: event.id, text: "It begins at **10:00**."), at: soon)
            let taken = try take(bulletin, at: soon + 1)
            #expect(taken.events == [.taken(first)])
            #expect(taken.toSend == [first])
            let again = try take(bulletin, at: soon + 2)
            #expect(again.events == [])
            #expect(try store.corrections(of: one).count == 1)
            #expect(try store.editions(one) == before)
            let mail = try store.correctionMail(first)
            #expect(mail.subject == "Correction to issue 1: Breakfast")
            #expect(mail.mailText.contains("It begins at *10:00*."))
            #expect(mail.mailText.contains("Now with tea."), "the item as it now stands")
            #expect(mail.mailText.contains(PersonalPart.leave.marker) && mail.mailHTML.contains("leave"))
            let web = try #require(try store.correctedWeb(one))
            #expect(web.html.components(separatedBy: "It begins at <strong>10:00</strong>.").count == 3)
            #expect(web.text.components(separatedBy: "It begins at *10:00*.").count == 3)
            try bulletin.decide(.correct(item: nil, text: "The number was wrong."), at: soon + 60)
            let second = Mailing(one, correction: 2)
            #expect(try take(bulletin, at: soon + 61).toSend == [first, second])
            #expect(try store.correctionMail(second).subject == "Correction to Example eBulletin 1")
        }
    }

    @Test("leaves an issue alone that has not gone out, and what may not be sent")
    func unfit() throws {
        try TestBulletin.with { bulletin in
            try bulletin.queue("Tablets to borrow")
            try bulletin.look(at: TestBulletin.closes)
            try bulletin.decide(.correct(item: nil, text: "Too early."), at: TestBulletin.closes + 60)
            #expect(try isNothingToDo(bulletin, at: TestBulletin.closes + 61))
        }
        try TestBulletin.with { bulletin in
            _ = try sent(bulletin)
            try bulletin.decide(.correct(item: nil, text: "A bell\u{7}."), at: soon)
            #expect(try isNothingToDo(bulletin, at: soon + 1))
        }
    }

    @Test("is held, released and dropped with its issue's decisions, and then the web has it no more")
    func decisions() throws {
        try TestBulletin.with { bulletin in
            _ = try sent(bulletin)
            let store = bulletin.context.folder.issues
            try bulletin.decide(.correct(item: nil, text: "The number was wrong."), at: soon)
            _ = try take(bulletin, at: soon)
            try bulletin.decide(.hold(reason: "it was right"), at: soon + 1)
            let held = try take(bulletin, at: soon + 1)
            #expect(held.toSend == [])
            #expect(held.events == [.became(first, .held, reason: "held by ann: it was right")])
            try bulletin.decide(.release, at: soon + 2)
            #expect(try take(bulletin, at: soon + 2).toSend == [first])
            try bulletin.decide(.skip(reason: nil), at: soon + 3)
            let dropped = try take(bulletin, at: soon + 3)
            #expect(dropped.events == [.became(first, .skipped, reason: "dropped by ann")])
            #expect(try store.correctedWeb(one)?.html.contains("The number was wrong.") == false)
            #expect(try isNothingToDo(bulletin, at: soon + 4))
        }
    }

    @Test("holds one whose sending stopped too long ago, for a person")
    func stale() throws {
        try TestBulletin.with { bulletin in
            _ = try sent(bulletin)
            try bulletin.decide(.correct(item: nil, text: "The number was wrong."), at: soon)
            _ = try take(bulletin, at: soon)
            _ = try Resume(bulletin.context)(at: soon + 13 * 3600)
            #expect(try bulletin.context.folder.issues.status(of: first)?.state == .held)
            #expect(try take(bulletin, at: soon + 13 * 3600).toSend == [])
        }
    }

    @Test("an item that was called off or moved says so itself")
    func ownWords() throws {
        try TestBulletin.with { bulletin in
            var event = try bulletin.queue("Breakfast", starts: "2026-12-20T09:00")
            #expect(Correction.text(for: event) == nil)
            event.change = .cancelled(why: "the hall has *burst* pipes.")
            #expect(
                Correction.text(for: event)
                    == #"The event on Sunday 20 December 2026 at 09:00 is called off: the hall has \*burst\* pipes."#)
            let old = try #require(LocalDateTime("2026-12-19T09:00"))
            event.change = .moved(from: old, why: nil)
            #expect(
                Correction.text(for: event)
                    == "The event on Saturday 19 December 2026 at 09:00 is moved to Sunday 20 December 2026 at 09:00.")
        }
    }

    @Test(
        "says what is wrong with a text",
        arguments: [
            (" \n", "there is no text; say what was wrong and what is right"),
            ("a\nb\u{7}", "line 2 has a control character (U+0007) in it; take it out"),
            (String(repeating: "a", count: 2001), "it has 2001 characters, but at most 2000 are allowed; shorten it"),
        ])
    func problems(text: String, problem: String) {
        #expect(Correction.problem(in: text) == problem)
    }
}
