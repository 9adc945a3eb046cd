import Synchronization

/// The sign that a loop comes round, for whoever watches over it from another thread.
final class Heartbeat: Sendable {
    /// Milliseconds after which the loop comes round at the latest, although nothing happens.
    static let interval = 5000
    /// A disk may make a turn wait; a loop that is silent for so long hangs.
    private static let timeouts = Duration.seconds(60)

    // A clock that stands still while the machine sleeps: nobody beats then.
    private let last = Mutex(SuspendingClock.now)

    func beat() { last.withLock { $0 = .now } }

    var isMissing: Bool { SuspendingClock.now - last.withLock { $0 } > Self.timeouts }
}
