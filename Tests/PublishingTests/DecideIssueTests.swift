import Basics
import Bulletin
import BulletinSupport
import Editing
import Foundation
import Planning
import Publishing
import Records
import Testing

/// What a command foresees is what the daemon does, at its next look.
@Suite("Deciding about an issue")
struct DecideIssueTests {
    private let one = IssueNumber(1)
    private let two = IssueNumber(2)
    private let morning = TestBulletin.at("2026-11-21T09:00")

    private func refusal(_ bulletin: TestBulletin, _ kind: Decision.Kind, _ number: Int = 1, at time: Date) throws
        -> String
    {
        let fault = try #require(throws: UnfitDecision.self) {
            try DecideIssue(bulletin.context)(kind, IssueNumber(number), at: time, by: "bo")
        }
        return fault.description
    }

    private func decide(_ bulletin: TestBulletin, _ kind: Decision.Kind, at time: Date) throws -> DecideIssue.Foreseen {
        try DecideIssue(bulletin.context)(kind, one, at: time, by: "ann")
    }

    private func move(_ local: String) throws -> Decision.Kind { .move(to: try #require(LocalDateTime(local))) }

    @Test("recounts the deadline of an open issue that is moved, and sends it then")
    func moveOpen() throws {
        try TestBulletin.with { bulletin in
            try bulletin.queue("Tablets to borrow")
            let seen = try decide(bulletin, try move("2026-12-03T09:00"), at: morning)
            #expect(seen.after.closes == TestBulletin.at("2026-11-26T09:00"))
            #expect(try bulletin.look(at: TestBulletin.at("2026-11-26T08:59")).events == [])
            try bulletin.look(at: TestBulletin.at("2026-11-26T09:00"))
            #expect(try bulletin.status()?.state == .closed)
            #expect(try bulletin.issue()?.closedAt == seen.after.closes)
            #expect(try bulletin.look(at: TestBulletin.sends).toSend == [])
            #expect(try bulletin.look(at: TestBulletin.at("2026-12-03T09:00")).toSend == [one])
        }
    }

    @Test("shuts nobody out whose item was in time until the issue was moved forward")
    func moveForward() throws {
        try TestBulletin.with { bulletin in
            let now = TestBulletin.at("2026-11-24T15:00")
            let item = try bulletin.queue("Tablets to borrow", at: now - 60)
            // A week before Tuesday noon was Tuesday noon, three hours ago.
            let seen = try decide(bulletin, try move("2026-12-01T12:00"), at: now)
            #expect(seen.after.closes == now)
            try bulletin.look(at: now)
            #expect(try bulletin.issue()?.items == [item])
            #expect(try bulletin.look(at: TestBulletin.at("2026-12-01T12:00")).toSend == [one])
        }
    }

    @Test("sends an issue at once where approval is asked for: to send it is to release it as it is then")
    func sendNowWithApproval() throws {
        for isClosed in [false, true] {
            try TestBulletin.with(schedule: "  release: approval") { bulletin in
                try bulletin.queue("Tablets to borrow")
                // Begins before the issue was due, and after it is sent at once.
                let early = try bulletin.queue("Early bird", starts: "2026-11-30T10:00")
                var now = morning
                if isClosed {
                    now = TestBulletin.closes + 3600
                    try bulletin.look(at: TestBulletin.closes)
                }
                let seen = try decide(bulletin, .sendNow, at: now + 0.0004)
                let first = try bulletin.look(at: now + 0.5)
                #expect(!first.events.contains(.printedAgain(one, approvalWithdrawn: true)))
                #expect(try bulletin.look(at: now + 1).toSend == [one])
                #expect(try bulletin.status()?.released == true)
                #expect(try bulletin.issue()?.items.contains { $0.id == early.id } == true)
                if isClosed { #expect(seen.after.isReleased) }
            }
        }
    }

    @Test("keeps the schedule's own time as the slot that a moved issue uses up")
    func movedAndSent() throws {
        try TestBulletin.with { bulletin in
            try bulletin.queue("Tablets to borrow")
            _ = try decide(bulletin, try move("2026-12-01T10:00"), at: morning)
            try bulletin.look(at: TestBulletin.closes)
            #expect(try bulletin.issue()?.slot == TestBulletin.sends)
            try bulletin.markSent(at: TestBulletin.at("2026-12-01T10:00"))
            // Its own slot is still to come, and it is not taken for a changed schedule.
            #expect(try bulletin.look(at: TestBulletin.at("2026-12-01T10:01")).toSend == [])
        }
    }

    @Test("prints a closed issue again with its new date, and drops what has begun by then")
    func moveClosed() throws {
        try TestBulletin.with { bulletin in
            let notice = try bulletin.queue("Tablets to borrow")
            let event = try bulletin.queue("Breakfast", starts: "2026-12-02T11:00")
            try bulletin.look(at: TestBulletin.closes)
            let seen = try decide(bulletin, try move("2026-12-03T10:00"), at: TestBulletin.closes + 60)
            #expect(seen.before.items.map(\.id) == [event.id, notice.id])
            #expect(seen.after.items.map(\.id) == [notice.id])
            let events = try bulletin.look(at: TestBulletin.closes + 60).events
            #expect(events == [.printedAgain(one, approvalWithdrawn: false)])
            #expect(try bulletin.issue()?.items.map(\.id) == [notice.id])
            #expect(try bulletin.context.folder.issues.editions(one)?.mailText.contains("3 December 2026") == true)
            #expect(try bulletin.look(at: TestBulletin.closes + 120).events == [])
        }
    }

    @Test("refuses to move into the past, past a neighbour, or to where it is")
    func unfitMoves() throws {
        try TestBulletin.with { bulletin in
            let said1 = try refusal(bulletin, try move("2026-11-20T10:00"), at: morning)
            #expect(
                said1
                    == "Friday 20 November 2026 at 10:00 is in the past; to send issue 1 at once, use fortnight issue send-now 1"
            )
            let said2 = try refusal(bulletin, try move("2026-12-16T10:00"), at: morning)
            #expect(
                said2
                    == "issue 2 is sent on Wednesday 16 December 2026 at 10:00, and issue 1 comes before it; give an earlier "
                    + "time, or move issue 2 first")
            let said3 = try refusal(bulletin, try move("2026-12-02T09:00"), 2, at: morning)
            #expect(
                said3
                    == "issue 1 is sent on Wednesday 2 December 2026 at 10:00, and issue 2 comes after it; give a later "
                    + "time, or move issue 1 first")
            let said4 = try refusal(bulletin, try move("2026-12-02T10:00"), at: morning)
            #expect(
                said4
                    == "issue 1 is sent on Wednesday 2 December 2026 at 10:00 as it is")
            #expect(try bulletin.context.folder.decisions.all().isEmpty, "nothing was written")
        }
    }

    @Test("says what an issue is that is past deciding")
    func unfitStates() throws {
        try TestBulletin.with { bulletin in
            try bulletin.queue("Tablets to borrow")
            let said5 = try refusal(bulletin, .release, at: morning)
            #expect(said5 == "issue 1 needs no release; nothing holds it")
            let said6 = try refusal(bulletin, .sendNow, 2, at: morning)
            #expect(
                said6
                    == "issue 1 comes before issue 2: send or skip that one first")
            try bulletin.look(at: TestBulletin.closes)
            _ = try decide(bulletin, .hold(reason: "burst pipes"), at: TestBulletin.closes + 1)
            let said7 = try refusal(bulletin, .hold(reason: nil), at: TestBulletin.closes + 2)
            #expect(
                said7
                    == "issue 1 is held by ann: burst pipes already")
            _ = try decide(bulletin, .release, at: TestBulletin.closes + 3)
            try bulletin.look(at: TestBulletin.closes + 3)
            _ = try BeginSending(bulletin.context)(one, at: TestBulletin.sends)
            let said8 = try refusal(bulletin, .release, at: TestBulletin.sends)
            #expect(
                said8
                    == "issue 1 is being sent; stop it with fortnight issue hold 1")
            let said9 = try refusal(bulletin, try move("2026-12-04T10:00"), at: TestBulletin.sends)
            #expect(
                said9
                    == "issue 1 has gone out to some readers already, and cannot be changed: correct it with fortnight issue "
                    + "correct 1")
            let said10 = try refusal(bulletin, .skip(reason: nil), at: TestBulletin.sends)
            #expect(
                said10
                    == "issue 1 has gone out to some readers already, and cannot be changed: hold it, or release it to continue"
            )
            try bulletin.markSent(at: TestBulletin.sends)
            let said11 = try refusal(bulletin, .hold(reason: nil), at: TestBulletin.sends)
            #expect(
                said11
                    == "issue 1 is sent; to correct something, use fortnight issue correct 1")
        }
    }

    @Test("can be released only once it is closed, where approval is asked for, and only once")
    func releasing() throws {
        try TestBulletin.with(schedule: "  release: approval") { bulletin in
            try bulletin.queue("Tablets to borrow")
            let said12 = try refusal(bulletin, .release, at: morning)
            #expect(
                said12
                    == "issue 1 is still open; it closes on Wednesday 25 November 2026 at 10:00, and can be released after "
                    + "that")
            try bulletin.look(at: TestBulletin.closes)
            let seen = try decide(bulletin, .release, at: TestBulletin.closes + 60)
            #expect(!seen.before.isReleased && seen.after.isReleased)
            let said13 = try refusal(bulletin, .release, at: TestBulletin.closes + 61)
            #expect(said13 == "issue 1 is released already")
        }
    }
}

