import CEpoll
import Foundation
import Glibc
package import Logging
import Planning
import Records
import ServiceLifecycle

/// Wakes those who work on the state folder when a program has changed something in it (inotify(7)), or the clock on the
/// wall was set (timerfd_create(2)). It sleeps until then.
package struct WatchState: Service {
    private let inForce: LiveContext
    private let log: Logger

    package init(_ inForce: LiveContext, log: Logger) { (self.inForce, self.log) = (inForce, log) }

    package func run() async throws {
        let folder = inForce.context.folder.path
        guard let watch = Watch(folder, changed: { inForce.changed($0) }) else {
            inForce.isWatched = false
            log.warning(
                """
                \(folder) cannot be watched (\(String(cString: strerror(errno)))), so it is looked at every second; raise \
                fs.inotify.max_user_watches and fs.inotify.max_user_instances, then restart fortnightd
                """)
            return try await gracefulShutdown()
        }
        // Something may have changed before the watch began.
        inForce.changed(Set(StateChange.allCases))
        watch.start()
        try? await gracefulShutdown()
        watch.stop()
    }
}

/// The descriptors, and the thread that waits for them.
private final class Watch: Sendable {
    /// Events that come closer together are one. A command is acted on within a second all the same.
    private static let pause: UInt32 = 200_000

    private let inotify: Int32
    private let timer: Int32
    private let end: Int32
    private let epoll: Int32
    private let kinds: [Int32: StateChange]
    private let changed: @Sendable (Set<StateChange>) -> Void

    /// Nil, with `errno`, where the kernel refuses.
    init?(_ folder: String, changed: @escaping @Sendable (Set<StateChange>) -> Void) {
        self.changed = changed
        inotify = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        timer = timerfd_create(CLOCK_REALTIME, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
        end = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        var kinds: [Int32: StateChange] = [:]
        // Whole documents are renamed into place, journals grow. A ledger grows with every delivery, so only its closing
        // counts: a command closes it when it ends.
        let grows = UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE)
        let settled = UInt32(IN_CLOSE_WRITE | IN_MOVED_TO)
        let parts: [(String, StateChange, UInt32)] =
            [
                "", "/items", "/networks", "/issues", "/pictures", "/proofs", "/proofs/last", "/imports",
            ].map { ("editorial" + $0, .editorial, grows) } + [
                ("subscriptions", .letters, grows), ("outbox", .letters, grows), ("deliveries", .deliveries, settled),
                ("returns", .returns, settled), ("", .folder, settled),
            ]
        for (part, kind, mask) in parts {
            let watch = inotify_add_watch(inotify, part.isEmpty ? folder : "\(folder)/\(part)", mask)
            // A folder that an older state lacks has nothing to watch.
            if watch >= 0 { kinds[watch] = kind } else if errno != ENOENT { break }
        }
        self.kinds = kinds
        arm()
        let isWhole = [inotify, timer, end].allSatisfy { add($0) } && kinds.values.contains(.folder)
        if !isWhole { return nil }
    }

    deinit { for descriptor in [inotify, timer, end, epoll] where descriptor >= 0 { close(descriptor) } }

    func start() {
        Thread { [self] in
            while let changes = wait() {
                if !changes.isEmpty { changed(changes) }
                usleep(Self.pause)
            }
        }.start()
    }

    func stop() {
        var one: UInt64 = 1
        _ = write(end, &one, 8)
    }

    private func add(_ descriptor: Int32) -> Bool {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.fd = descriptor
        return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0
    }

    /// It never rings by itself, and becomes readable when somebody sets the clock.
    private func arm() {
        var never = itimerspec()
        never.it_value.tv_sec = Int.max / 2
        _ = timerfd_settime(
            timer, Int32(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET), &never, nil)
    }

    /// The changes since the last call; nil when it is to end.
    private func wait() -> Set<StateChange>? {
        var events = Array(repeating: epoll_event(), count: 3)
        let count = epoll_wait(epoll, &events, 3, -1)
        guard count > 0 else { return errno == EINTR ? [] : nil }
        var changes: Set<StateChange> = []
        for event in events.prefix(Int(count)) {
            if event.data.fd == end { return nil }
            if event.data.fd == timer {
                var expirations: UInt64 = 0
                // ECANCELED: the clock was set.
                _ = read(timer, &expirations, 8)
                arm()
                changes.insert(.clock)
            } else {
                changes.formUnion(readEvents())
            }
        }
        return changes
    }

    private func readEvents() -> Set<StateChange> {
        var changes: Set<StateChange> = []
        let size = 16 * 1024
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: size, alignment: MemoryLayout<inotify_event>.alignment)
        defer { buffer.deallocate() }
        while true {
            let count = read(inotify, buffer.baseAddress, size)
            guard count > 0 else { return changes }
            var offset = 0
            while offset + MemoryLayout<inotify_event>.size <= count {
                let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
                // The kernel had more to tell than it keeps.
                if event.mask & UInt32(IN_Q_OVERFLOW) != 0 { return Set(StateChange.allCases) }
                // Temporary files and locks are hidden, or named so.
                let name = UnsafeRawBufferPointer(
                    rebasing: buffer[(offset + MemoryLayout<inotify_event>.size)...].prefix(Int(event.len)))
                let text = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
                if !text.hasPrefix("."), !text.hasSuffix(".lock"), let kind = kinds[event.wd] { changes.insert(kind) }
                offset += MemoryLayout<inotify_event>.size + Int(event.len)
            }
        }
    }
}
