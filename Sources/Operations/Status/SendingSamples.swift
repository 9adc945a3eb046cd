import Basics
import Bulletin
import Foundation

/// How many deliveries were settled in each of the last minutes, for the operations page.
struct SendingSamples: Sendable {
    /// The number of minutes shown.
    static let most = 60

    /// Minutes since 1970 with the deliveries settled in each; oldest first, without gaps.
    private(set) var minutes: [(minute: Int, count: Int)] = []
    /// The settled deliveries of each mailing at the last look.
    private var last: [Mailing: Int]?

    /// `settled` counts every mailing being sent or sent a moment ago. Deliveries settled before the first look are not
    /// counted as new.
    mutating func take(_ settled: [Mailing: Int], at now: Date) {
        let minute = Int((now.timeIntervalSince1970 / 60).rounded(.down))
        let count = settled.reduce(0) { sum, one in
            sum + (last.map { max(0, one.value - ($0[one.key] ?? 0)) } ?? 0)
        }
        last = settled
        // Starts again if the clock was put back.
        if let newest = minutes.last, minute < newest.minute || minute > newest.minute + Self.most { minutes = [] }
        while let newest = minutes.last, newest.minute < minute { minutes.append((newest.minute + 1, 0)) }
        if minutes.isEmpty { minutes.append((minute, 0)) }
        minutes[minutes.count - 1].count += count
        if minutes.count > Self.most { minutes.removeFirst(minutes.count - Self.most) }
    }
}
