import Bulletin
import Synchronization

/// What this process sends through its relays, whichever submission sends it: a relay's limits hold over all of them, one
/// after the other and side by side, and what a relay asked of one, the next one knows.
package final class RelayTraffic: Sendable {
    /// Whose letters they are.
    package enum Errand: Sendable {
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
        var singles: [ObjectIdentifier: Bell] = [:]
        var bulks: [ObjectIdentifier: Bell] = [:]
    }

    private let state = Mutex(State())
    private let began = ContinuousClock.now

    package init() {}

    // MARK: Who is at work

    func enter(_ errand: Errand, _ bell: Bell) {
        state.withLock { state in
            if errand == .bulk {
                state.bulks[ObjectIdentifier(bell)] = bell
            } else {
                state.singles[ObjectIdentifier(bell)] = bell
            }
        }
        wakeOthers(than: bell)
    }

    func leave(_ bell: Bell) {
        state.withLock { state in
            state.bulks[ObjectIdentifier(bell)] = nil
            state.singles[ObjectIdentifier(bell)] = nil
        }
        wakeOthers(than: bell)
    }

    /// A connection has become free, or is wanted.
    func wakeOthers(than bell: Bell) {
        let bells = state.withLock { Array($0.bulks.values) + Array($0.singles.values) }
        for other in bells where other !== bell { other.ring() }
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
    private var pace: Pace?
    private var slowdown: Slowdown
    private var ceiling: Ceiling
    /// Connections that stand or are being opened, by errand.
    private var bulkOpen = 0
    private var singleOpen = 0
    /// Until when it is not worth trying while there is another.
    private(set) var down: (until: ContinuousClock.Instant, reason: String)?

    init(_ relay: Relay, from start: ContinuousClock.Instant) {
        (connections, perMinute) = (relay.connections, relay.messagesPerMinute)
        pace = Pace(perMinute: relay.messagesPerMinute, from: start)
        slowdown = Slowdown(from: start)
        ceiling = Ceiling(relay.connections)
    }

    /// Takes up limits that were changed in the configuration.
    mutating func follow(_ relay: Relay) {
        if relay.messagesPerMinute != perMinute {
            perMinute = relay.messagesPerMinute
            pace = Pace(perMinute: perMinute, from: .now)
        }
        if relay.connections != connections {
            connections = relay.connections
            ceiling = Ceiling(connections)
        }
    }

    // MARK: Letters

    mutating func allowance(_ now: ContinuousClock.Instant) -> Int {
        min(slowdown.allowance(now), pace?.allowance(now) ?? .max)
    }

    mutating func opens(_ now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        max(slowdown.opens(now), pace?.opens(now) ?? now)
    }

    mutating func spend(_ now: ContinuousClock.Instant) {
        pace?.spend(now)
        slowdown.spend(now)
    }

    mutating func answer(_ count: Int, _ now: ContinuousClock.Instant) { pace?.answer(count, now) }

    // MARK: Connections

    /// How many connections that errand may have now. An issue leaves one to letters that somebody waits for.
    mutating func room(_ errand: RelayTraffic.Errand, isShared: Bool, _ now: ContinuousClock.Instant) -> Int {
        let most = ceiling.connections(now)
        switch errand {
        case .bulk: return max(0, most - max(isShared ? 1 : 0, singleOpen))
        case .single: return isShared ? max(0, min(1, most - bulkOpen)) : max(0, most - bulkOpen)
        }
    }

    mutating func count(_ change: Int, _ errand: RelayTraffic.Errand) {
        if errand == .bulk { bulkOpen += change } else { singleOpen += change }
    }

    var rises: ContinuousClock.Instant? { ceiling.rises }

    // MARK: What the relay asks for

    /// What is less from now on; nil where nothing is.
    mutating func easeOff(
        _ asking: Slowdown.Asking, open: Int, _ now: ContinuousClock.Instant
    ) -> (connections: Int, perMinute: Int?, fewer: Bool)? {
        let fewer = ceiling.easeOff(open, now)
        let slower = slowdown.easeOff(asking, now)
        guard fewer || slower else { return nil }
        return (ceiling.connections(now), slowdown.limit.map { Int($0 * 60) }, fewer)
    }

    /// A connection was refused while others stood.
    mutating func bearsNoMore(open: Int, _ now: ContinuousClock.Instant) -> Int? {
        ceiling.easeOff(open, now) ? ceiling.connections(now) : nil
    }

    mutating func wentDown(_ reason: String, until: ContinuousClock.Instant) { down = (until, reason) }

    mutating func cameUp() { down = nil }
}
