import Bulletin
import Composition
package import Foundation
package import Logging
import Mail
package import Records
import Seals
import Settings
import Synchronization
import Transport

/// Sends the letters that the roll owes: a link to confirm, a link to one's choices, a goodbye, a word to an old address.
/// The record itself says what is owed until the relay has answered, so no crash loses a letter; a crash between the
/// answer and the record of it repeats one, with the same Message-ID.
package struct AnswerWishes {
    /// What it works with from the next call on.
    package var office: Office { didSet { answerHelp.office = office } }
    private let roll: any Roll
    private let log: Logger
    /// Those whose letter the relay did not take yet.
    private var waiting: [SubscriberID: (failures: Int, until: ContinuousClock.Instant)] = [:]
    /// What the relay has answered and the roll could not be told yet: told first, and nothing is sent before. A full disk
    /// must not make us repeat a letter.
    private var untold: [SubscriberID: OwedWish] = [:]
    /// When to try again after a failure, and how long that is.
    private var nextTry = ContinuousClock.now
    private let pause: Duration

    /// Answers to those who need have no record.
    private var answerHelp: AnswerHelp

    /// Letters of one pass; the next comes half a second later.
    private static let most = 1000

    package init(_ office: Office, roll: any Roll, log: Logger, pause: Duration = .seconds(10)) {
        (self.office, self.roll, self.log, self.pause) = (office, roll, log, pause)
        answerHelp = AnswerHelp(office, log: log)
    }

    package mutating func callAsFunction(at now: Date) async {
        await answerHelp(at: now)
        guard ContinuousClock.now >= nextTry else { return }
        do {
            try WishRecorder(roll).settle(untold)
            untold = [:]
            let owing = try roll.owing()
            waiting = waiting.filter { id, _ in owing.contains { $0.id == id } }
            let due = owing.filter { $0.isDue(at: now) && waiting[$0.id].map { $0.until <= .now } ?? true }
                .prefix(Self.most)
            if !due.isEmpty { try await send(Array(due), at: now) }
        } catch {
            nextTry = .now + pause
            log.error("cannot answer subscribers' wishes: \(error)")
        }
    }

    private mutating func send(_ due: [Subscriber], at now: Date) async throws {
        let recorder = WishRecorder(roll)
        let queue = LetterQueue(capacity: due.count)
        var moot: [Subscriber] = []
        let desk = try Desk(office, roll: roll, at: now)
        for subscriber in due {
            if let letter = try desk.letter(to: subscriber) {
                recorder.expect(subscriber)
                _ = queue.put(letter)
            } else {
                moot.append(subscriber)
            }
        }
        queue.finish()
        try recorder.clear(moot)
        guard moot.count < due.count else { return }
        let ending = await Submission(
            relays: try office.configuration.relays(), traffic: office.traffic, errand: .single, source: queue,
            recorder: recorder
        ).run()
        if case .recorderFailed(let error, let unrecorded) = ending {
            for (id, outcome) in unrecorded where outcome.state == .accepted || outcome.state == .refused {
                untold[id] = recorder.expected(id)
            }
            throw error
        }
        let answered = recorder.counts
        if answered.accepted > 0 { log.notice("letters to subscribers: \(answered.accepted) sent") }
        if answered.refused > 0 { log.info("letters to subscribers: \(answered.refused) refused") }
        for id in recorder.unsettled {
            let failures = (waiting[id]?.failures ?? 0) + 1
            waiting[id] = (failures, .now + min(.seconds(1800), .seconds(5) * (1 << min(failures - 1, 9))))
        }
        switch ending {
        case .unreachable(let reason), .authRefused(let reason), .tlsRefused(let reason), .ourFault(let reason):
            log.warning("letters to subscribers wait for the relay: \(reason)")
        default: break
        }
    }
}

extension Subscriber {
    /// Whether the letter that is owed may go out: a goodbye waits until an hour after the letter before. A clock that was
    /// put back keeps none waiting longer.
    fileprivate func isDue(at now: Date) -> Bool {
        guard owes?.wish == .goodbye, let time = asked.last else { return true }
        return time <= now || time.timeIntervalSince(now) > AskingLimit.interval
    }
}

/// Writes the letters.
private struct Desk {
    private let press: LetterPress
    private let seals: SealRing
    private let office: Office
    private let roll: any Roll
    private let now: Date

