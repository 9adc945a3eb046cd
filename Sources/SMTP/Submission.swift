package import Bulletin
package import Curl
import Foundation
import Synchronization

/// Sends messages to a relay until there are no more, the relay fails, or it is stopped. Each instance runs once.
package final class Submission: Sendable {
    /// Why a run ended.
    package enum Ending: Sendable {
        /// The source is finished and every message handed over is settled.
        case finished
        /// ``stop(within:)`` was called; messages handed over are settled, the rest was not touched.
        case stopped
        /// No relay could be reached, or all dropped their connections; worth trying again later. The reason is for
        /// people.
        case unreachable(reason: String)
        /// The relay refused the user name and password, or offers no AUTH: a person has to correct it.
        case authRefused(reason: String)
        /// TLS is required but not available, or the certificate does not verify: a person has to correct it.
        case tlsRefused(reason: String)
        /// The relay replied that the message or our way of sending is wrong for any recipient: a person has to
        /// correct it. Deliveries with such a reply are deferred.
        case ourFault(reason: String)
        /// The recorder threw, and not a byte was sent from then on. `unrecorded` are the outcomes that it did not
        /// record, of messages recorded as handed over.
        case recorderFailed(any Error, unrecorded: [(SubscriberID, Outcome)])
    }

    /// Events for a log. Contains no address and no secret.
    package enum Notice: Sendable {
        case connected(Relay)
        case connectionFailed(Relay, reason: String)
        case connectionLost(Relay, reason: String)
        /// The relay asked us to slow down: from now on at most this many connections and, if given, messages a minute,
        /// until it allows more.
        case easedOff(Relay, connections: Int, perMinute: Int?)
        /// Another relay is used from now on, because one before it went down or came back.
        case uses(Relay)
    }

    /// After the outcomes could not be recorded, how long to wait for the relay's replies to messages it has.
    static let drainTime = Duration.seconds(60)

    private let relays: [Relay]
    private let traffic: RelayTraffic
    private let priority: RelayTraffic.Priority
    private let source: any MessageSource
    private let recorder: any DeliveryRecorder
    private let timeouts: Timeouts
    private let notice: @Sendable (Notice) -> Void
    private let stopRequest = StopRequest()
    private let heartbeat = Heartbeat()

    /// `relays` in order of preference: the next is used while one is down. `traffic` is shared by all submissions of
    /// the process. `notice` is called on the loop's thread.
    package init(
        relays: [Relay], traffic: RelayTraffic = RelayTraffic(), priority: RelayTraffic.Priority = .bulk,
        source: any MessageSource, recorder: any DeliveryRecorder, timeouts: Timeouts = Timeouts(),
        notice: @escaping @Sendable (Notice) -> Void = { _ in }
    ) {
        (self.traffic, self.priority) = (traffic, priority)
        (self.relays, self.source, self.recorder) = (relays, source, recorder)
        (self.timeouts, self.notice) = (timeouts, notice)
    }

    /// Sends, on a thread of its own, and returns when the run has ended.
    package func run() async -> Ending {
        await withCheckedContinuation { continuation in
            let thread = Thread { [self] in
                blockPipeSignal()
                continuation.resume(returning: send())
            }
            thread.name = "submission"
            thread.start()
        }
    }

    /// Hands over nothing more, waits at most `deadline` for the replies already due (after which a message whose end
    /// was sent is unknown), sends QUIT and ends. From any thread; also from within the recorder.
    package func stop(within deadline: Duration = .seconds(60)) {
        stopRequest.give(.now + deadline)
    }

    /// Whether the sending loop has made no turn for a minute: it makes one every few seconds even while waiting.
    package var isHanging: Bool { heartbeat.isMissing }

    private func send() -> Ending {
        defer { source.abandon() }
        guard !relays.isEmpty else { return .unreachable(reason: "no relay is set: set smtp.url") }
        guard
            let loop = SendingLoop(
                relays: relays, traffic: traffic, priority: priority, source: source, recorder: recorder,
                timeouts: timeouts, stopRequest: stopRequest,
                heartbeat: heartbeat, notice: notice)
        else { return .unreachable(reason: "the process has too many files open: raise its limit (ulimit -n)") }
        return loop.run()
    }
}

/// The request to stop, from any thread to the loop.
final class StopRequest: Sendable {
    let waker = Waker()
    private let until = Mutex<ContinuousClock.Instant?>(nil)

    func give(_ deadline: ContinuousClock.Instant) {
        until.withLock { $0 = min($0 ?? deadline, deadline) }
        waker.wake()
    }

    /// Until when to wait for replies; nil if no stop was requested.
    var deadline: ContinuousClock.Instant? { until.withLock { $0 } }
}
