import Bulletin
import Curl

/// Which relay is used: the first in order that is not down. One counts as down when a connection fails while no other
/// stands, or when one connection after another is lost before it carried a letter to its end. Those before the one in
/// use are tried again now and then, so that the first is used again once it is up.
struct RelaySelector {
    /// Connections in a row that came to nothing, after which a relay counts as down.
    private static let mostBarren = 3

    /// Why a relay is of no use, by what is to be done about it.
    enum Failure: Comparable {
        case unreachable, tlsRefused, authRefused
    }

    private struct Down {
        var reason: String
        var failure: Failure
        var tryAgain: ContinuousClock.Instant
        /// Known from before, and not tried by this run.
        var isHearsay: Bool
    }

    private let relays: [Relay]
    private let rest: Duration
    private var down: [Int: Down] = [:]
    private var barren = 0
    /// The relay that is tried again while another is in use.
    private(set) var probed: Int?

    /// `known` says of each relay that is down since before, until when it is to be left alone and why.
    init(
        _ relays: [Relay], known: [Int: (until: ContinuousClock.Instant, reason: String)] = [:],
        rest: Duration = Timeouts().relayRest
    ) {
        (self.relays, self.rest) = (relays, rest)
        // Where all are down, there is nothing to lose in trying.
        guard known.count < relays.count else { return }
        down = known.mapValues {
            Down(reason: $0.reason, failure: .unreachable, tryAgain: $0.until, isHearsay: true)
        }
    }

    /// Of the relay to open connections to; beyond the last where all are down.
    var index: Int { relays.indices.first { down[$0] == nil } ?? relays.count }

    /// The relay to open connections to; nil where all are down.
    var current: Relay? { index < relays.count ? relays[index] : nil }

    subscript(index: Int) -> Relay { relays[index] }

    /// Why all of them are down, in a sentence, and the worst of it.
    var reason: String { relays.indices.compactMap { down[$0]?.reason }.joined(separator: "; ") }
    var failure: Failure { down.values.map(\.failure).max() ?? .unreachable }

    /// The relay works: a letter came to an outcome there.
    mutating func succeeded(_ relay: Int) { if relay == index { barren = 0 } }

    /// A connection carried no letter to its end. True where the relay counts as down by that.
    mutating func cameToNothing(_ relay: Int, _ reason: String, _ now: ContinuousClock.Instant) -> Bool {
        guard relay == index else { return false }
        barren += 1
        guard barren >= Self.mostBarren else { return false }
        wentDown(relay, "\(relays[relay]) keeps dropping the connection: \(reason)", .unreachable, now)
        return true
    }

    mutating func wentDown(_ relay: Int, _ reason: String, _ failure: Failure, _ now: ContinuousClock.Instant) {
        if probed == relay { probed = nil }
        if relay == index { barren = 0 }
        down[relay] = Down(reason: reason, failure: failure, tryAgain: now + rest, isHearsay: false)
        // What is known by hearsay only is tried before all is given up.
        if index == relays.count { down = down.filter { !$0.value.isHearsay } }
    }

    /// The relay to try again now, before the one in use; nil where there is none.
    mutating func probe(_ now: ContinuousClock.Instant) -> Int? {
        guard probed == nil, index < relays.count,
            let relay = (0..<index).first(where: { (down[$0]?.tryAgain ?? now) <= now })
        else { return nil }
        probed = relay
        return relay
    }

    /// The relay that was probed lets us in again.
    mutating func cameUp(_ relay: Int) {
        if probed == relay { probed = nil }
        down[relay] = nil
        barren = 0
    }

    /// Those that are down by what this run saw, with why, and when to try them again.
    var known: [(index: Int, (reason: String, tryAgain: ContinuousClock.Instant))] {
        down.filter { !$0.value.isHearsay }.map { ($0.key, ($0.value.reason, $0.value.tryAgain)) }
    }

    /// When to probe next; nil where there is nothing to.
    var nextProbe: ContinuousClock.Instant? {
        guard probed == nil, index < relays.count else { return nil }
        return (0..<index).compactMap { down[$0]?.tryAgain }.min()
    }
}
