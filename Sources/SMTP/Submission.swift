package import Bulletin
package import Curl
import Foundation
import Synchronization

/// Sends letters to a relay until there are no more, the relay fails, or it is told to stop. One run each.
package final class Submission: Sendable {
    /// Why a run ended.
    package enum Ending: Sendable {
        /// The source is finished and every letter that was handed is settled.
        case finished
        /// ``stop(within:)`` was called; what was handed is settled, the rest was not touched.
        case stopped
        /// No relay could be reached, or each dropped its connections; worth trying again later. The reason is for
        /// people.
        case unreachable(reason: String)
        /// The relay refused the user name and password, or offers no AUTH: a person has to mend it.
        case authRefused(reason: String)
        /// TLS was asked for and is not to be had, or the certificate does not verify: a person has to mend it.
        case tlsRefused(reason: String)
        /// The relay answered that the message or our way of sending is wrong, whoever it is for: a person has to mend
        /// it. Whom it answered so is deferred.
        case ourFault(reason: String)
        /// The recorder threw, and not a byte was sent from then on. `unrecorded` are the outcomes that it did not take, of
        /// letters that it was told were handed.
        case recorderFailed(any Error, unrecorded: [(SubscriberID, Outcome)])
    }

    /// What happens on the way, for a log. Holds no address and no secret.
    package enum Notice: Sendable {
        case connected(Relay)
        case connectionFailed(Relay, reason: String)
        case connectionLost(Relay, reason: String)
        /// The relay asked for less: from now on at most this many connections, and letters a minute where those are
        /// bounded, until it bears more.
        case easedOff(Relay, connections: Int, perMinute: Int?)
        /// Another relay is used from now on, because one before it is down or is up again.
        case uses(Relay)
    }

    /// After the outcomes could not be written down, how long the relay's answers to what it has are waited for.
    static let drainTime = Duration.seconds(60)

    private let relays: [Relay]
    private let traffic: RelayTraffic
    private let priority: RelayTraffic.Priority
    private let source: any LetterSource
    private let recorder: any DeliveryRecorder
    private let timeouts: Timeouts
    private let notice: @Sendable (Notice) -> Void
    private let stopOrder = StopOrder()
    private let heartbeat = Heartbeat()

    /// `relays` in order of preference: the next is used while one is down. `traffic` is what all submissions of the process
    /// share. `notice` is called on the loop's thread.
    package init(
        relays: [Relay], traffic: RelayTraffic = RelayTraffic(), priority: RelayTraffic.Priority = .bulk,
        source: any LetterSource, recorder: any DeliveryRecorder, timeouts: Timeouts = Timeouts(),
        notice: @escaping @Sendable (Notice) -> Void = { _ in }
    ) {
        (self.traffic, self.priority) = (traffic, priority)
        (self.relays, self.source, self.recorder) = (relays, source, recorder)
        (self.timeouts, self.notice) = (timeouts, notice)
    }

    /// Sends, on a thread of its own, and returns when that has ended.
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

    /// Hands out nothing more, waits for the replies already due at most `deadline` long (after which a letter whose
    /// end was sent is unknown), says QUIT and ends. From any thread; also from within the recorder.
    package func stop(within deadline: Duration = .seconds(60)) {
        stopOrder.give(.now + deadline)
    }

    /// Whether the sending loop has not come round for a minute, whatever it waits for: it comes round every few seconds.
    package var isHanging: Bool { heartbeat.isMissing }

    private func send() -> Ending {
        defer { source.abandon() }
        guard !relays.isEmpty else { return .unreachable(reason: "no relay is set: smtp.url names one") }
        guard
            let loop = SendingLoop(
                relays: relays, traffic: traffic, priority: priority, source: source, recorder: recorder,
                timeouts: timeouts, stopOrder: stopOrder,
                heartbeat: heartbeat, notice: notice)
        else { return .unreachable(reason: "the process may open no more files: raise its limit (ulimit -n)") }
        return loop.run()
    }
}

/// The word to stop, from any thread to the loop.
final class StopOrder: Sendable {
    let waker = Waker()
    private let until = Mutex<ContinuousClock.Instant?>(nil)

    func give(_ deadline: ContinuousClock.Instant) {
        until.withLock { $0 = min($0 ?? deadline, deadline) }
        waker.ring()
    }

    /// Until when to wait for replies; nil where there was no word to stop.
    var deadline: ContinuousClock.Instant? { until.withLock { $0 } }
}
