import Bulletin
import BulletinSupport
import Foundation
import Publishing
import Records
import TestSupport
import Testing

@Suite("A deferred delivery")
struct RetryDeferredTests {
    private static let now = TestBulletin.at("2026-12-02T10:00")
    private let retry = RetryDeferred(Backoff(first: 1800, most: 14_400, giveUpAfter: 172_800))

    /// One reader's ledger, deferred `tries` times up to `last`.
    private func ledger(_ scratch: String, deferred times: [Date], code: Int = 451) throws -> (
        DeliveryLedger, SubscriberID
    ) {
        let folder = StateFolder(path: scratch + "/state")
        try folder.make(at: Self.now)
        let id = SubscriberID(high: 1, low: 2)
        let ledger = folder.ledger(Mailing(IssueNumber(1)))
        try ledger.begin(try folder.subscriberList().audience(at: Self.now), at: Self.now)
        for time in times {
            try ledger.record(settled: [], handed: [id], at: time)
            try ledger.record(settled: [(id, .deferred(Reply(code: code, text: "later")))], handed: [], at: time)
        }
        return (ledger, id)
    }

    @Test("waits half an hour, then twice as long each time up to four hours, a tenth more or less")
    func waits() throws {
        for (tries, hours) in [(1, 0.5), (2, 1), (3, 2), (4, 4), (9, 4)] {
            try withScratchFolder { scratch in
                let (ledger, _) = try ledger(scratch, deferred: Array(repeating: Self.now, count: tries))
                let delivery = try #require(ledger.deferred().first)
                let wait = retry.time(of: delivery, at: Self.now).timeIntervalSince(Self.now) / 3600
                #expect(abs(wait - hours) <= hours / 10)
            }
        }
    }

    @Test("is due at once where no server said no, and where the clock was put back since", arguments: [0, 451])
    func atOnce(code: Int) throws {
        try withScratchFolder { scratch in
            let (ledger, _) = try ledger(scratch, deferred: [Self.now], code: code)
            let delivery = try #require(ledger.deferred().first)
            #expect(retry.isDue(delivery, at: Self.now) == (code == 0))
            for back in [3600.0, 86_400, 31_536_000] {
                #expect(retry.isDue(delivery, at: Self.now.addingTimeInterval(-back)))
            }
        }
    }

    @Test("is given up after two days, and stands as refused with 4.4.7")
    func givenUp() throws {
        try withScratchFolder { scratch in
            let (ledger, id) = try ledger(scratch, deferred: [Self.now])
            #expect(try retry.giveUp(in: ledger, at: Self.now + 172_799) == 0)
            #expect(try retry.giveUp(in: ledger, at: Self.now + 172_800) == 1)
            #expect(ledger.state(of: id) == .refused)
        }
    }
}
