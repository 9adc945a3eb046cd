import Basics
import Bulletin
package import Foundation
package import Logging
import Planning
import Publishing
package import Records
import ServiceLifecycle

/// Puts the daemon's status together each second and writes it for the commands: when it changed, and every ten seconds
/// in any case, so that a reader can tell when the daemon hangs.
package actor PublishStatus: Service {
    private let board: StatusBoard
    private let subscriberList: any SubscriberList
    private let log: Logger
    private let now: @Sendable () -> Date
    private let executor = QueueExecutor(label: "standing")
    private let pid = ProcessInfo.processInfo.processIdentifier
    private let host = ProcessInfo.processInfo.hostName

    private let clock = SuspendingClock()
    private var written: DaemonStatus?
    private var writtenAt: SuspendingClock.Instant?
    private var figuresAt: SuspendingClock.Instant?
    private var sizesAt: SuspendingClock.Instant?
    private var lastSending: [String] = []
    /// Whether something has changed since the figures were worked out.
    private var isStale = true

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// The most time between two writes of an unchanged document. Readers take five times as much as a sign that the
    /// daemon hangs.
    static let rewriting = Duration.seconds(10)

    package init(
        _ board: StatusBoard, subscriberList: any SubscriberList, log: Logger, now: @escaping @Sendable () -> Date
    ) {
        (self.board, self.subscriberList, self.log, self.now) = (board, subscriberList, log, now)
        board.inForce.wake(board.monitor.changed, on: Set(StateChange.allCases))
    }

    package func run() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            look()
            let isSending = !board.monitor.reading.sending.isEmpty
            let (changed, rest) = (board.monitor.changed, isSending ? Self.pause : Self.rewriting)
            if await cancelWhenGracefulShutdown({ await changed.wait(for: rest) }) {
                isStale = true
                // Changes come in rows.
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.gathering) }
            }
        }
        look()
    }

    /// Between two looks while something is sent, and after a change, for what else changes with it.
    private static let (pause, gathering) = (Duration.seconds(1), Duration.milliseconds(250))

    private func look() {
        let reading = board.monitor.reading
        gather(sending: reading.sending.keys.map(\.description).sorted())
        // The last deliveries settle after the issue is marked as sent and the workflow no longer shows it.
        let known = board.slow.issues.rows.compactMap { row in row.counts.map { (Mailing(row.number), $0.settled) } }
        board.take(
            settled: Dictionary(known) { $1 }.merging(reading.sending.mapValues(\.settled)) { max($0, $1) }, at: now())
        let status = board.status(pid: pid, host: host, at: now())
        let isDue = writtenAt.map { clock.now - $0 >= Self.rewriting } ?? true
        guard isDue || written.map({ !$0.saysTheSame(as: status) }) ?? true else { return }
        do {
            try board.context.folder.write(status)
            board.wrote(nil, at: now())
        } catch {
            let words = "\(error)"
            if board.writing?.words != words { log.error("the daemon's status cannot be written: \(words)") }
            board.wrote(words, at: now())
        }
        (written, writtenAt) = (status, clock.now)
    }

    /// Figures of issues and people when something has changed, every ten seconds at most, and when an issue begins or ends
    /// being sent; all, and sizes, every minute.
    private func gather(sending: [String]) {
        let sizesAreOld = isOlder(sizesAt, than: .seconds(60))
        let figuresAreOld = isOlder(figuresAt, than: .seconds(10)) && (isStale || !sending.isEmpty)
        let isAnother = sending != lastSending
        guard figuresAreOld || sizesAreOld || isAnother else { return }
        (figuresAt, lastSending, isStale) = (clock.now, sending, false)
        let context = board.context
        var slow = board.slow
        do {
            slow.issues = try IssueFigures(context, at: now())
            let counts = try subscriberList.counts()
            slow.subscribers = Dictionary(
                uniqueKeysWithValues: counts.byStatus.map { ($0.key.rawValue, $0.value) })
            slow.lettersWaiting = try subscriberList.owing().count
            slow.problem = nil
        } catch {
            slow.problem = "\(error)"
        }
        if sizesAreOld || isAnother {
            sizesAt = clock.now
            slow.stores = context.folder.stores()
        }
        slow.room = context.folder.room()
        slow.mailbox = try? context.folder.mailboxReport.read()
        board.take(slow)
    }

    private func isOlder(_ time: SuspendingClock.Instant?, than age: Duration) -> Bool {
        time.map { clock.now - $0 >= age } ?? true
    }
}

extension DaemonStatus {
    /// Compares all but the times that change by themselves.
    fileprivate func saysTheSame(as other: DaemonStatus) -> Bool {
        var (one, two) = (self, other)
        (one.at, one.turn, two.at, two.turn) = ("", nil, "", nil)
        return one == two
    }
}
