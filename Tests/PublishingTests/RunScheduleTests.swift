import Bulletin
import BulletinSupport
import DevelopmentInbox
import Editing
import Foundation
import Planning
import Publishing
import Records
import TestSupport
import Testing

@Suite("Keeping time")
struct RunScheduleTests {
    private let one = IssueNumber(1)

    @Test("closes at the deadline and sends at its time, once, however often it looks")
    func onTime() throws {
        try TestBulletin.with { bulletin in
            let item = try bulletin.queue("Tablets to borrow")
            #expect(try bulletin.look(at: TestBulletin.closes - 1).events == [])
            #expect(try bulletin.status() == nil)
            let closing = try bulletin.look(at: TestBulletin.closes)
            #expect(closing.events == [.closed(one, items: 1, leftOut: 0)])
            #expect(try bulletin.look(at: TestBulletin.closes + 1).events == [])
            #expect(try bulletin.look(at: TestBulletin.sends - 1).toSend == [])
            #expect(try bulletin.look(at: TestBulletin.sends).toSend == [one])
            #expect(try bulletin.issue()?.items.map(\.id) == [item.id])
        }
    }

    @Test("goes out late by less than `latest`, and is held with the reason by more")
    func late() throws {
        try TestBulletin.with { bulletin in
            try bulletin.queue("Tablets to borrow")
            #expect(try bulletin.look(at: TestBulletin.sends + 11 * 3600).toSend == [])
            #expect(try bulletin.look(at: TestBulletin.sends + 11 * 3600).toSend == [one])
        }
        try TestBulletin.with { bulletin in
            try bulletin.queue("Tablets to borrow")
            try bulletin.look(at: TestBulletin.sends + 13 * 3600)
            #expect(try bulletin.look(at: TestBulletin.sends + 13 * 3600).toSend == [])
            #expect(try bulletin.status()?.state == .held)
            #expect(try bulletin.status()?.reason == "it missed its time by more than 12 hours")
            try bulletin.decide(.release, at: TestBulletin.sends + 14 * 3600)
            #expect(try bulletin.look(at: TestBulletin.sends + 14 * 3600).toSend == [one])
        }
    }

    @Test("admits what was queued by the deadline, though it looks only later")
    func lateStart() throws {
        try TestBulletin.with { bulletin in
            let before = try bulletin.queue("In time", at: TestBulletin.closes - 1)
            try bulletin.queue("Too late", at: TestBulletin.closes + 1)
            try bulletin.look(at: TestBulletin.closes + 86_400)
            #expect(try bulletin.issue()?.items.map(\.id) == [before.id])
        }
    }

    @Test("waits for a person where approval is asked for, and withdraws it when an item is changed")
    func approval() throws {
        try TestBulletin.with(schedule: "  release: approval") { bulletin in
            let item = try bulletin.queue("Tablets to borrow")
            try bulletin.look(at: TestBulletin.closes)
            try bulletin.decide(.release, at: TestBulletin.closes + 60)
            try bulletin.look(at: TestBulletin.closes + 60)
            #expect(try bulletin.status()?.released == true)
            _ = try bulletin.context.folder.queue.change(item.id) { old in
                var new = old
                new.title = "Tablets to lend"
                return new
            }
            #expect(
                try bulletin.look(at: TestBulletin.closes + 120).events == [.printedAgain(one, approvalWithdrawn: true)]
            )
            #expect(try bulletin.look(at: TestBulletin.sends).toSend == [])
            try bulletin.decide(.release, at: TestBulletin.sends + 60)
            #expect(try bulletin.look(at: TestBulletin.sends + 60).toSend == [one])
            #expect(try bulletin.issue()?.items.first?.title == "Tablets to lend")
        }
    }

    @Test("acts on each decision once: hold, release, skip")
    func decisions() throws {
        try TestBulletin.with { bulletin in
            try bulletin.queue("Tablets to borrow")
            try bulletin.decide(.hold(reason: "the hall has burst pipes"), at: TestBulletin.began + 120)
            try bulletin.look(at: TestBulletin.closes)
            #expect(try bulletin.status()?.state == .held)
            #expect(try bulletin.status()?.reason == "held by ann: the hall has burst pipes")
            try bulletin.decide(.release, at: TestBulletin.closes + 60)
            try bulletin.look(at: TestBulletin.closes + 60)
            #expect(try bulletin.status()?.state == .closed)
            try bulletin.decide(.skip(reason: nil), at: TestBulletin.closes + 120)
            try bulletin.look(at: TestBulletin.closes + 120)
            #expect(try bulletin.status()?.state == .skipped)
            #expect(try bulletin.look(at: TestBulletin.sends).toSend == [])
            // What it held is back in the queue, for the next issue.
            #expect(try IssueForecast(bulletin.context).row(IssueNumber(2), at: TestBulletin.sends)?.items.count == 1)
        }
    }

    @Test("closes and sends at once when told to, and the next issue keeps its date")
    func sendNow() throws {
        try TestBulletin.with { bulletin in
            try bulletin.queue("Tablets to borrow")
            try bulletin.decide(.sendNow, at: TestBulletin.began + 300)
            #expect(try bulletin.look(at: TestBulletin.began + 300).toSend == [one])
            let rows = try IssueForecast(bulletin.context).rows(at: TestBulletin.began + 300)
            #expect(rows.map(\.number.value) == [1, 2, 3, 4])
            #expect(rows[1].sends == TestBulletin.at("2026-12-16T10:00"))
        }
    }

    @Test("refuses a schedule that would use the number of a sent issue again")
    func changedAnchor() throws {
        try TestBulletin.with { bulletin in
            try bulletin.queue("Tablets to borrow")
            try bulletin.look(at: TestBulletin.closes)
            try bulletin.markSent(at: TestBulletin.sends)
            let moved = try bulletin.rescheduled(first: "2027-01-06 10:00")
            let fault = #expect(throws: AnchorFault.self) { try moved.look(at: TestBulletin.sends + 60) }
            #expect(fault?.description.contains("raise schedule.firstNumber to at least 2") == true)
        }
    }
}

