import Bulletin
import Testing

@testable import Publishing

@Suite("Too many refusals")
struct RefusalLimitTests {
    private let mailing = Mailing(IssueNumber(24))

    private func counts(of audience: Int, accepted: Int = 0, refused: Int = 0, skipped: Int = 0) -> DeliveryCounts {
        var counts = DeliveryCounts(owed: audience - accepted - refused - skipped)
        (counts.accepted, counts.refused, counts.skipped) = (accepted, refused, skipped)
        return counts
    }

    private func stops(_ counts: DeliveryCounts, share: Int = 20, before: DeliveryCounts? = nil) -> Bool {
        RefusalLimit(share: share, before: before).reason(counts, mailing) != nil
    }

    @Test("stop an issue when they are more than the share of all who were to get it, and not at it")
    func share() {
        #expect(!stops(counts(of: 100, accepted: 80, refused: 20)))
        #expect(stops(counts(of: 100, accepted: 79, refused: 21)))
        #expect(!stops(counts(of: 100, accepted: 2, refused: 20)))
        #expect(!stops(counts(of: 100, refused: 100), share: 100))
    }

    @Test("do not where they are two, however few subscribers there are")
    func tiny() {
        #expect(!stops(counts(of: 2, refused: 2)))
        #expect(!stops(counts(of: 5, accepted: 1, refused: 2)))
        #expect(stops(counts(of: 10, accepted: 7, refused: 3)))
    }

    @Test("stop a large issue soon where nearly everybody is refused from the start")
    func soon() {
        #expect(!stops(counts(of: 100_000, refused: 29)))
        #expect(stops(counts(of: 100_000, refused: 30)))
        #expect(stops(counts(of: 100_000, accepted: 40, refused: 35)))
        // Somewhat above the share by chance: the whole will tell.
        #expect(!stops(counts(of: 100_000, accepted: 70, refused: 30)))
    }

    @Test("are not counted again once a person has released the issue")
    func released() {
        let before = counts(of: 100, accepted: 29, refused: 21)
        #expect(!stops(before, before: before))
        // As many again of the other half, as the person saw them.
        #expect(!stops(counts(of: 100, accepted: 58, refused: 42), before: before))
        #expect(!stops(counts(of: 100, accepted: 40, refused: 49), before: before))
        #expect(stops(counts(of: 100, accepted: 40, refused: 50), before: before))
    }

    @Test("are told with figures and the remedy")
    func words() throws {
        let reason = try #require(
            RefusalLimit(share: 20, before: nil).reason(counts(of: 100, accepted: 30, refused: 21), mailing))
        #expect(
            Hold.refusals(reason).inWords
                == "21 of the 51 messages tried were refused, and 100 were to go out (delivery.stopAfterRefusals: 20 per "
                + "cent): look at fortnight deliveries 24 --who refused, correct what is wrong, then release the issue")
    }
}