    init(_ office: Office, roll: any Roll, at now: Date) throws {
        (self.office, self.roll, self.now) = (office, roll, now)
        press = LetterPress(
            masthead: office.masthead, templates: try office.templates())
        seals = try office.folder.seals()
    }

    /// Nil where nothing is to be said any more.
    func letter(to subscriber: Subscriber) throws -> Envelope? {
        guard let owed = subscriber.owes, let address = subscriber.address, let matter = try matter(owed, subscriber)
        else {
            return nil
        }
        let (subject, text) = press.print(matter)
        let asked = Int((subscriber.asked.last ?? subscriber.statusSince).timeIntervalSince1970)
        var letter = Letter(to: Mailbox(name: nil, address: address), subject: subject, text: text)
        if owed.wish == .confirm, office.masthead.mailboxIsRead {
            letter.replyTo = seals.confirmAddress(
                for: subscriber.id, version: subscriber.tokenVersion, at: office.masthead.returnAddress)
        }
        return try letter.envelope(
            from: office.masthead, id: subscriber.id, named: "\(owed.wish.rawValue).\(subscriber.id).\(asked)",
            date: now, signer: office.signer)
    }

    private func matter(_ owed: OwedWish, _ subscriber: Subscriber) throws -> LetterPress.Matter? {
        let gets = subscriber.status == .active || subscriber.status == .paused
        switch owed.wish {
        case .confirm:
            return gets
                ? nil
                : .confirm(link: link("confirm", .confirm, subscriber), byMail: office.masthead.mailboxIsRead)
        case .choices: return gets ? .choices(link: link("choices", .choices, subscriber)) : nil
        case .goodbye:
            return subscriber.status == .unsubscribed ? .goodbye(link: link("confirm", .confirm, subscriber)) : nil
        case .changeOfAddress:
            let new = try subscriber.movedTo.flatMap { try roll.subscriber($0)?.address }
            return subscriber.status == .moved ? .moved(to: new.map(Self.masked)) : nil
        }
    }

    private func link(_ part: String, _ purpose: LimitedPurpose, _ subscriber: Subscriber) -> String {
        let end = now.addingTimeInterval(AskingLimit.linkLife)
        return press.link(
            part, token: seals.token(purpose, for: subscriber.id, version: subscriber.tokenVersion, until: end))
    }

    /// `n…@example.net`: enough to know one's own.
    private static func masked(_ address: EmailAddress) -> String {
        "\(address.local.prefix(1))…@\(Domain.uLabels(address.domain))"
    }
}

/// Takes from the records what is owed, as soon as the relay has answered.
private final class WishRecorder: DeliveryRecorder {
    struct Counts {
        var accepted = 0
        var refused = 0
    }

    private struct State {
        var expected: [SubscriberID: OwedWish] = [:]
        var counts = Counts()
    }

    private let roll: any Roll
    private let state = Mutex(State())

    init(_ roll: any Roll) { self.roll = roll }

    func expected(_ id: SubscriberID) -> OwedWish? { state.withLock { $0.expected[id] } }

    func expect(_ subscriber: Subscriber) { state.withLock { $0.expected[subscriber.id] = subscriber.owes } }

    var counts: Counts { state.withLock { $0.counts } }
    var unsettled: [SubscriberID] { state.withLock { Array($0.expected.keys) } }

    func record(settled: [(SubscriberID, Outcome)], handed: [SubscriberID]) throws {
        // What is deferred, or unknown, is owed still: the letter bears the same Message-ID when it comes again.
        let done = settled.filter { $0.1.state == .accepted || $0.1.state == .refused }
        guard !done.isEmpty else { return }
        try settle(state.withLock { state in done.reduce(into: [:]) { $0[$1.0] = state.expected[$1.0] } })
        state.withLock { state in
            for (id, outcome) in done {
                if outcome.state == .accepted { state.counts.accepted += 1 } else { state.counts.refused += 1 }
                state.expected[id] = nil
            }
        }
    }

    /// Nothing is owed any more to those.
    func clear(_ subscribers: [Subscriber]) throws {
        try settle(subscribers.reduce(into: [:]) { $0[$1.id] = $1.owes })
    }

    /// Durable on return.
    func settle(_ wishes: [SubscriberID: OwedWish]) throws {
        guard !wishes.isEmpty else { return }
        try roll.changeMany(Array(wishes.keys)) { id, record in
            // What was wished since is owed still.
            guard var subscriber = record, let owed = subscriber.owes, owed == wishes[id] else { return nil }
            subscriber.owes = nil
            return subscriber
        }
    }
}
