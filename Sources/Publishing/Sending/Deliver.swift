package import Bulletin
package import Curl
package import Foundation
package import Mail
import Planning
package import Records
package import SMTP

/// Handed → outcome: one pass over an audience. Every delivery is recorded before it is tried and settled by its outcome.
/// Letters are composed and signed on other threads than the one that sends them, and only a few dozen wait in between,
/// whatever the number of subscribers.
package final class Deliver: Sendable {
    /// The mailing to send, and its audience.
    package struct PreparedMailing: Sendable {
        package let audience: Audience
        package let ledger: DeliveryLedger
        package let template: MessageTemplate
        /// The ledger of the issue that this puts right: only subscribers who were sent that get it. Nil where this is no correction.
        package let corrected: DeliveryLedger?

        package init(
            audience: Audience, ledger: DeliveryLedger, template: MessageTemplate, corrected: DeliveryLedger? = nil
        ) {
            (self.audience, self.ledger, self.template) = (audience, ledger, template)
            self.corrected = corrected
        }
    }

    /// How it is sent.
    package struct Options: Sendable {
        package var relays: [Relay]
        /// The traffic through the relays, shared by everything that is sent.
        package var traffic: RelayTraffic
        package var backoff: Backoff
        /// How much a power cut may leave unsynced (`delivery.syncInterval`).
        package var syncInterval: Duration
        /// Whether a delivery of unknown outcome is sent once more (`delivery.onUnknown`).
        package var resendsUnknown: Bool
        /// Why the sending is to stop for its refusals, by how the deliveries stand; nil while it may go on.
        package var tooManyRefused: @Sendable (DeliveryCounts) -> Hold.Refusals?

        package init(
            relays: [Relay], traffic: RelayTraffic, backoff: Backoff, syncInterval: Duration, resendsUnknown: Bool,
            tooManyRefused: @escaping @Sendable (DeliveryCounts) -> Hold.Refusals? = { _ in nil }
        ) {
            (self.relays, self.traffic, self.backoff, self.syncInterval) = (relays, traffic, backoff, syncInterval)
            (self.resendsUnknown, self.tooManyRefused) = (resendsUnknown, tooManyRefused)
        }
    }

    /// How a pass ended.
    package enum Ending: Sendable {
        /// Everything that was due has been tried.
        case done
        /// ``stop(within:)``.
        case stopped
        /// No relay answers, or none safely; what was not tried is owed as before.
        case unreachable(reason: String)
        /// A person has to look at it before anything more is sent.
        case needsPerson(Hold)
        /// So many were refused that a person is to be asked.
        case refused(Hold.Refusals)
        /// Something could not be written down, so nothing more was sent. `unrecorded` are outcomes that are known, and stand
        /// nowhere: they are to be written before anything else is.
        case cannotRecord(any Error, unrecorded: [(SubscriberID, Outcome)])
    }

    private let prepared: PreparedMailing
    private let options: Options
    private let queue = MessageQueue(capacity: 64)
    private let recorder: LedgerRecorder
    private let submission: Submission
    private let composing: ComposeLetters

    /// `observe` is told every outcome, on the sending thread.
    package init(
        _ prepared: PreparedMailing, subscriberList: any SubscriberList, options: Options,
        now: @escaping @Sendable () -> Date,
        notice: @escaping @Sendable (Submission.Notice) -> Void,
        observe: @escaping @Sendable (SubscriberID, Outcome) -> Void
    ) {
        (self.prepared, self.options) = (prepared, options)
        recorder = LedgerRecorder(
            prepared.ledger, syncsEachTurn: options.syncInterval == .zero, tooManyRefused: options.tooManyRefused,
            now: now, observe: observe)
        submission = Submission(
            relays: options.relays, traffic: options.traffic, source: queue, recorder: recorder, notice: notice)
        composing = ComposeLetters(prepared, subscriberList: subscriberList, options: options, queue: queue, now: now)
    }

    /// Tries everything that is due now, once.
    package func run() async -> Ending {
        let syncing = recorder.syncRegularly(every: options.syncInterval)
        recorder.onTrouble { [submission] in submission.stop() }
        composing.start()
        let ending = await submission.run()
        queue.abandon()
        syncing.cancel()
        if case .recorderFailed(let error, let unrecorded) = ending {
            return .cannotRecord(error, unrecorded: unrecorded)
        }
        do { try prepared.ledger.finish() } catch { return .cannotRecord(error, unrecorded: []) }
        if let fault = composing.fault { return .cannotRecord(fault, unrecorded: []) }
        return outcome(of: ending)
    }

    /// Hands out nothing more, waits for the replies that are due, and ends.
    package func stop(within deadline: Duration = .seconds(60)) { submission.stop(within: deadline) }

    /// Whether the sending has stopped dead: what waits for a relay's reply has not.
    package var isHanging: Bool { submission.isHanging }

    private func outcome(of ending: Submission.Ending) -> Ending {
        switch ending {
        // Also where the last of them was the one too many.
        case .finished: recorder.refusals.map { .refused($0) } ?? .done
        case .stopped: stopped
        case .unreachable(let reason), .tlsRefused(let reason): .unreachable(reason: reason)
        case .authRefused(let reason):
            .needsPerson(.loginRefused(reason))
        case .ourFault(let reason): .needsPerson(.relayFault(reason))
        case .recorderFailed(let error, let unrecorded): .cannotRecord(error, unrecorded: unrecorded)
        }
    }

    private var stopped: Ending {
        if let reason = recorder.refusals { return .refused(reason) }
        guard recorder.tooManyUnknown else { return .stopped }
        return .needsPerson(.relaySilent(LedgerRecorder.mostUnknownInARow))
    }
}
