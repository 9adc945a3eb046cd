import Bulletin
import BulletinSupport
import Foundation
import Planning
import Publishing
import Testing

@Suite("The line that the service manager shows")
struct StatusLineTests {
    private let zone = TimeZone(identifier: "Europe/London") ?? .gmt
    private var line: StatusLine { StatusLine(now: TestBulletin.at("2026-12-02T10:03"), zone: zone) }
    private let next = Slot(
        number: IssueNumber(25), closes: TestBulletin.at("2026-12-09T10:00"), sends: TestBulletin.at("2026-12-16T10:00")
    )

    private func counts(accepted: Int, refused: Int = 0, deferred: Int = 0, skipped: Int = 0) -> DeliveryCounts {
        var counts = DeliveryCounts(owed: 5000 - accepted - refused - deferred - skipped)
        (counts.accepted, counts.refused, counts.deferred, counts.skipped) = (accepted, refused, deferred, skipped)
        return counts
    }

    @Test("says how far a send is, and what closes next")
    func sending() {
        let coming = Coming(closes: next)
        #expect(
            line.sending("issue 24", counts(accepted: 1203), waitsForRelay: false, coming)
                == "issue 24: 1,203 of 5,000 sent; next closes Wednesday 10:00")
        #expect(
            line.sending("issue 24", counts(accepted: 0), waitsForRelay: true, Coming())
                == "issue 24: 0 of 5,000 sent, waits for the relay")
        #expect(
            line.sending(
                "issue 24", counts(accepted: 4900, refused: 7, deferred: 3, skipped: 10), waitsForRelay: false, coming)
                == "issue 24: 4,900 of 4,990 sent, 7 refused, 3 deferred; next closes Wednesday 10:00")
    }

    @Test("says what is waited for, with the date where the day of the week would not do")
    func waiting() {
        #expect(line.waiting(Coming()) == "the schedule has no issue to come")
        #expect(
            line.waiting(Coming(closes: next))
                == "issue 25 closes Wednesday 10:00, goes out Wednesday 16 December 10:00")
        let sends = TestBulletin.at("2026-12-03T10:00")
        #expect(
            line.waiting(Coming(waiting: .init(number: IssueNumber(24), sends: sends), closes: next))
                == "issue 24 goes out Thursday 10:00; next closes Wednesday 10:00")
        #expect(
            line.waiting(
                Coming(waiting: .init(number: IssueNumber(24), sends: sends, needsRelease: true), closes: next))
                == "issue 24 waits for its release, due Thursday 10:00; next closes Wednesday 10:00")
        #expect(
            line.waiting(Coming(waiting: .init(number: IssueNumber(24), sends: sends, isHeld: true)))
                == "issue 24 is held for a person")
    }

    @Test("comes from what each look at the clock finds")
    func looked() throws {
        try TestBulletin.with { bulletin in
            #expect(try bulletin.look(at: TestBulletin.at("2026-11-21T10:00")).coming.closes?.number.value == 1)
            #expect(try bulletin.look(at: TestBulletin.closes).coming.closes?.number.value == 2)
            let after = try bulletin.look(at: TestBulletin.closes + 1).coming
            #expect(after.waiting == Coming.Waiting(number: IssueNumber(1), sends: TestBulletin.sends))
        }
    }
}
