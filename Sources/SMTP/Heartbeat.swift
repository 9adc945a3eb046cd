import Synchronization

/// The time of the loop's last turn, watched from another thread.
final class Heartbeat: Sendable {
    /// The longest wait of the loop in milliseconds, even if nothing happens.
    static let interval = 5000
    /// A disk may delay a turn; a loop silent for longer than this hangs.
    private static let timeouts = Duration.seconds(60)

    // A clock that stands still while the machine sleeps, as the loop does.
    private let last = Mutex(SuspendingClock.now)

    func beat() { last.withLock { $0 = .now } }

    var isMissing: Bool { SuspendingClock.now - last.withLock { $0 } > Self.timeouts }
}
