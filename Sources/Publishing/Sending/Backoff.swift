import Basics
package import Bulletin
package import Foundation
import Planning

/// When a delivery that was deferred is tried again (RFC 5321 section 4.5.4.1): after `first`, then twice as long each
/// time up to `most`, given up `giveUpAfter` its first try. Jittered by a tenth either way, and always the same for one
/// subscriber and try, so that it need not be written down.
package struct Backoff: Hashable, Sendable {
    package var first: TimeInterval
    package var most: TimeInterval
    package var giveUpAfter: TimeInterval

    package init(first: TimeInterval, most: TimeInterval, giveUpAfter: TimeInterval) {
        (self.first, self.most, self.giveUpAfter) = (first, most, giveUpAfter)
    }

    /// When to try again after the `attempts`th try (from 1) was deferred at `time`.
    package func next(after time: Date, attempts: Int, id: SubscriberID) -> Date {
        let wait = RetryDelay(first: .seconds(first), most: .seconds(most)).after(attempts).seconds
        return time.addingTimeInterval(wait * (0.9 + 0.2 * jitter(id, attempts)))
    }

    /// 0 to 1.
    private func jitter(_ id: SubscriberID, _ attempts: Int) -> Double {
        // SplitMix64's finaliser: ids are random already, tries of one must differ.
        var mixed = id.low &+ UInt64(truncatingIfNeeded: attempts) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Double((mixed ^ mixed >> 31) >> 11) / Double(UInt64(1) << 53)
    }
}
