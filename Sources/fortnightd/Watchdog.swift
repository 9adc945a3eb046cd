import Glibc
import Synchronization

/// When the service manager expects a sign of life (sd_watchdog_enabled(3)): four times in its interval.
final class Watchdog: Sendable {
    private let interval: Duration
    private let next: Mutex<SuspendingClock.Instant>

    /// Nil if the service manager does not watch this process.
    init?(environment: [String: String], processID: Int32 = getpid()) {
        guard let microseconds = environment["WATCHDOG_USEC"].flatMap(Int.init), microseconds > 0 else { return nil }
        if let watched = environment["WATCHDOG_PID"], watched != String(processID) { return nil }
        interval = .microseconds(microseconds) / 4
        next = Mutex(.now)
    }

    /// Often enough not to miss a notification that is due.
    var beat: Duration { interval / 2 }

    /// Whether a notification is due now; if so, the next one is a quarter of the interval later.
    func isDue() -> Bool {
        next.withLock { next in
            let now = SuspendingClock.now
            guard now >= next else { return false }
            next = now + interval
            return true
        }
    }
}
