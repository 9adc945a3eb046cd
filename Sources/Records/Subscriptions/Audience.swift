package import Bulletin
package import Foundation

/// Those whom an issue goes to, in order of id, eight bytes each: a place in this list is where a ledger keeps the
/// state of that person's delivery.
package struct Audience: Sendable {
    /// Those who were active then belong to it.
    package let time: Date
    /// The first 64 bits of each member's id, in order.
    package let fingerprints: [UInt64]
    /// The other 64 bits, by position, of those few whose fingerprint another member has as well.
    private let rest: [Int: UInt64]

    /// `rest` must name every position whose fingerprint is not alone; positions of one fingerprint are in order of it.
    package init(time: Date, fingerprints: [UInt64], rest: [Int: UInt64] = [:]) {
        (self.time, self.fingerprints, self.rest) = (time, fingerprints, rest)
    }

    package var count: Int { fingerprints.count }

    package func contains(_ id: SubscriberID) -> Bool { position(of: id) != nil }

    /// Where the person stands in it, from 0; nil for a person who is no member. An id that has the fingerprint of a member and
    /// is not on the list when the audience is taken cannot be told from that member (one in 10¹³ at a million members).
    package func position(of id: SubscriberID) -> Int? {
        let first = fingerprints.withUnsafeBufferPointer { lowerBound($0, id.high) }
        guard first < fingerprints.count, fingerprints[first] == id.high else { return nil }
        guard rest[first] != nil else { return first }
        var position = first
        while position < fingerprints.count, fingerprints[position] == id.high {
            if rest[position] == id.low { return position }
            position += 1
        }
        return nil
    }

    /// The second half of the id of who stands there, where it is needed to tell them from another.
    func rest(at position: Int) -> UInt64? { rest[position] }

    private func lowerBound(_ list: UnsafeBufferPointer<UInt64>, _ value: UInt64) -> Int {
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if list[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
