import Basics
import Bulletin
package import Foundation
import Planning
package import Publishing
import Records
import Settings
import Synchronization

/// The state of the running daemon, updated each second: the same for the status document, health, metrics and the
/// operations page.
package final class StatusBoard: Sendable {
    /// Figures that change seldom or are costly to gather.
    struct Slow: Sendable {
        var issues = IssueFigures()
        var subscribers: [String: Int]?
        var lettersWaiting = 0
        var stores: [DaemonStatus.Store] = []
        var room: Room?
        var mailbox: MailboxStatus?
        var problem: String?
    }

    private struct State {
        var slow = Slow()
        var web: String?
        var operations: String?
        var operationsTrouble: DaemonStatus.Trouble?
        var writing: DaemonStatus.Trouble?
        var samples = SendingSamples()
    }

    let inForce: LiveContext
    let monitor: WorkflowMonitor
    let started: Date
    private let state = Mutex(State())

    package init(_ inForce: LiveContext, monitor: WorkflowMonitor, started: Date) {
        (self.inForce, self.monitor, self.started) = (inForce, monitor, started)
    }

    /// The configuration in use now.
    var context: PublishingContext { inForce.context }
    var configuration: LiveContext.Status { inForce.status }

    /// Records the address and port at which the pages are served.
    package func webListens(at address: String) {
        state.withLock { $0.web = address }
        monitor.changed.wake()
    }

    func operationsListen(at address: String) {
        state.withLock { ($0.operations, $0.operationsTrouble) = (address, nil) }
        monitor.changed.wake()
    }

    func operationsFail(_ words: String, at now: Date) {
        state.withLock { state in
            guard state.operationsTrouble?.words != words else { return }
            (state.operations, state.operationsTrouble) = (nil, DaemonStatus.Trouble(words: words, since: now))
        }
        monitor.changed.wake()
    }

    func take(_ slow: Slow) { state.withLock { $0.slow = slow } }

    /// Records the result of writing the status document; nil if it succeeded.
    func wrote(_ problem: String?, at now: Date) {
        state.withLock { state in
            guard problem != state.writing?.words else { return }
            state.writing = problem.map { DaemonStatus.Trouble(words: $0, since: now) }
        }
    }

    func take(settled: [Mailing: Int], at now: Date) { state.withLock { $0.samples.take(settled, at: now) } }

    var slow: Slow { state.withLock(\.slow) }
    var web: String? { state.withLock(\.web) }
    var operationsTrouble: DaemonStatus.Trouble? { state.withLock(\.operationsTrouble) }
    var writing: DaemonStatus.Trouble? { state.withLock(\.writing) }
    var samples: SendingSamples { state.withLock(\.samples) }

    /// When the mailbox was last read, as far as is known.
    var mailbox: MailboxReading {
        MailboxReading(isConfigured: context.configuration.mailbox != nil, slow.mailbox)
    }

    /// The status at `now`, from the figures at hand.
    func status(pid: Int32, host: String, at now: Date) -> DaemonStatus {
        let reading = monitor.reading
        let state = state.withLock { ($0.slow, $0.web, $0.operations, $0.operationsTrouble) }
        var status = DaemonStatus()
        (status.pid, status.host, status.started, status.at) = (pid, host, started.stamp, now.stamp)
        status.turn = reading.sinceTurn.map { now.addingTimeInterval(-$0.seconds).stamp }
        status.doing = reading.doing
        status.sending = reading.sending.map {
            DaemonStatus.Sending(mailing: $0.key.description, counts: $0.value)
        }
        .sorted { $0.mailing < $1.mailing }
        status.trouble = Self.trouble(reading.trouble)
        status.delivery = Self.trouble(reading.delivery)
        let configuration = configuration
        status.reload = configuration.refused.map { DaemonStatus.Trouble(words: $0.reason, since: $0.at) }
        status.awaitingRestart = configuration.awaitingRestart
        (status.web, status.operationsAddress, status.operations) = (state.1, state.2, state.3)
        status.subscribers = state.0.subscribers
        (status.lettersWaiting, status.stores) = (state.0.lettersWaiting, state.0.stores)
        status.mailbox = state.0.mailbox
        status.mailbox?.setAside = []
        return status
    }

    private static func trouble(_ trouble: WorkflowMonitor.Trouble?) -> DaemonStatus.Trouble? {
        trouble.map { DaemonStatus.Trouble(words: $0.words, since: $0.since) }
    }
}