@Suite("A clock that jumps")
struct ClockJumpTests {
    @Test(
        "makes the daemon send nothing twice and nothing unasked",
        arguments: [3600.0, 86_400, 31_536_000, -3600, -86_400, -31_536_000])
    func clockJumps(jump: TimeInterval) async throws {
        try await withScratchFolder { scratch in
            try await InboxServer.with { inbox in
                let scene = try SendingScene(in: scratch, inbox, readers: ["ann", "bo"])
                let workflow = try scene.workflow()
                await scene.turn(workflow)
                scene.set(TestBulletin.sends)
                try await scene.run(workflow, until: .sent)
                for time in [TestBulletin.sends + jump, TestBulletin.sends + 10] {
                    scene.set(time)
                    await scene.turn(workflow)
                    await scene.turn(try scene.workflow())
                }
                #expect(try scene.status()?.state == .sent)
                let received = inbox.counts().byRecipient
                #expect(received.count == 2 && received.values.allSatisfy { $0 == 1 }, "\(received)")
            }
        }
    }
}

@Suite("Beginning to send")
struct BeginSendingTests {
    private let one = IssueNumber(1)

    @Test("drops what has begun by then, and fixes the bytes")
    func nothingStale() throws {
        try TestBulletin.with { bulletin in
            let notice = try bulletin.queue("Tablets to borrow")
            let event = try bulletin.queue("Breakfast", starts: "2026-12-02T10:30")
            try bulletin.look(at: TestBulletin.closes)
            #expect(try bulletin.issue()?.items.map(\.id) == [event.id, notice.id])
            // Late by an hour: the breakfast has begun.
            guard case .editions(let editions) = try BeginSending(bulletin.context)(one, at: TestBulletin.sends + 3500)
            else {
                Issue.record("it holds something")
                return
            }
            #expect(try bulletin.issue()?.items.map(\.id) == [notice.id])
            #expect(!editions.mailText.contains("Breakfast"))
            #expect(try bulletin.issue()?.leftOut.first?.reason.contains("before issue 1 is sent") == true)
            // From here on nothing changes them: not an edit, not a crash.
            _ = try bulletin.context.folder.queue.remove(notice.id)
            try bulletin.look(at: TestBulletin.sends + 3600)
            guard case .editions(let again) = try BeginSending(bulletin.context)(one, at: TestBulletin.sends + 7200)
            else {
                Issue.record("it is what it was")
                return
            }
            #expect(again == editions)
        }
    }

    @Test("is the preview to the byte")
    func preview() throws {
        try TestBulletin.with { bulletin in
            try bulletin.queue("Tablets to borrow")
            let preview = try Preview(bulletin.context).editions(of: one, at: TestBulletin.began + 120)
            try bulletin.look(at: TestBulletin.closes)
            guard case .editions(let editions) = try BeginSending(bulletin.context)(one, at: TestBulletin.sends + 1)
            else {
                Issue.record("it holds something")
                return
            }
            #expect(preview == editions)
        }
    }

    @Test("skips an issue with nothing in it")
    func empty() throws {
        try TestBulletin.with { bulletin in
            try bulletin.look(at: TestBulletin.closes)
            guard case .skipped = try BeginSending(bulletin.context)(one, at: TestBulletin.sends) else {
                Issue.record("it holds nothing")
                return
            }
            #expect(try bulletin.status()?.state == .skipped)
        }
    }
}
