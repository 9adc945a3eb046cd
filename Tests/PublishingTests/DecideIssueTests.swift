import Basics
import Bulletin
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
    private let morning = NewsDesk.at("2026-11-21T09:00")

    private func refusal(_ desk: NewsDesk, _ kind: Decision.Kind, _ number: Int = 1, at time: Date) throws -> String {
        let fault = try #require(throws: UnfitDecision.self) {
            try DecideIssue(desk.context)(kind, IssueNumber(number), at: time, by: "bo")
        }
        return fault.description
    }

    private func decide(_ desk: NewsDesk, _ kind: Decision.Kind, at time: Date) throws -> DecideIssue.Foreseen {
        try DecideIssue(desk.context)(kind, one, at: time, by: "ann")
    }

    private func move(_ local: String) throws -> Decision.Kind { .move(to: try #require(LocalDateTime(local))) }

    @Test("recounts the deadline of an open issue that is moved, and sends it then")
    func moveOpen() throws {
        try NewsDesk.with { desk in
            try desk.queue("Tablets to borrow")
            let seen = try decide(desk, try move("2026-12-03T09:00"), at: morning)
            #expect(seen.after.closes == NewsDesk.at("2026-11-26T09:00"))
            #expect(try desk.look(at: NewsDesk.at("2026-11-26T08:59")).events == [])
            try desk.look(at: NewsDesk.at("2026-11-26T09:00"))
            #expect(try desk.status()?.state == .closed)
            #expect(try desk.issue()?.closedAt == seen.after.closes)
            #expect(try desk.look(at: NewsDesk.sends).toSend == [])
            #expect(try desk.look(at: NewsDesk.at("2026-12-03T09:00")).toSend == [one])
        }
    }

    @Test("shuts nobody out whose item was in time until the issue was moved forward")
    func moveForward() throws {
        try NewsDesk.with { desk in
            let now = NewsDesk.at("2026-11-24T15:00")
            let item = try desk.queue("Tablets to borrow", at: now - 60)
            // A week before Tuesday noon was Tuesday noon, three hours ago.
            let seen = try decide(desk, try move("2026-12-01T12:00"), at: now)
            #expect(seen.after.closes == now)
            try desk.look(at: now)
            #expect(try desk.issue()?.items == [item])
            #expect(try desk.look(at: NewsDesk.at("2026-12-01T12:00")).toSend == [one])
        }
    }

    @Test("sends an issue at once where approval is asked for: to send it is to release it as it is then")
    func sendNowWithApproval() throws {
        for isClosed in [false, true] {
            try NewsDesk.with(schedule: "  release: approval") { desk in
                try desk.queue("Tablets to borrow")
                // Begins before the issue was due, and after it is sent at once.
                let early = try desk.queue("Early bird", starts: "2026-11-30T10:00")
                var now = morning
                if isClosed {
                    now = NewsDesk.closes + 3600
                    try desk.look(at: NewsDesk.closes)
                }
                let seen = try decide(desk, .sendNow, at: now + 0.0004)
                let first = try desk.look(at: now + 0.5)
                #expect(!first.events.contains(.printedAgain(one, approvalWithdrawn: true)))
                #expect(try desk.look(at: now + 1).toSend == [one])
                #expect(try desk.status()?.released == true)
                #expect(try desk.issue()?.items.contains { $0.id == early.id } == true)
                if isClosed { #expect(seen.after.isReleased) }
            }
        }
    }

    @Test("keeps the schedule's own time as the slot that a moved issue uses up")
    func movedAndSent() throws {
        try NewsDesk.with { desk in
            try desk.queue("Tablets to borrow")
            _ = try decide(desk, try move("2026-12-01T10:00"), at: morning)
            try desk.look(at: NewsDesk.closes)
            #expect(try desk.issue()?.slot == NewsDesk.sends)
            try desk.markSent(at: NewsDesk.at("2026-12-01T10:00"))
            // Its own slot is still to come, and it is not taken for a changed schedule.
            #expect(try desk.look(at: NewsDesk.at("2026-12-01T10:01")).toSend == [])
        }
    }

    @Test("prints a closed issue again with its new date, and drops what has begun by then")
    func moveClosed() throws {
        try NewsDesk.with { desk in
            let notice = try desk.queue("Tablets to borrow")
            let event = try desk.queue("Breakfast", starts: "2026-12-02T11:00")
            try desk.look(at: NewsDesk.closes)
            let seen = try decide(desk, try move("2026-12-03T10:00"), at: NewsDesk.closes + 60)
            #expect(seen.before.items.map(\.id) == [event.id, notice.id])
            #expect(seen.after.items.map(\.id) == [notice.id])
            let events = try desk.look(at: NewsDesk.closes + 60).events
            #expect(events == [.printedAgain(one, approvalWithdrawn: false)])
            #expect(try desk.issue()?.items.map(\.id) == [notice.id])
            #expect(try desk.context.folder.issues.editions(one)?.mailText.contains("3 December 2026") == true)
            #expect(try desk.look(at: NewsDesk.closes + 120).events == [])
        }
    }

    @Test("refuses to move into the past, past a neighbour, or to where it is")
    func unfitMoves() throws {
        try NewsDesk.with { desk in
            let said1 = try refusal(desk, try move("2026-11-20T10:00"), at: morning)
            #expect(
                said1
                    == "Friday 20 November 2026 at 10:00 is in the past; to send issue 1 at once, use fortnight issue send-now 1"
            )
            let said2 = try refusal(desk, try move("2026-12-16T10:00"), at: morning)
            #expect(
                said2
                    == "issue 2 is sent on Wednesday 16 December 2026 at 10:00, and issue 1 comes before it; give an earlier "
                    + "time, or move issue 2 first")
            let said3 = try refusal(desk, try move("2026-12-02T09:00"), 2, at: morning)
            #expect(
                said3
                    == "issue 1 is sent on Wednesday 2 December 2026 at 10:00, and issue 2 comes after it; give a later "
                    + "time, or move issue 1 first")
            let said4 = try refusal(desk, try move("2026-12-02T10:00"), at: morning)
            #expect(
                said4
                    == "issue 1 is sent on Wednesday 2 December 2026 at 10:00 as it is")
            #expect(try desk.context.folder.decisions.all().isEmpty, "nothing was written")
        }
    }

    @Test("says what an issue is that is past deciding")
    func unfitStates() throws {
        try NewsDesk.with { desk in
            try desk.queue("Tablets to borrow")
            let said5 = try refusal(desk, .release, at: morning)
            #expect(said5 == "issue 1 needs no release; nothing holds it")
            let said6 = try refusal(desk, .sendNow, 2, at: morning)
            #expect(
                said6
                    == "issue 1 comes before issue 2: send or skip that one first")
            try desk.look(at: NewsDesk.closes)
            _ = try decide(desk, .hold(reason: "burst pipes"), at: NewsDesk.closes + 1)
            let said7 = try refusal(desk, .hold(reason: nil), at: NewsDesk.closes + 2)
            #expect(
                said7
                    == "issue 1 is held by ann: burst pipes already")
            _ = try decide(desk, .release, at: NewsDesk.closes + 3)
            try desk.look(at: NewsDesk.closes + 3)
            _ = try BeginSending(desk.context)(one, at: NewsDesk.sends)
            let said8 = try refusal(desk, .release, at: NewsDesk.sends)
            #expect(
                said8
                    == "issue 1 is being sent; stop it with fortnight issue hold 1")
            let said9 = try refusal(desk, try move("2026-12-04T10:00"), at: NewsDesk.sends)
            #expect(
                said9
                    == "issue 1 has gone out to some readers already, and cannot be changed: correct it with fortnight issue "
                    + "correct 1")
            let said10 = try refusal(desk, .skip(reason: nil), at: NewsDesk.sends)
            #expect(
                said10
                    == "issue 1 has gone out to some readers already, and cannot be changed: hold it, or release it to continue"
            )
            try desk.markSent(at: NewsDesk.sends)
            let said11 = try refusal(desk, .hold(reason: nil), at: NewsDesk.sends)
            #expect(
                said11
                    == "issue 1 is sent; to correct something, use fortnight issue correct 1")
        }
    }

    @Test("can be released only once it is closed, where approval is asked for, and only once")
    func releasing() throws {
        try NewsDesk.with(schedule: "  release: approval") { desk in
            try desk.queue("Tablets to borrow")
            let said12 = try refusal(desk, .release, at: morning)
            #expect(
                said12
                    == "issue 1 is still open; it closes on Wednesday 25 November 2026 at 10:00, and can be released after "
                    + "that")
            try desk.look(at: NewsDesk.closes)
            let seen = try decide(desk, .release, at: NewsDesk.closes + 60)
            #expect(!seen.before.isReleased && seen.after.isReleased)
            let said13 = try refusal(desk, .release, at: NewsDesk.closes + 61)
            #expect(said13 == "issue 1 is released already")
        }
    }
}

