import Glibc

/// Reports the daemon's state to the service manager (sd_notify(3)): a datagram to the socket named in `NOTIFY_SOCKET`.
/// Without that variable nothing is sent.
struct ServiceManagerNotice: Sendable {
    private let socketPath: String?
    private let watchdog: Watchdog?

    init(environment: [String: String]) {
        socketPath = environment["NOTIFY_SOCKET"]
        watchdog = Watchdog(environment: environment)
    }

    /// The listeners are bound and the work has begun; or a reload is over, successful or not.
    func ready() { tell("READY=1") }

    /// The configuration is being read again. With the time, as required for `Type=notify-reload`.
    func reloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        tell("RELOADING=1\nMONOTONIC_USEC=\(Int(time.tv_sec) * 1_000_000 + Int(time.tv_nsec) / 1000)")
    }

    /// The daemon is alive. If the service manager expects it (`WATCHDOG_USEC`), it is told as often as necessary.
    func alive() {
        if watchdog?.isDue() == true { tell("WATCHDOG=1") }
    }

    /// How often the work must show that it goes on; nil where the service manager does not watch over us.
    var beat: Duration? { watchdog?.beat }

    /// The daemon's current work, in one line.
    func status(_ words: String) { tell("STATUS=\(words.replacing("\n", with: " "))") }

    /// The daemon is stopping.
    func stopping() { tell("STOPPING=1") }

    private func tell(_ message: String) {
        guard let socketPath, !socketPath.isEmpty else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var path = Array(socketPath.utf8)
        // A leading @ means a socket in the abstract namespace, whose first byte is NUL (unix(7)).
        if path.first == UInt8(ascii: "@") { path[0] = 0 }
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { place in
            guard path.count < place.count else { return false }
            place.copyBytes(from: path)
            return true
        }
        guard fits else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let bytes = Array(message.utf8)
        // A service manager that does not listen is no reason to fail.
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
