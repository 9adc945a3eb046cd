import Bulletin
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
        try NewsDesk.with { desk in
            let item = try desk.queue("Tablets to borrow")
            #expect(try desk.look(at: NewsDesk.closes - 1).events == [])
            #expect(try desk.status() == nil)
            let closing = try desk.look(at: NewsDesk.closes)
            #expect(closing.events == [.closed(one, items: 1, leftOut: 0)])
            #expect(try desk.look(at: NewsDesk.closes + 1).events == [])
            #expect(try desk.look(at: NewsDesk.sends - 1).toSend == [])
            #expect(try desk.look(at: NewsDesk.sends).toSend == [one])
            #expect(try desk.issue()?.items.map(\.id) == [item.id])
        }
    }

    @Test("goes out late by less than `latest`, and is held with the reason by more")
    func late() throws {
        try NewsDesk.with { desk in
            try desk.queue("Tablets to borrow")
            #expect(try desk.look(at: NewsDesk.sends + 11 * 3600).toSend == [])
            #expect(try desk.look(at: NewsDesk.sends + 11 * 3600).toSend == [one])
        }
        try NewsDesk.with { desk in
            try desk.queue("Tablets to borrow")
            try desk.look(at: NewsDesk.sends + 13 * 3600)
            #expect(try desk.look(at: NewsDesk.sends + 13 * 3600).toSend == [])
            #expect(try desk.status()?.state == .held)
            #expect(try desk.status()?.reason == "it missed its time by more than 12 hours")
            try desk.decide(.release, at: NewsDesk.sends + 14 * 3600)
            #expect(try desk.look(at: NewsDesk.sends + 14 * 3600).toSend == [one])
        }
    }

    @Test("admits what was queued by the deadline, though it looks only later")
    func lateStart() throws {
        try NewsDesk.with { desk in
            let before = try desk.queue("In time", at: NewsDesk.closes - 1)
            try desk.queue("Too late", at: NewsDesk.closes + 1)
            try desk.look(at: NewsDesk.closes + 86_400)
            #expect(try desk.issue()?.items.map(\.id) == [before.id])
        }
    }

    @Test("waits for a person where approval is asked for, and withdraws it when an item is changed")
    func approval() throws {
        try NewsDesk.with(schedule: "  release: approval") { desk in
            let item = try desk.queue("Tablets to borrow")
            try desk.look(at: NewsDesk.closes)
            try desk.decide(.release, at: NewsDesk.closes + 60)
            try desk.look(at: NewsDesk.closes + 60)
            #expect(try desk.status()?.released == true)
            _ = try desk.context.folder.queue.change(item.id) { old in
                var new = old
                new.title = "Tablets to lend"
                return new
            }
            #expect(try desk.look(at: NewsDesk.closes + 120).events == [.printedAgain(one, approvalWithdrawn: true)])
            #expect(try desk.look(at: NewsDesk.sends).toSend == [])
            try desk.decide(.release, at: NewsDesk.sends + 60)
            #expect(try desk.look(at: NewsDesk.sends + 60).toSend == [one])
            #expect(try desk.issue()?.items.first?.title == "Tablets to lend")
        }
    }

    @Test("acts on each decision once: hold, release, skip")
    func decisions() throws {
        try NewsDesk.with { desk in
            try desk.queue("Tablets to borrow")
            try desk.decide(.hold(reason: "the hall has burst pipes"), at: NewsDesk.began + 120)
            try desk.look(at: NewsDesk.closes)
            #expect(try desk.status()?.state == .held)
            #expect(try desk.status()?.reason == "held by ann: the hall has burst pipes")
            try desk.decide(.release, at: NewsDesk.closes + 60)
            try desk.look(at: NewsDesk.closes + 60)
            #expect(try desk.status()?.state == .closed)
            try desk.decide(.skip(reason: nil), at: NewsDesk.closes + 120)
            try desk.look(at: NewsDesk.closes + 120)
            #expect(try desk.status()?.state == .skipped)
            #expect(try desk.look(at: NewsDesk.sends).toSend == [])
            // What it held is back in the queue, for the next issue.
            #expect(try IssueForecast(desk.context).row(IssueNumber(2), at: NewsDesk.sends)?.items.count == 1)
        }
    }

    @Test("closes and sends at once when told to, and the next issue keeps its date")
    func sendNow() throws {
        try NewsDesk.with { desk in
            try desk.queue("Tablets to borrow")
            try desk.decide(.sendNow, at: NewsDesk.began + 300)
            #expect(try desk.look(at: NewsDesk.began + 300).toSend == [one])
            let rows = try IssueForecast(desk.context).rows(at: NewsDesk.began + 300)
            #expect(rows.map(\.number.value) == [1, 2, 3, 4])
            #expect(rows[1].sends == NewsDesk.at("2026-12-16T10:00"))
        }
    }

    @Test("refuses a schedule that would use the number of a sent issue again")
    func changedAnchor() throws {
        try NewsDesk.with { desk in
            try desk.queue("Tablets to borrow")
            try desk.look(at: NewsDesk.closes)
            try desk.markSent(at: NewsDesk.sends)
            let moved = try desk.rescheduled(first: "2027-01-06 10:00")
            let fault = #expect(throws: AnchorFault.self) { try moved.look(at: NewsDesk.sends + 60) }
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
                scene.set(NewsDesk.sends)
                try await scene.run(workflow, until: .sent)
                for time in [NewsDesk.sends + jump, NewsDesk.sends + 10] {
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
        try NewsDesk.with { desk in
            let notice = try desk.queue("Tablets to borrow")
            let event = try desk.queue("Breakfast", starts: "2026-12-02T10:30")
            try desk.look(at: NewsDesk.closes)
            #expect(try desk.issue()?.items.map(\.id) == [event.id, notice.id])
            // Late by an hour: the breakfast has begun.
            guard case .editions(let editions) = try BeginSending(desk.context)(one, at: NewsDesk.sends + 3500) else {
                Issue.record("it holds something")
                return
            }
            #expect(try desk.issue()?.items.map(\.id) == [notice.id])
            #expect(!editions.mailText.contains("Breakfast"))
            #expect(try desk.issue()?.leftOut.first?.reason.contains("before issue 1 is sent") == true)
            // From here on nothing changes them: not an edit, not a crash.
            _ = try desk.context.folder.queue.remove(notice.id)
            try desk.look(at: NewsDesk.sends + 3600)
            guard case .editions(let again) = try BeginSending(desk.context)(one, at: NewsDesk.sends + 7200) else {
                Issue.record("it is what it was")
                return
            }
            #expect(again == editions)
        }
    }

    @Test("is the preview to the byte")
    func preview() throws {
        try NewsDesk.with { desk in
            try desk.queue("Tablets to borrow")
            let preview = try Preview(desk.context).editions(of: one, at: NewsDesk.began + 120)
            try desk.look(at: NewsDesk.closes)
            guard case .editions(let editions) = try BeginSending(desk.context)(one, at: NewsDesk.sends + 1) else {
                Issue.record("it holds something")
                return
            }
            #expect(preview == editions)
        }
    }

    @Test("skips an issue with nothing in it")
    func empty() throws {
        try NewsDesk.with { desk in
            try desk.look(at: NewsDesk.closes)
            guard case .skipped = try BeginSending(desk.context)(one, at: NewsDesk.sends) else {
                Issue.record("it holds nothing")
                return
            }
            #expect(try desk.status()?.state == .skipped)
        }
    }
}
