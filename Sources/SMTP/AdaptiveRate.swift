/// Adapts the sending rate to a relay that asks us to slow down: halved each time it asks, raised by half every quarter
/// of a minute without, until it is well beyond the earlier rate and the limit is lifted.
struct AdaptiveRate {
    /// How clearly a reply asks us to slow down.
    enum Throttling: Comparable {
        /// 45z may be about that recipient only, or about us.
        case possible
        /// 421, or an enhanced code that says so.
        case explicit
    }

    /// In messages a second. Possible greylisting must not make a large issue take days.
    private static func lowest(_ throttling: Throttling) -> Double { throttling == .explicit ? 1 : 10 }
    private static let recovery = Duration.seconds(15)
    /// The same reply on several connections at once counts once.
    private static let settlingTime = Duration.seconds(2)
    private static let measured = Duration.seconds(10)

    /// Messages a second; nil: no limit.
    private(set) var limit: Double?
    /// The rate when it first asked.
    private var peak = 0.0
    private var lowered: ContinuousClock.Instant?
    private var raiseAt: ContinuousClock.Instant?
    private var due: ContinuousClock.Instant?
    private let start: ContinuousClock.Instant
    private var sent: RecentCount

    init(from now: ContinuousClock.Instant) {
        start = now
        sent = RecentCount(over: Self.measured, from: now)
    }

    /// Returns whether the rate was lowered.
    mutating func easeOff(_ throttling: Throttling, _ now: ContinuousClock.Instant) -> Bool {
        recover(now)
        if let lowered, now - lowered < Self.settlingTime { return false }
        let rate = rate(now)
        let next = max(Self.lowest(throttling), min(limit ?? .infinity, rate) / 2)
        (lowered, raiseAt) = (now, now + Self.recovery)
        guard next < limit ?? .infinity else { return false }
        if limit == nil { peak = max(rate, next) }
        limit = next
        due = now + .seconds(1) / next
        return true
    }

    mutating func allowance(_ now: ContinuousClock.Instant) -> Int {
        recover(now)
        guard let limit, let due else { return .max }
        guard due <= now else { return 0 }
        // A small burst, so that a loop that wakes late loses little.
        return max(1, Int(limit / 20))
    }

    /// When ``allowance(_:)`` will be at least 1.
    func opens(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant { limit == nil ? now : max(now, due ?? now) }

    mutating func spend(_ now: ContinuousClock.Instant) {
        sent.add(1, now)
        if let limit { due = max(due ?? now, now) + .seconds(1) / limit }
    }

    /// The recent rate in messages a second.
    private mutating func rate(_ now: ContinuousClock.Instant) -> Double {
        let span = min(Self.measured, max(now - start, .seconds(1)))
        return Double(sent.count(now)) / (span / .seconds(1))
    }

    private mutating func recover(_ now: ContinuousClock.Instant) {
        while let at = raiseAt, at <= now, let slow = limit {
            limit = slow * 1.5
            raiseAt = at + Self.recovery
            if slow * 1.5 > 2 * peak { (limit, raiseAt, due) = (nil, nil, nil) }
        }
    }
}
