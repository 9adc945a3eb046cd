/// How many connections a relay bears: as many as it was said to, fewer after it asked for less, and one more again
/// every half minute.
struct ConnectionLimit {
    private static let recovery = Duration.seconds(30)

    private let most: Int
    private var limit: Int
    private var raiseAt: ContinuousClock.Instant?

    init(_ most: Int) {
        self.most = max(1, most)
        limit = self.most
    }

    mutating func connections(_ now: ContinuousClock.Instant) -> Int {
        while limit < most, let at = raiseAt, at <= now {
            limit += 1
            raiseAt = at + Self.recovery
        }
        return limit
    }

    /// The relay asked for less while it had `open` connections. True where the ceiling came down: several
    /// connections that hear the same at once count as one.
    mutating func easeOff(_ open: Int, _ now: ContinuousClock.Instant) -> Bool {
        if let raiseAt, raiseAt - now > Self.recovery - .seconds(1) { return false }
        raiseAt = now + Self.recovery
        let lowered = max(1, min(limit, open) - 1)
        guard lowered < limit else { return false }
        limit = lowered
        return true
    }

    /// When the limit may rise; nil where it stands at its most.
    var rises: ContinuousClock.Instant? { limit < most ? raiseAt : nil }
}