@Suite("An approval")
struct ApprovalTests {
    private let one = IssueNumber(1)

    private func retitle(_ desk: NewsDesk, _ id: ItemID, _ title: String) throws {
        _ = try desk.context.folder.queue.change(id) { old in
            var new = old
            new.title = title
            return new
        }
    }

    private func release(_ desk: NewsDesk, at time: Date) throws {
        try DecideIssue(desk.context)(.release, one, at: time, by: "ann")
    }

    @Test("holds where the release came after the change, though the daemon sees both at once")
    func changeThenRelease() throws {
        try NewsDesk.with(schedule: "  release: approval") { desk in
            let item = try desk.queue("Tablets to borrow")
            try desk.look(at: NewsDesk.closes)
            try retitle(desk, item.id, "Tablets to lend")
            try release(desk, at: NewsDesk.closes + 60)
            #expect(try desk.look(at: NewsDesk.closes + 61).events == [.printedAgain(one, approvalWithdrawn: false)])
            #expect(try desk.look(at: NewsDesk.sends).toSend == [one])
        }
    }

    @Test("is withdrawn where the change came after the release, though the daemon sees both at once")
    func releaseThenChange() throws {
        try NewsDesk.with(schedule: "  release: approval") { desk in
            let item = try desk.queue("Tablets to borrow")
            try desk.look(at: NewsDesk.closes)
            try release(desk, at: NewsDesk.closes + 60)
            try retitle(desk, item.id, "Tablets to lend")
            #expect(try IssueForecast(desk.context).row(one, at: NewsDesk.closes + 60)?.isReleased == false)
            #expect(try desk.look(at: NewsDesk.closes + 61).events == [.printedAgain(one, approvalWithdrawn: true)])
            #expect(try desk.look(at: NewsDesk.sends).toSend == [])
        }
    }