@Suite("An approval")
struct ApprovalTests {
    private let one = IssueNumber(1)

    private func retitle(_ bulletin: TestBulletin, _ id: ItemID, _ title: String) throws {
        _ = try bulletin.context.folder.queue.change(id) { old in
            var new = old
            new.title = title
            return new
        }
    }

    private func release(_ bulletin: TestBulletin, at time: Date) throws {
        try DecideIssue(bulletin.context)(.release, one, at: time, by: "ann")
    }

    @Test("holds where the release came after the change, though the daemon sees both at once")
    func changeThenRelease() throws {
        try TestBulletin.with(schedule: "  release: approval") { bulletin in
            let item = try bulletin.queue("Tablets to borrow")
            try bulletin.look(at: TestBulletin.closes)
            try retitle(bulletin, item.id, "Tablets to lend")
            try release(bulletin, at: TestBulletin.closes + 60)
            #expect(
                try bulletin.look(at: TestBulletin.closes + 61).events == [.printedAgain(one, approvalWithdrawn: false)]
            )
            #expect(try bulletin.look(at: TestBulletin.sends).toSend == [one])
        }
    }

    @Test("is withdrawn where the change came after the release, though the daemon sees both at once")
    func releaseThenChange() throws {
        try TestBulletin.with(schedule: "  release: approval") { bulletin in
            let item = try bulletin.queue("Tablets to borrow")
            try bulletin.look(at: TestBulletin.closes)
            try release(bulletin, at: TestBulletin.closes + 60)
            try retitle(bulletin, item.id, "Tablets to lend")
            #expect(try IssueForecast(bulletin.context).row(one, at: TestBulletin.closes + 60)?.isReleased == false)
            #expect(
                try bulletin.look(at: TestBulletin.closes + 61).events == [.printedAgain(one, approvalWithdrawn: true)])
            #expect(try bulletin.look(at: TestBulletin.sends).toSend == [])
        }
    }

    @Test("is withdrawn after a crash between printing and writing it down")
    func crash() throws {
        try TestBulletin.with(schedule: "  release: approval") { bulletin in
            let item = try bulletin.queue("Tablets to borrow")
            try bulletin.look(at: TestBulletin.closes)
            try release(bulletin, at: TestBulletin.closes + 60)
            try bulletin.look(at: TestBulletin.closes + 60)
            try retitle(bulletin, item.id, "Tablets to lend")
            let issue = try #require(try bulletin.issue())
            try PrintEdition(bulletin.context).print(
                try CloseIssue(bulletin.context)
                    .again(issue, sends: issue.sends, in: Snapshot(bulletin.context.folder)))
            #expect(try bulletin.status()?.released == true)
            #expect(
                try bulletin.look(at: TestBulletin.closes + 61).events == [.printedAgain(one, approvalWithdrawn: true)])
            #expect(try bulletin.status()?.released == false)
        }
    }

    @Test("is withdrawn by every change that readers would see, and by no other; who makes it is told so")
    func changes() throws {
        let changes: [(String, Bool, (TestBulletin, Item, Item) throws -> Void)] = [
            ("edit", true, { bulletin, item, _ in try retitle(bulletin, item.id, "Tablets to lend") }),
            ("remove", true, { bulletin, item, _ in _ = try bulletin.context.folder.queue.remove(item.id) }),
            ("order", true, { bulletin, _, other in _ = try arrange(bulletin).order([other.id]) }),
            ("intro", true, { bulletin, _, _ in _ = try arrange(bulletin).introduce("Welcome.") }),
            (
                "move", true,
                { bulletin, _, _ in
                    let time = try #require(LocalDateTime("2026-12-03T10:00"))
                    try DecideIssue(bulletin.context)(.move(to: time), one, at: TestBulletin.closes + 90, by: "ann")
                }
            ),
            ("add", false, { bulletin, _, _ in try bulletin.queue("For the next one", at: TestBulletin.closes + 90) }),
        ]
        for (name, withdraws, change) in changes {
            try TestBulletin.with(schedule: "  release: approval") { bulletin in
                let item = try bulletin.queue("Tablets to borrow")
                let other = try bulletin.queue("Zebras to feed")
                try bulletin.look(at: TestBulletin.closes)
                try release(bulletin, at: TestBulletin.closes + 60)
                try bulletin.look(at: TestBulletin.closes + 60)
                let closed = try ClosedIssues(bulletin.context)
                try change(bulletin, item, other)
                #expect(try closed.reprints().map(\.approvalWithdrawn) == (withdraws ? [true] : []), "\(name)")
                let events = try bulletin.look(at: TestBulletin.closes + 120).events
                #expect(events == (withdraws ? [.printedAgain(one, approvalWithdrawn: true)] : []), "\(name)")
                #expect(try bulletin.status()?.released == !withdraws, "\(name)")
            }
        }
    }

    @Test("is not asked for where issues go out by themselves")
    func automatic() throws {
        try TestBulletin.with { bulletin in
            let item = try bulletin.queue("Tablets to borrow")
            try bulletin.look(at: TestBulletin.closes)
            let closed = try ClosedIssues(bulletin.context)
            try retitle(bulletin, item.id, "Tablets to lend")
            #expect(try closed.reprints().map(\.approvalWithdrawn) == [false])
            #expect(
                try bulletin.look(at: TestBulletin.closes + 1).events == [.printedAgain(one, approvalWithdrawn: false)])
            #expect(try bulletin.look(at: TestBulletin.sends).toSend == [one])
        }
    }

    private func arrange(_ bulletin: TestBulletin) -> ArrangeIssue {
        ArrangeIssue(bulletin.context, one, at: TestBulletin.closes + 90, by: "ann")
    }
}
