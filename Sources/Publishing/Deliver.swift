package import Bulletin
package import Foundation
package import Mail
package import Records
package import Transport

/// Handed → outcome: one pass over an audience. Every delivery is recorded before it is tried and settled by its outcome.
/// Letters are composed and signed on other threads than the one that sends them, and only a few dozen wait in between,
/// whatever the number of subscribers.
package final class Deliver: Sendable {
    /// What is sent, and to whom.
    package struct Mailing: Sendable {
        package let audience: Audience
        package let ledger: DeliveryLedger
        package let stencil: Stencil
        /// The ledger of the issue that this puts right: only who was sent that gets it. Nil where this is no correction.
        package let corrected: DeliveryLedger?

        package init(
            audience: Audience, ledger: DeliveryLedger, stencil: Stencil, corrected: DeliveryLedger? = nil
        ) {
            (self.audience, self.ledger, self.stencil) = (audience, ledger, stencil)
            self.corrected = corrected
        }
    }

    /// How it is sent.
    package struct Manner: Sendable {
        package var relays: [Relay]
        package var backoff: Backoff
        /// How much a power cut may leave unsynced (`delivery.syncInterval`).
        package var syncInterval: Duration
        /// Whether a delivery of unknown outcome is sent once more (`delivery.onUnknown`).
        package var resendsUnknown: Bool

        package init(relays: [Relay], backoff: Backoff, syncInterval: Duration, resendsUnknown: Bool) {
            (self.relays, self.backoff, self.syncInterval) = (relays, backoff, syncInterval)
            self.resendsUnknown = resendsUnknown
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
        case needsPerson(reason: String)
        /// The outcomes could not be written down, so nothing more was sent.
        case cannotRecord(any Error)
    }

    private let mailing: Mailing
    private let manner: Manner
    private let queue = LetterQueue(capacity: 64)
    private let recorder: LedgerRecorder
    private let submission: Submission
    private let composing: ComposeLetters

    /// `observe` is told every outcome, on the sending thread.
    package init(
        _ mailing: Mailing, roll: any Roll, manner: Manner, now: @escaping @Sendable () -> Date,
        notice: @escaping @Sendable (Submission.Notice) -> Void,
        observe: @escaping @Sendable (SubscriberID, Outcome) -> Void
    ) {
        (self.mailing, self.manner) = (mailing, manner)
        recorder = LedgerRecorder(
            mailing.ledger, syncsEachTurn: manner.syncInterval == .zero, now: now, observe: observe)
        submission = Submission(relays: manner.relays, source: queue, recorder: recorder, notice: notice)
        composing = ComposeLetters(mailing, roll: roll, manner: manner, queue: queue, now: now)
    }

    /// Tries everything that is due now, once.
    package func run() async -> Ending {
        let syncing = recorder.syncRegularly(every: manner.syncInterval)
        recorder.onTooManyUnknown { [submission] in submission.stop() }
        composing.start()
        let ending = await submission.run()
        queue.abandon()
        syncing.cancel()
        do { try mailing.ledger.finish() } catch { return .cannotRecord(error) }
        if let fault = composing.fault { return .cannotRecord(fault) }
        return outcome(of: ending)
    }

    /// Hands out nothing more, waits for the replies that are due, and ends.
    package func stop(within deadline: Duration = .seconds(60)) { submission.stop(within: deadline) }

    /// Whether the sending has stopped dead: what waits for a relay's reply has not.
    package var isHanging: Bool { submission.isHanging }

    private func outcome(of ending: Submission.Ending) -> Ending {
        switch ending {
        case .finished: .done
        case .stopped:
            recorder.tooManyUnknown
                ? .needsPerson(
                    reason: "the relay took \(LedgerRecorder.mostUnknownInARow) messages in a row without answering; "
                        + "look at the relay, then release the issue") : .stopped
        case .unreachable(let reason), .tlsRefused(let reason): .unreachable(reason: reason)
        case .authRefused(let reason):
            .needsPerson(reason: "\(reason); mend smtp.username or its password, then release the issue")
        case .recorderFailed(let error): .cannotRecord(error)
        }
    }
}
