import Synchronization

/// Public pages, kept in memory for a second, so that a page that everybody visits at once is rendered once. A second
/// later it is rendered again, so that changes show.
final class PageCache: Sendable {
    private struct Entry {
        let answer: PageResponse
        let made: ContinuousClock.Instant
    }

    private static let life = Duration.seconds(1)
    /// Bytes that are kept at most; then all of it is dropped.
    private static let most = 32 << 20

    private let state = Mutex((entries: [Route: Entry](), size: 0))

    /// The response that `make` gives, now or gave less than a second ago; a page that is not found is not kept.
    func answer(to route: Route, _ make: () async throws -> PageResponse?) async rethrows -> PageResponse? {
        let now = ContinuousClock.now
        if let kept = state.withLock({ $0.entries[route] }), now - kept.made < Self.life { return kept.answer }
        guard let answer = try await make() else { return nil }
        state.withLock { state in
            state.size += answer.body.count - (state.entries[route]?.answer.body.count ?? 0)
            if state.size > Self.most { state = ([:], answer.body.count) }
            state.entries[route] = Entry(answer: answer, made: now)
        }
        return answer
    }
}
