import Basics

/// Limits messages a minute, in every minute whenever it begins, as counted by the relay and not only here.
///
/// Messages are evenly spaced, with a small burst so that a loop that wakes late loses little: a burst of `b` and a
/// rate of `n - b + 1` a minute are `n` in any minute. Because a relay may take evenly sent messages all at once, a
/// message also counts until a minute after the relay has answered it. It begins with no burst, so that the minute
/// before, in which another process may have sent, counts as well.
struct RateLimiter {
    private static let minute = Duration.seconds(60)

    private let most: Int
    private let interval: Duration
    private let burst: Int
    /// When the next message would be due if none of the burst were left.
    private var due: ContinuousClock.Instant
    /// Messages sent but not answered yet.
    private var underWay = 0
    private var answered: RecentCount

    /// Nil if `perMinute` is 0: no limit.
    init?(perMinute: Int, from now: ContinuousClock.Instant) {
        guard perMinute > 0 else { return nil }
        most = perMinute
        burst = max(1, perMinute / 600)
        // Rounded up: truncated, this many intervals would be a little less than a minute.
        interval = Self.minute / (perMinute - burst + 1) + .nanoseconds(1)
        due = now + interval * burst
        answered = RecentCount(over: Self.minute, from: now)
    }

    /// How many messages may be sent now.
    mutating func allowance(_ now: ContinuousClock.Instant) -> Int {
        let spaced = due > now ? burst - Int(((due - now) / interval).rounded(.up)) : burst
        return max(0, min(spaced, most - underWay - answered.count(now)))
    }

    /// When ``allowance(_:)`` may be at least 1; an answer may bring it sooner.
    mutating func opens(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        let spaced = max(now, due - interval * (burst - 1))
        guard underWay + answered.count(now) >= most else { return spaced }
        return max(spaced, answered.nextFall ?? now + Self.minute)
    }

    mutating func spend(_ now: ContinuousClock.Instant) {
        due = max(due, now) + interval
        underWay += 1
    }

    /// `count` messages were answered, or lost with their connection.
    mutating func answer(_ count: Int, _ now: ContinuousClock.Instant) {
        underWay = max(0, underWay - count)
        answered.add(count, now)
    }
}

/// Counts events in a recent period, to a hundredth of its length.
struct RecentCount {
    private let step: Duration
    private let start: ContinuousClock.Instant
    private let steps: Int
    /// Each with the number of its step; ascending.
    private var marks: [(step: Int, count: Int)] = []
    private var total = 0

    init(over span: Duration, from start: ContinuousClock.Instant) {
        (steps, step, self.start) = (100, span / 100, start)
    }

    mutating func add(_ count: Int, _ now: ContinuousClock.Instant) {
        guard count > 0 else { return }
        let number = number(now)
        if marks.last?.step == number { marks[marks.count - 1].count += count } else { marks.append((number, count)) }
        total += count
    }

    /// The events in the span before `now`, and up to one step more.
    mutating func count(_ now: ContinuousClock.Instant) -> Int {
        let first = number(now) - steps
        while let mark = marks.first, mark.step < first {
            total -= mark.count
            marks.removeFirst()
        }
        return total
    }

    /// When the count falls next; nil if it is 0.
    var nextFall: ContinuousClock.Instant? { marks.first.map { start + step * ($0.step + steps + 1) } }

    private func number(_ now: ContinuousClock.Instant) -> Int { Int(((now - start) / step).rounded(.down)) }
}
