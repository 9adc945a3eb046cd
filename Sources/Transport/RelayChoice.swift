import Bulletin

/// Which relay is used, and when one counts as down: when a connection fails while no other stands, or when one
/// connection after another is lost before it carried a letter to its end.
struct RelayChoice {
    /// Connections in a row that came to nothing, after which a relay counts as down.
    private static let mostBarren = 3

    private let relays: [Relay]
    private(set) var index = 0
    private var barren = 0
    private var reasons: [String] = []

    init(_ relays: [Relay]) { self.relays = relays }

    /// The relay to open connections to; nil where all are down.
    var current: Relay? { index < relays.count ? relays[index] : nil }

    subscript(index: Int) -> Relay { relays[index] }

    /// Why all of them are down, in a sentence.
    var reason: String { reasons.joined(separator: "; ") }

    /// The relay works: a letter came to an outcome there.
    mutating func succeeded(_ relay: Int) { if relay == index { barren = 0 } }

    /// A connection carried no letter to its end.
    mutating func cameToNothing(_ relay: Int, _ reason: String) {
        guard relay == index else { return }
        barren += 1
        if barren >= Self.mostBarren { wentDown(relay, "\(relays[relay]) keeps dropping the connection: \(reason)") }
    }

    mutating func wentDown(_ relay: Int, _ reason: String) {
        guard relay == index else { return }
        reasons.append(reason)
        index += 1
        barren = 0
    }
}
