package import Bulletin
package import Foundation

/// The subscribers that an issue is sent to, in order of id, eight bytes each: the position in this list is where a
/// ledger keeps the state of their delivery.
package struct Audience: Sendable {
    /// Subscribers active at this time belong to it.
    package let time: Date
    /// The first 64 bits of each member's id, in order.
    package let fingerprints: [UInt64]
    /// The other 64 bits, by position, of the few members who share a fingerprint.
    private let rest: [Int: UInt64]

    /// `rest` must name every position with a shared fingerprint; positions of one fingerprint are in its order.
    package init(time: Date, fingerprints: [UInt64], rest: [Int: UInt64] = [:]) {
        (self.time, self.fingerprints, self.rest) = (time, fingerprints, rest)
    }

    package var count: Int { fingerprints.count }

    package func contains(_ id: SubscriberID) -> Bool { position(of: id) != nil }

    /// The person's position, from 0; nil if not a member. A person who has a member's fingerprint and was not on the
    /// subscriber list when the audience was taken cannot be told from that member (one in 10¹³ at a million members).
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

    /// The second half of the id at that position, if it is needed to tell it from another.
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
