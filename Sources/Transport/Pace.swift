/// At most so many letters a minute, in every minute whenever it begins. Evenly spaced, with a small burst so that a
/// loop that wakes late loses little: a burst of `b` and a rate of `n - b + 1` a minute are `n` in any minute.
struct Pace {
    private let interval: Duration
    private let burst: Int
    /// When the next letter would be due if none of the burst were left.
    private var due: ContinuousClock.Instant?

    /// Nil where `perMinute` is 0: no limit.
    init?(perMinute: Int) {
        guard perMinute > 0 else { return nil }
        burst = max(1, perMinute / 600)
        // Rounded up: cut off, so many intervals would be a little less than a minute.
        interval = .seconds(60) / (perMinute - burst + 1) + .nanoseconds(1)
    }

    /// How many letters may go out now.
    func allowance(_ now: ContinuousClock.Instant) -> Int {
        guard let due, due > now else { return burst }
        return max(0, burst - Int(((due - now) / interval).rounded(.up)))
    }

    /// When ``allowance(_:)`` will be at least 1.
    func opens(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        guard let due else { return now }
        return max(now, due - interval * (burst - 1))
    }

    mutating func spend(_ now: ContinuousClock.Instant) { due = max(due ?? now, now) + interval }
}
