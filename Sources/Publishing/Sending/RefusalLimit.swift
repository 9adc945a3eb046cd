import Basics
import Bulletin

/// When refusals stop an issue (`delivery.stopAfterRefusals`).
///
/// They do when they are more than that share of all who were to get it. Where nearly everybody is refused from the start, a
/// person is asked sooner: after thirty refusals, if they are beyond the share by a quarter of what is left to a hundred per
/// cent of those tried so far (20: over 40). Two refusals stop nothing, however few subscribers there are. Refusals
/// that a person has seen and released are not counted again, and stop nothing while they go on at that rate: among those who were left, the share
/// must be beyond what was seen then, by a quarter of what is left to a hundred per cent.
struct RefusalLimit {
    static let fewest = 3
    static let soon = 30

    private let share: Int
    /// How the deliveries stood when refusals stopped the issue before.
    private let before: DeliveryCounts

    init(share: Int, before: DeliveryCounts?) { (self.share, self.before) = (share, before ?? DeliveryCounts()) }

    /// Per cent of those tried, when it stopped before.
    private var seen: Int? {
        guard before.refused > 0 else { return nil }
        return before.refused * 100 / (before.refused + before.accepted + before.deferred)
    }

    /// Why the issue is to stop; nil where it may go on.
    func reason(_ counts: DeliveryCounts, _ mailing: Mailing) -> Hold.Refusals? {
        let refused = counts.refused - before.refused
        guard refused >= Self.fewest else { return nil }
        let tried = refused + counts.accepted - before.accepted + counts.deferred
        let audience = counts.total - before.settled
        let beyond = { (share: Int) in share + (100 - share) / 4 }
        let limit = seen.map { beyond(max(share, $0)) } ?? share
        let isOver = refused * 100 > limit * audience
        let isOverSoon = refused >= Self.soon && refused * 100 > (seen == nil ? beyond(share) : limit) * tried
        guard isOver || isOverSoon else { return nil }
        return Hold.Refusals(
            mailing: mailing, refused: refused, tried: tried, audience: audience, share: share,
            isAgain: before.refused > 0)
    }
}
