import Bulletin
import Curl
import Synchronization

/// The use of relays by all submissions of this process: a relay's limits apply to all of them together, and a relay's
/// request to slow down to one is known to the next.
package final class RelayTraffic: Sendable {
    /// The kind of mail.
    package enum Priority: Sendable {
        /// An issue on its way to many.
        case bulk
        /// Someone is waiting for it: it goes before an issue's messages.
        case single
    }

    private struct Key: Hashable {
        let host: String
        let port: Int
    }

    private struct State {
        var uses: [Key: RelayUse] = [:]
        /// The running submissions, by their wakers.
        var singles: [ObjectIdentifier: Waker] = [:]
        var bulks: [ObjectIdentifier: Waker] = [:]
    }

    private let state = Mutex(State())
    private let began = ContinuousClock.now

    package init() {}

    // MARK: Running submissions

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
        let wakers = state.withLock { Array($0.bulks.values) + Array($0.singles.values) }
        for other in wakers where other !== waker { other.wake() }
    }

    // MARK: One relay

    /// Gives `body` that relay's state, and whether urgent messages are being sent beside bulk ones.
    func with<Result>(_ relay: Relay, _ body: (inout RelayUse, _ isShared: Bool) -> Result) -> Result {
        state.withLock { state in
            let isShared = !state.singles.isEmpty && !state.bulks.isEmpty
            return body(
                &state.uses[Key(host: relay.host, port: relay.port), default: RelayUse(relay, from: began)], isShared)
        }
    }
}

/// One relay's limits, and their current use.
struct RelayUse {
    private var connections: Int
    private var perMinute: Int
    private var rateLimiter: RateLimiter?
    private var adaptiveRate: AdaptiveRate
    private var connectionLimit: ConnectionLimit
    /// Connections that are open or being opened, by priority.
    private var bulkOpen = 0
    private var singleOpen = 0
    /// Until when to use another relay if there is one.
    private(set) var down: (until: ContinuousClock.Instant, reason: String)?

    init(_ relay: Relay, from start: ContinuousClock.Instant) {
        (connections, perMinute) = (relay.connections, relay.messagesPerMinute)
        rateLimiter = RateLimiter(perMinute: relay.messagesPerMinute, from: start)
        adaptiveRate = AdaptiveRate(from: start)
        connectionLimit = ConnectionLimit(relay.connections)
    }

    /// Applies limits that were changed in the configuration.
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

    // MARK: Messages

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

    /// How many connections that priority may have now. An issue leaves one to urgent messages.
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

    // MARK: Slowing down

    /// The new limits; nil if nothing was lowered.
    mutating func easeOff(
        _ throttling: AdaptiveRate.Throttling, open: Int, _ now: ContinuousClock.Instant
    ) -> (connections: Int, perMinute: Int?, fewer: Bool)? {
        let fewer = connectionLimit.easeOff(open, now)
        let slower = adaptiveRate.easeOff(throttling, now)
        guard fewer || slower else { return nil }
        return (connectionLimit.connections(now), adaptiveRate.limit.map { Int($0 * 60) }, fewer)
    }

    /// A connection was refused while others were open.
    mutating func reachedLimit(open: Int, _ now: ContinuousClock.Instant) -> Int? {
        connectionLimit.easeOff(open, now) ? connectionLimit.connections(now) : nil
    }

    mutating func wentDown(_ reason: String, until: ContinuousClock.Instant) { down = (until, reason) }

    mutating func cameUp() { down = nil }
}
