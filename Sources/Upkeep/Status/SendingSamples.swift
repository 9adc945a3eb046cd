import Foundation

/// How many deliveries were settled in each of the last minutes: what the operations page draws.
struct SendingSamples: Sendable {
    /// As many as the page shows.
    static let most = 60

    /// Minutes since 1970, with how many deliveries were settled in each; oldest first, none left out.
    private(set) var minutes: [(minute: Int, count: Int)] = []
    private var last: Int?

    /// `settled` of all that is being sent, as of `now`. It falls when an issue leaves, and that is no delivery.
    mutating func take(_ settled: Int, at now: Date) {
        let minute = Int((now.timeIntervalSince1970 / 60).rounded(.down))
        let count = max(0, settled - (last ?? settled))
        last = settled
        // A clock that was put back begins anew.
        if let newest = minutes.last, minute < newest.minute || minute > newest.minute + Self.most { minutes = [] }
        while let newest = minutes.last, newest.minute < minute { minutes.append((newest.minute + 1, 0)) }
        if minutes.isEmpty { minutes.append((minute, 0)) }
        minutes[minutes.count - 1].count += count
        if minutes.count > Self.most { minutes.removeFirst(minutes.count - Self.most) }
    }
}
