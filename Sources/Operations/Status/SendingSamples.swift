import Basics
import Bulletin
import Foundation

/// How many deliveries were settled in each of the last minutes: what the operations page draws.
struct SendingSamples: Sendable {
    /// As many as the page shows.
    static let most = 60

    /// Minutes since 1970, with how many deliveries were settled in each; oldest first, none left out.
    private(set) var minutes: [(minute: Int, count: Int)] = []
    /// How many were settled of each dispatch when it was last looked at.
    private var last: [Mailing: Int]?

    /// How many are settled of all that is being sent, and of what was sent a moment ago. What was settled before the first
    /// look was not settled now.
    mutating func take(_ settled: [Mailing: Int], at now: Date) {
        let minute = Int((now.timeIntervalSince1970 / 60).rounded(.down))
        let count = settled.reduce(0) { sum, one in
            sum + (last.map { max(0, one.value - ($0[one.key] ?? 0)) } ?? 0)
        }
        last = settled
        // A clock that was put back begins anew.
        if let newest = minutes.last, minute < newest.minute || minute > newest.minute + Self.most { minutes = [] }
        while let newest = minutes.last, newest.minute < minute { minutes.append((newest.minute + 1, 0)) }
        if minutes.isEmpty { minutes.append((minute, 0)) }
        minutes[minutes.count - 1].count += count
        if minutes.count > Self.most { minutes.removeFirst(minutes.count - Self.most) }
    }
}
