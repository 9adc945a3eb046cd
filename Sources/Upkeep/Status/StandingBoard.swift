import Bulletin
package import Foundation
package import Publishing
import Records
import Settings
import Synchronization

/// What is known of the running daemon, put together each second: the same for the document that commands read, for
/// health, metrics and the operations page.
package final class StandingBoard: Sendable {
    /// What changes seldom, or costs something to find out.
    struct Slow: Sendable {
        var issues = IssueFigures()
        var subscribers: [String: Int]?
        var lettersWaiting = 0
        var stores: [DaemonStanding.Store] = []
        var room: Room?
        var mailbox: MailboxStanding?
        var problem: String?
    }

    private struct State {
        var slow = Slow()
        var web: String?
        var operations: String?
        var operationsTrouble: DaemonStanding.Trouble?
        var writing: DaemonStanding.Trouble?
        var samples = SendingSamples()
    }

    private let inForce: OfficeInForce
    let pulse: Pulse
    let started: Date
    private let state = Mutex(State())

    package init(_ inForce: OfficeInForce, pulse: Pulse, started: Date) {
        (self.inForce, self.pulse, self.started) = (inForce, pulse, started)
    }

    /// The one that is in force now.
    var office: Office { inForce.office }
    var configuration: OfficeInForce.Standing { inForce.standing }

    /// The pages are served at that address and port.
    package func webListens(at address: String) { state.withLock { $0.web = address } }

    func operationsListen(at address: String) {
        state.withLock { ($0.operations, $0.operationsTrouble) = (address, nil) }
    }

    func operationsFail(_ words: String, at now: Date) {
        state.withLock { state in
            guard state.operationsTrouble?.words != words else { return }
            (state.operations, state.operationsTrouble) = (nil, DaemonStanding.Trouble(words: words, since: now))
        }
    }

    func take(_ slow: Slow) { state.withLock { $0.slow = slow } }

    /// What came of writing the document down; nil when it went well.
    func wrote(_ problem: String?, at now: Date) {
        state.withLock { state in
            guard problem != state.writing?.words else { return }
            state.writing = problem.map { DaemonStanding.Trouble(words: $0, since: now) }
        }
    }

    func take(settled: [Dispatch: Int], at now: Date) { state.withLock { $0.samples.take(settled, at: now) } }

    var slow: Slow { state.withLock(\.slow) }
    var web: String? { state.withLock(\.web) }
    var operationsTrouble: DaemonStanding.Trouble? { state.withLock(\.operationsTrouble) }
    var writing: DaemonStanding.Trouble? { state.withLock(\.writing) }
    var samples: SendingSamples { state.withLock(\.samples) }

    /// When the mailbox was read, as far as is known.
    var mailbox: MailboxReading {
        MailboxReading(isConfigured: office.configuration.mailbox != nil, slow.mailbox)
    }

    /// As of `now`, from what is at hand.
    func standing(pid: Int32, host: String, at now: Date) -> DaemonStanding {
        let reading = pulse.reading
        let state = state.withLock { ($0.slow, $0.web, $0.operations, $0.operationsTrouble) }
        var standing = DaemonStanding()
        (standing.pid, standing.host, standing.started, standing.at) = (pid, host, started.stamp, now.stamp)
        standing.turn = reading.sinceTurn.map { now.addingTimeInterval(-$0.seconds).stamp }
        standing.doing = reading.doing
        standing.sending = reading.sending.map {
            DaemonStanding.Sending(dispatch: $0.key.description, counts: $0.value)
        }
        .sorted { $0.dispatch < $1.dispatch }
        standing.trouble = Self.trouble(reading.trouble)
        standing.delivery = Self.trouble(reading.delivery)
        let configuration = configuration
        standing.reload = configuration.refused.map { DaemonStanding.Trouble(words: $0.reason, since: $0.at) }
        standing.awaitingRestart = configuration.awaitingRestart
        (standing.web, standing.operationsAddress, standing.operations) = (state.1, state.2, state.3)
        standing.subscribers = state.0.subscribers
        (standing.lettersWaiting, standing.stores) = (state.0.lettersWaiting, state.0.stores)
        standing.mailbox = state.0.mailbox
        standing.mailbox?.setAside = []
        return standing
    }

    private static func trouble(_ trouble: Pulse.Trouble?) -> DaemonStanding.Trouble? {
        trouble.map { DaemonStanding.Trouble(words: $0.words, since: $0.since) }
    }
}
