import Bulletin
import Curl

/// Selects the relay to use: the first in order that is not down. A relay counts as down when a connection fails while
/// no other is open, or when several connections in a row are lost before a message was finished. Relays before the one
/// in use are tried again now and then, so that the first is used again once it is up.
struct RelaySelector {
    /// Failed connections in a row after which a relay counts as down.
    private static let mostFailures = 3

    /// Why a relay cannot be used, in order of urgency.
    enum Failure: Comparable {
        case unreachable, tlsRefused, authRefused
    }

    private struct Down {
        var reason: String
        var failure: Failure
        var tryAgain: ContinuousClock.Instant
        /// Known from an earlier run, and not tried by this one.
        var isFromEarlierRun: Bool
    }

    private let relays: [Relay]
    private let rest: Duration
    private var down: [Int: Down] = [:]
    private var failures = 0
    /// The relay that is tried again while another is in use.
    private(set) var probed: Int?

    /// `known` gives the relays that an earlier run found down, until when each should be left alone, and why.
    init(
        _ relays: [Relay], known: [Int: (until: ContinuousClock.Instant, reason: String)] = [:],
        rest: Duration = Timeouts().relayRetryDelay
    ) {
        (self.relays, self.rest) = (relays, rest)
        // If all are down, nothing is lost by trying.
        guard known.count < relays.count else { return }
        down = known.mapValues {
            Down(reason: $0.reason, failure: .unreachable, tryAgain: $0.until, isFromEarlierRun: true)
        }
    }

    /// The index of the relay to open connections to; past the last if all are down.
    var index: Int { relays.indices.first { down[$0] == nil } ?? relays.count }

    /// The relay to open connections to; nil if all are down.
    var current: Relay? { index < relays.count ? relays[index] : nil }

    subscript(index: Int) -> Relay { relays[index] }

    /// Why all of them are down, in a sentence, and the most serious failure.
    var reason: String { relays.indices.compactMap { down[$0]?.reason }.joined(separator: "; ") }
    var failure: Failure { down.values.map(\.failure).max() ?? .unreachable }

    /// The relay works: a message got an outcome there.
    mutating func succeeded(_ relay: Int) { if relay == index { failures = 0 } }

    /// A connection finished no message. Returns whether the relay now counts as down.
    mutating func lostConnection(_ relay: Int, _ reason: String, _ now: ContinuousClock.Instant) -> Bool {
        guard relay == index else { return false }
        failures += 1
        guard failures >= Self.mostFailures else { return false }
        wentDown(relay, "\(relays[relay]) keeps dropping the connection: \(reason)", .unreachable, now)
        return true
    }

    mutating func wentDown(_ relay: Int, _ reason: String, _ failure: Failure, _ now: ContinuousClock.Instant) {
        if probed == relay { probed = nil }
        if relay == index { failures = 0 }
        down[relay] = Down(reason: reason, failure: failure, tryAgain: now + rest, isFromEarlierRun: false)
        // Relays known only from an earlier run are tried before all are given up.
        if index == relays.count { down = down.filter { !$0.value.isFromEarlierRun } }
    }

    /// The relay to try again now, before the one in use; nil if there is none.
    mutating func probe(_ now: ContinuousClock.Instant) -> Int? {
        guard probed == nil, index < relays.count,
            let relay = (0..<index).first(where: { (down[$0]?.tryAgain ?? now) <= now })
        else { return nil }
        probed = relay
        return relay
    }

    /// The relay being tried again accepted a connection.
    mutating func cameUp(_ relay: Int) {
        if probed == relay { probed = nil }
        down[relay] = nil
        failures = 0
    }

    /// The relays that this run found down, with why, and when to try them again.
    var known: [(index: Int, (reason: String, tryAgain: ContinuousClock.Instant))] {
        down.filter { !$0.value.isFromEarlierRun }.map { ($0.key, ($0.value.reason, $0.value.tryAgain)) }
    }

    /// When to probe next; nil if there is nothing to probe.
    var nextProbe: ContinuousClock.Instant? {
        guard probed == nil, index < relays.count else { return nil }
        return (0..<index).compactMap { down[$0]?.tryAgain }.min()
    }
}
