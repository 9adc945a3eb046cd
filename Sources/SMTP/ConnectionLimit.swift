/// The number of connections to a relay: as many as configured, fewer after it asked us to slow down, and one more
/// again every half minute.
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

    /// The relay asked us to slow down while it had `open` connections. Returns whether the limit was lowered: the same
    /// reply on several connections at once counts once.
    mutating func easeOff(_ open: Int, _ now: ContinuousClock.Instant) -> Bool {
        if let raiseAt, raiseAt - now > Self.recovery - .seconds(1) { return false }
        raiseAt = now + Self.recovery
        let lowered = max(1, min(limit, open) - 1)
        guard lowered < limit else { return false }
        limit = lowered
        return true
    }

    /// When the limit may rise; nil if it is at its most.
    var rises: ContinuousClock.Instant? { limit < most ? raiseAt : nil }
}
