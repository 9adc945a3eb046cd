/// How fast a relay bears letters after it asked for less: half as fast each time it asks, a half faster again every
/// quarter of a minute without, until that is well beyond what it bore before and the limit is gone.
struct AdaptiveRate {
    /// How plainly a reply asks for less.
    enum Asking: Comparable {
        /// 45z may be about that recipient alone, or about us.
        case perhaps
        /// 421, or an enhanced code that says so.
        case plainly
    }

    /// In letters a second. What may be greylisting must not make a large issue take days.
    private static func lowest(_ asking: Asking) -> Double { asking == .plainly ? 1 : 10 }
    private static let recovery = Duration.seconds(15)
    /// What several connections hear at once counts as one.
    private static let deafness = Duration.seconds(2)
    private static let measured = Duration.seconds(10)

    /// Letters a second; nil: no limit.
    private(set) var limit: Double?
    /// What was sent when it first asked.
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

    /// True where it is slower from now on.
    mutating func easeOff(_ asking: Asking, _ now: ContinuousClock.Instant) -> Bool {
        recover(now)
        if let lowered, now - lowered < Self.deafness { return false }
        let rate = rate(now)
        let next = max(Self.lowest(asking), min(limit ?? .infinity, rate) / 2)
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
        // A loop that wakes late loses little.
        return max(1, Int(limit / 20))
    }

    /// When ``allowance(_:)`` is at least 1.
    func opens(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant { limit == nil ? now : max(now, due ?? now) }

    mutating func spend(_ now: ContinuousClock.Instant) {
        sent.add(1, now)
        if let limit { due = max(due ?? now, now) + .seconds(1) / limit }
    }

    /// Letters a second of late.
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
