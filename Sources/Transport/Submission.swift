package import Bulletin
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
        /// The recorder threw, and nothing was sent from then on. Outcomes not written are unknown.
        case recorderFailed(any Error)
    }

    /// What happens on the way, for a log. Holds no address and no secret.
    package enum Notice: Sendable {
        case connected(Relay)
        case connectionFailed(Relay, reason: String)
        case connectionLost(Relay, reason: String)
        /// The relay asked for less: from now on at most this many connections.
        case easedOff(Relay, connections: Int)
    }

    private let relays: [Relay]
    private let source: any LetterSource
    private let recorder: any DeliveryRecorder
    private let patience: Patience
    private let notice: @Sendable (Notice) -> Void
    private let stopOrder = StopOrder()
    private let heartbeat = Heartbeat()

    /// `relays` in order of preference: the next is used when one is down. `notice` is called on the loop's thread.
    package init(
        relays: [Relay], source: any LetterSource, recorder: any DeliveryRecorder, patience: Patience = Patience(),
        notice: @escaping @Sendable (Notice) -> Void = { _ in }
    ) {
        (self.relays, self.source, self.recorder) = (relays, source, recorder)
        (self.patience, self.notice) = (patience, notice)
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
                relays: relays, source: source, recorder: recorder, patience: patience, stopOrder: stopOrder,
                heartbeat: heartbeat, notice: notice)
        else { return .unreachable(reason: "the process may open no more files: raise its limit (ulimit -n)") }
        return loop.run()
    }
}

/// The word to stop, from any thread to the loop.
final class StopOrder: Sendable {
    let bell = Bell()
    private let until = Mutex<ContinuousClock.Instant?>(nil)

    func give(_ deadline: ContinuousClock.Instant) {
        until.withLock { $0 = min($0 ?? deadline, deadline) }
        bell.ring()
    }

    /// Until when to wait for replies; nil where there was no word to stop.
    var deadline: ContinuousClock.Instant? { until.withLock { $0 } }
}
