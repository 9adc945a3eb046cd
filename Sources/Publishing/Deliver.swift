package import Bulletin
package import Foundation
package import Mail
package import Records
import Synchronization
package import Transport

/// Handed → outcome: one pass over an audience. Every delivery is recorded before it is tried and settled by its outcome.
/// Letters are composed on one thread and sent on another, and only a few dozen wait in between, whatever the number of
/// subscribers.
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
    private let roll: any Roll
    private let manner: Manner
    private let now: @Sendable () -> Date
    private let queue = LetterQueue(capacity: 64)
    private let recorder: LedgerRecorder
    private let submission: Submission
    private let composingFault = Mutex<(any Error)?>(nil)

    /// `observe` is told every outcome, on the sending thread.
    package init(
        _ mailing: Mailing, roll: any Roll, manner: Manner, now: @escaping @Sendable () -> Date,
        notice: @escaping @Sendable (Submission.Notice) -> Void,
        observe: @escaping @Sendable (SubscriberID, Outcome) -> Void
    ) {
        (self.mailing, self.roll, self.manner, self.now) = (mailing, roll, manner, now)
        recorder = LedgerRecorder(
            mailing.ledger, syncsEachTurn: manner.syncInterval == .zero, now: now, observe: observe)
        submission = Submission(relays: manner.relays, source: queue, recorder: recorder, notice: notice)
    }

    /// Tries everything that is due now, once.
    package func run() async -> Ending {
        let syncing = recorder.syncRegularly(every: manner.syncInterval)
        let composing = Thread { [self] in
            do { try compose() } catch { composingFault.withLock { $0 = error } }
            queue.finish()
        }
        composing.name = "composing"
        recorder.onTooManyUnknown { [submission] in submission.stop() }
        composing.start()
        let ending = await submission.run()
        queue.abandon()
        syncing.cancel()
        do { try mailing.ledger.finish() } catch { return .cannotRecord(error) }
        if let fault = composingFault.withLock({ $0 }) { return .cannotRecord(fault) }
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

    // MARK: Composing

    private func compose() throws {
        try composeOwed()
        // Last, because it is done once: a daemon that is killed again and again would else be killed at these each time,
        // and leave them to a person.
        try composeAgain()
    }

    private func composeOwed() throws {
        var position = 0
        while let start = mailing.ledger.nextOwed(from: position) {
            let range = start..<min(start + 32, mailing.audience.count)
            let states = mailing.ledger.states(range)
            let people = try roll.subscribers(range, of: mailing.audience)
            var skipped: [(SubscriberID, Outcome)] = []
            for (state, person) in zip(states, people) where state == .owed {
                guard let person else { continue }
                switch try destination(of: person) {
                case .letter(let letter): guard queue.put(letter) else { return }
                case .nobody(let why): skipped.append((person.id, .skipped(why)))
                case .notYet: continue
                }
            }
            try mailing.ledger.record(settled: skipped, handed: [], at: now())
            position = range.upperBound
        }
    }

    /// Those who are tried again: deferred ones whose time has come, and unknown ones, once.
    private func composeAgain() throws {
        let time = now()
        for stray in mailing.ledger.unsettledStrays() {
            try mailing.ledger.record(
                settled: [(stray, .skipped("is no longer a subscriber"))], handed: [], at: time)
        }
        var due = mailing.ledger.deferred().filter { RetryDeferred(manner.backoff).isDue($0, at: time) }.map(\.id)
        if manner.resendsUnknown { due += mailing.ledger.unknown().filter { $0.times < 2 }.map(\.id) }
        for id in due.sorted() {
            guard let person = try roll.subscriber(id) else { continue }
            switch try destination(of: person) {
            case .letter(let letter): guard queue.put(letter) else { return }
            case .nobody(let why): try mailing.ledger.record(settled: [(id, .skipped(why))], handed: [], at: now())
            case .notYet: continue
            }
        }
    }

    private enum Destination {
        case letter(Envelope)
        case nobody(why: String)
        /// A correction waits until it is certain whether the person was sent the issue.
        case notYet
    }

    /// The letter for that person as they stand now: whoever left since the audience was taken gets none.
    private func destination(of person: Subscriber) throws -> Destination {
        switch mailing.corrected?.state(of: person.id) {
        case nil, .accepted: break
        case .refused, .skipped: return .nobody(why: "was not sent the issue")
        case .owed, .handed, .deferred, .unknown: return .notYet
        }
        var reader = person
        if person.status == .moved, let next = person.movedTo, let moved = try roll.subscriber(next) { reader = moved }
        guard reader.status == .active else { return .nobody(why: "is \(reader.status.rawValue) since") }
        guard let letter = mailing.stencil.envelope(for: reader) else { return .nobody(why: "has no address") }
        guard reader.id != person.id else { return .letter(letter) }
        return .letter(
            Envelope(
                id: person.id, sender: letter.sender, recipient: letter.recipient, data: letter.data, size: letter.size)
        )
    }
}
