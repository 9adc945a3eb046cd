import CEpoll
import Glibc
import Synchronization

/// Wakes the loop from another thread. Several calls before the loop answers count as one.
final class Waker: Sendable {
    /// Readable once ``wake()`` was called; -1 if the process has no descriptor left.
    let descriptor: Int32
    private let isWoken = Atomic(false)

    init() { descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC)) }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func wake() {
        guard !isWoken.exchange(true, ordering: .acquiringAndReleasing) else { return }
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Call it before looking for work, so that a wake in between is not lost.
    func acknowledge() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
        isWoken.store(false, ordering: .releasing)
    }
}

/// Reports which of the loop's descriptors are ready (epoll, level-triggered).
final class Poller {
    struct Ready {
        /// The tag that the descriptor was added with.
        let tag: UInt64
        let canWrite: Bool
    }

    private let epoll: Int32
    private var events: [epoll_event]

    /// Nil if the process has no descriptor left.
    init?() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        events = Array(repeating: epoll_event(), count: 64)
        if epoll < 0 { return nil }
    }

    deinit { close(epoll) }

    func add(_ descriptor: Int32, as tag: UInt64) -> Bool {
        control(EPOLL_CTL_ADD, descriptor, tag, writes: false) == 0
    }

    /// `writes` says whether to wait until `descriptor` takes bytes again.
    func change(_ descriptor: Int32, as tag: UInt64, writes: Bool) {
        _ = control(EPOLL_CTL_MOD, descriptor, tag, writes: writes)
    }

    /// Call it before the descriptor is closed.
    func remove(_ descriptor: Int32) { _ = control(EPOLL_CTL_DEL, descriptor, 0, writes: false) }

    /// Waits at most `milliseconds`; for ever if it is nil.
    func wait(_ milliseconds: Int?) -> [Ready] {
        let timeout = milliseconds.map { Int32(clamping: $0) } ?? -1
        let count = epoll_wait(epoll, &events, Int32(events.count), timeout)
        guard count > 0 else { return [] }
        return events.prefix(Int(count)).map { event in
            Ready(tag: event.data.u64, canWrite: event.events & EPOLLOUT.rawValue != 0)
        }
    }

    static func rest(microseconds: UInt32) { usleep(microseconds) }

    private func control(_ verb: Int32, _ descriptor: Int32, _ tag: UInt64, writes: Bool) -> Int32 {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue | (writes ? EPOLLOUT.rawValue : 0)
        event.data.u64 = tag
        return epoll_ctl(epoll, verb, descriptor, &event)
    }
}
