import Bulletin
import Curl
import Synchronization

/// What this process sends through its relays, whichever submission sends it: a relay's limits hold over all of them, one
/// after the other and side by side, and what a relay asked of one, the next one knows.
package final class RelayTraffic: Sendable {
    /// Whose letters they are.
    package enum Priority: Sendable {
        /// An issue on its way to many.
        case bulk
        /// Somebody waits for it: it goes before an issue's letters.
        case single
    }

    private struct Key: Hashable {
        let host: String
        let port: Int
    }

    private struct State {
        var uses: [Key: RelayUse] = [:]
        /// The submissions at work, each with the bell that wakes it.
        var singles: [ObjectIdentifier: Waker] = [:]
        var bulks: [ObjectIdentifier: Waker] = [:]
    }

    private let state = Mutex(State())
    private let began = ContinuousClock.now

    package init() {}

    // MARK: Who is at work

    func enter(_ priority: Priority, _ waker: Waker) {
        state.withLock { state in
            if priority == .bulk {
                state.bulks[ObjectIdentifier(waker)] = waker
            } else {
                state.singles[ObjectIdentifier(waker)] = waker
            }
        }
        wakeOthers(than: waker)
    }

    func leave(_ waker: Waker) {
        state.withLock { state in
            state.bulks[ObjectIdentifier(waker)] = nil
            state.singles[ObjectIdentifier(waker)] = nil
        }
        wakeOthers(than: waker)
    }

    /// A connection has become free, or is wanted.
    func wakeOthers(than waker: Waker) {
        let bells = state.withLock { Array($0.bulks.values) + Array($0.singles.values) }
        for other in bells where other !== waker { other.ring() }
    }

    // MARK: One relay

    /// Works with what is known of that relay, and whether letters that somebody waits for are under way beside bulk ones.
    func with<Result>(_ relay: Relay, _ body: (inout RelayUse, _ isShared: Bool) -> Result) -> Result {
        state.withLock { state in
            let isShared = !state.singles.isEmpty && !state.bulks.isEmpty
            return body(
                &state.uses[Key(host: relay.host, port: relay.port), default: RelayUse(relay, from: began)], isShared)
        }
    }
}

/// One relay's limits, and what is used of them.
struct RelayUse {
    private var connections: Int
    private var perMinute: Int
    private var rateLimiter: RateLimiter?
    private var adaptiveRate: AdaptiveRate
    private var connectionLimit: ConnectionLimit
    /// Connections that stand or are being opened, by errand.
    private var bulkOpen = 0
    private var singleOpen = 0
    /// Until when it is not worth trying while there is another.
    private(set) var down: (until: ContinuousClock.Instant, reason: String)?

    init(_ relay: Relay, from start: ContinuousClock.Instant) {
        (connections, perMinute) = (relay.connections, relay.messagesPerMinute)
        rateLimiter = RateLimiter(perMinute: relay.messagesPerMinute, from: start)
        adaptiveRate = AdaptiveRate(from: start)
        connectionLimit = ConnectionLimit(relay.connections)
    }

    /// Takes up limits that were changed in the configuration.
    mutating func follow(_ relay: Relay) {
        if relay.messagesPerMinute != perMinute {
            perMinute = relay.messagesPerMinute
            rateLimiter = RateLimiter(perMinute: perMinute, from: .now)
        }
        if relay.connections != connections {
            connections = relay.connections
            connectionLimit = ConnectionLimit(connections)
        }
    }

    // MARK: Letters

    mutating func allowance(_ now: ContinuousClock.Instant) -> Int {
        min(adaptiveRate.allowance(now), rateLimiter?.allowance(now) ?? .max)
    }

    mutating func opens(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        max(adaptiveRate.opens(now), rateLimiter?.opens(now) ?? now)
    }

    mutating func spend(_ now: ContinuousClock.Instant) {
        rateLimiter?.spend(now)
        adaptiveRate.spend(now)
    }

    mutating func answer(_ count: Int, _ now: ContinuousClock.Instant) { rateLimiter?.answer(count, now) }

    // MARK: Connections

    /// How many connections that errand may have now. An issue leaves one to letters that somebody waits for.
    mutating func room(_ priority: RelayTraffic.Priority, isShared: Bool, _ now: ContinuousClock.Instant) -> Int {
        let most = connectionLimit.connections(now)
        switch priority {
        case .bulk: return max(0, most - max(isShared ? 1 : 0, singleOpen))
        case .single: return isShared ? max(0, min(1, most - bulkOpen)) : max(0, most - bulkOpen)
        }
    }

    mutating func count(_ change: Int, _ priority: RelayTraffic.Priority) {
        if priority == .bulk { bulkOpen += change } else { singleOpen += change }
    }

    var rises: ContinuousClock.Instant? { connectionLimit.rises }

    // MARK: What the relay asks for

    /// What is less from now on; nil where nothing is.
    mutating func easeOff(
        _ asking: AdaptiveRate.Asking, open: Int, _ now: ContinuousClock.Instant
    ) -> (connections: Int, perMinute: Int?, fewer: Bool)? {
        let fewer = connectionLimit.easeOff(open, now)
        let slower = adaptiveRate.easeOff(asking, now)
        guard fewer || slower else { return nil }
        return (connectionLimit.connections(now), adaptiveRate.limit.map { Int($0 * 60) }, fewer)
    }

    /// A connection was refused while others stood.
    mutating func bearsNoMore(open: Int, _ now: ContinuousClock.Instant) -> Int? {
        connectionLimit.easeOff(open, now) ? connectionLimit.connections(now) : nil
    }

    mutating func wentDown(_ reason: String, until: ContinuousClock.Instant) { down = (until, reason) }

    mutating func cameUp() { down = nil }
}