    @Test("is withdrawn after a crash between printing and writing it down")
    func crash() throws {
        try NewsDesk.with(schedule: "  release: approval") { desk in
            let item = try desk.queue("Tablets to borrow")
            try desk.look(at: NewsDesk.closes)
            try release(desk, at: NewsDesk.closes + 60)
            try desk.look(at: NewsDesk.closes + 60)
            try retitle(desk, item.id, "Tablets to lend")
            let issue = try #require(try desk.issue())
            try PrintEdition(desk.context).print(
                try CloseIssue(desk.context)
                    .again(issue, sends: issue.sends, in: Snapshot(desk.context.folder)))
            #expect(try desk.status()?.released == true)
            #expect(try desk.look(at: NewsDesk.closes + 61).events == [.printedAgain(one, approvalWithdrawn: true)])
            #expect(try desk.status()?.released == false)
        }
    }

    @Test("is withdrawn by every change that readers would see, and by no other; who makes it is told so")
    func changes() throws {
        let changes: [(String, Bool, (NewsDesk, Item, Item) throws -> Void)] = [
            ("edit", true, { desk, item, _ in try retitle(desk, item.id, "Tablets to lend") }),
            ("remove", true, { desk, item, _ in _ = try desk.context.folder.queue.remove(item.id) }),
            ("order", true, { desk, _, other in _ = try arrange(desk).order([other.id]) }),
            ("intro", true, { desk, _, _ in _ = try arrange(desk).introduce("Welcome.") }),
            (
                "move", true,
                { desk, _, _ in
                    let time = try #require(LocalDateTime("2026-12-03T10:00"))
                    try DecideIssue(desk.context)(.move(to: time), one, at: NewsDesk.closes + 90, by: "ann")
                }
            ),
            ("add", false, { desk, _, _ in try desk.queue("For the next one", at: NewsDesk.closes + 90) }),
        ]
        for (name, withdraws, change) in changes {
            try NewsDesk.with(schedule: "  release: approval") { desk in
                let item = try desk.queue("Tablets to borrow")
                let other = try desk.queue("Zebras to feed")
                try desk.look(at: NewsDesk.closes)
                try release(desk, at: NewsDesk.closes + 60)
                try desk.look(at: NewsDesk.closes + 60)
                let closed = try ClosedIssues(desk.context)
                try change(desk, item, other)
                #expect(try closed.reprints().map(\.approvalWithdrawn) == (withdraws ? [true] : []), "\(name)")
                let events = try desk.look(at: NewsDesk.closes + 120).events
                #expect(events == (withdraws ? [.printedAgain(one, approvalWithdrawn: true)] : []), "\(name)")
                #expect(try desk.status()?.released == !withdraws, "\(name)")
            }
        }
    }

    @Test("is not asked for where issues go out by themselves")
    func automatic() throws {
        try NewsDesk.with { desk in
            let item = try desk.queue("Tablets to borrow")
            try desk.look(at: NewsDesk.closes)
            let closed = try ClosedIssues(desk.context)
            try retitle(desk, item.id, "Tablets to lend")
            #expect(try closed.reprints().map(\.approvalWithdrawn) == [false])
            #expect(try desk.look(at: NewsDesk.closes + 1).events == [.printedAgain(one, approvalWithdrawn: false)])
            #expect(try desk.look(at: NewsDesk.sends).toSend == [one])
        }
    }

    private func arrange(_ desk: NewsDesk) -> ArrangeIssue {
        ArrangeIssue(desk.context, one, at: NewsDesk.closes + 90, by: "ann")
    }
}
