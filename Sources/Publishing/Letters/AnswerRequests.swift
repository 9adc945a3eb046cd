import Basics
import Bulletin
package import Foundation
package import Logging
import Mail
package import Planning
package import Records
import Rendering
import SMTP
import Settings
import Synchronization
import Tokens

/// Sends the letters that the roll owes: a link to confirm, a link to one's choices, a goodbye, a word to an old address.
/// The record itself says what is owed until the relay has answered, so no crash loses a letter; a crash between the
/// answer and the record of it repeats one, with the same Message-ID.
package struct AnswerRequests {
    /// What it works with from the next call on.
    package var context: PublishingContext { didSet { answerHelp.context = context } }
    private let subscriberList: any SubscriberList
    private let log: Logger
    /// Those whose letter the relay did not take yet.
    private var waiting: [SubscriberID: (failures: Int, until: ContinuousClock.Instant)] = [:]
    /// What the relay has answered and the roll could not be told yet: told first, and nothing is sent before. A full disk
    /// must not make us repeat a letter.
    private var untold: [SubscriberID: OwedRequest] = [:]
    /// When to try again after a failure, and how long that is.
    private var nextTry = ContinuousClock.now
    private let pause: Duration

    /// Answers to those who need have no record.
    private var answerHelp: AnswerHelp

    /// Letters of one pass; the next comes half a second later.
    private static let most = 1000

    package init(
        _ context: PublishingContext, subscriberList: any SubscriberList, log: Logger, pause: Duration = .seconds(10)
    ) {
        (self.context, self.subscriberList, self.log, self.pause) = (context, subscriberList, log, pause)
        answerHelp = AnswerHelp(context, log: log)
    }

    package mutating func callAsFunction(at now: Date) async {
        await answerHelp(at: now)
        guard ContinuousClock.now >= nextTry else { return }
        do {
            try RequestRecorder(subscriberList).settle(untold)
            untold = [:]
            let owing = try subscriberList.owing()
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
        let recorder = RequestRecorder(subscriberList)
        let queue = LetterQueue(capacity: due.count)
        var moot: [Subscriber] = []
        let desk = try Desk(context, subscriberList: subscriberList, at: now)
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
            relays: try context.configuration.relays(), traffic: context.traffic, priority: .single, source: queue,
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
        guard owes?.request == .goodbye, let time = asked.last else { return true }
        return time <= now || time.timeIntervalSince(now) > AskingLimit.interval
    }
}

/// Writes the letters.
private struct Desk {
    private let renderer: LetterRenderer
    private let tokenKeys: TokenKeys
    private let context: PublishingContext
    private let subscriberList: any SubscriberList
    private let now: Date

    init(_ context: PublishingContext, subscriberList: any SubscriberList, at now: Date) throws {
        (self.context, self.subscriberList, self.now) = (context, subscriberList, now)
        renderer = LetterRenderer(
            masthead: context.masthead, templates: try context.templates())
        tokenKeys = try context.folder.tokenKeys()
    }

    /// Nil where nothing is to be said any more.
    func letter(to subscriber: Subscriber) throws -> OutgoingMessage? {
        guard let owed = subscriber.owes, let address = subscriber.address, let matter = try matter(owed, subscriber)
        else {
            return nil
        }
        let (subject, text) = renderer.print(matter)
        let asked = Int((subscriber.asked.last ?? subscriber.statusSince).timeIntervalSince1970)
        var letter = Letter(to: NamedAddress(name: nil, address: address), subject: subject, text: text)
        if owed.request == .confirm, context.masthead.mailboxIsRead {
            letter.replyTo = tokenKeys.confirmAddress(
                for: subscriber.id, version: subscriber.tokenVersion, at: context.masthead.returnAddress)
        }
        return try letter.outgoing(
            from: context.masthead, id: subscriber.id, named: "\(owed.request.rawValue).\(subscriber.id).\(asked)",
            date: now, signer: context.signer)
    }

    private func matter(_ owed: OwedRequest, _ subscriber: Subscriber) throws -> LetterRenderer.Matter? {
        let gets = subscriber.status == .active || subscriber.status == .paused
        switch owed.request {
        case .confirm:
            return gets
                ? nil
                : .confirm(link: link("confirm", .confirm, subscriber), byMail: context.masthead.mailboxIsRead)
        case .choices: return gets ? .choices(link: link("choices", .choices, subscriber)) : nil
        case .goodbye:
            return subscriber.status == .unsubscribed ? .goodbye(link: link("confirm", .confirm, subscriber)) : nil
        case .changeOfAddress:
            let new = try subscriber.movedTo.flatMap { try subscriberList.subscriber($0)?.address }
            return subscriber.status == .moved ? .moved(to: new.map(Self.masked)) : nil
        }
    }

    private func link(_ part: String, _ purpose: LimitedPurpose, _ subscriber: Subscriber) -> String {
        let end = now.addingTimeInterval(AskingLimit.linkLife)
        return renderer.link(
            part, token: tokenKeys.token(purpose, for: subscriber.id, version: subscriber.tokenVersion, until: end))
    }

    /// `n…@example.net`: enough to know one's own.
    private static func masked(_ address: EmailAddress) -> String {
        "\(address.local.prefix(1))…@\(Domain.uLabels(address.domain))"
    }
}

/// Takes from the records what is owed, as soon as the relay has answered.
private final class RequestRecorder: DeliveryRecorder {
    struct Counts {
        var accepted = 0
        var refused = 0
    }

    private struct State {
        var expected: [SubscriberID: OwedRequest] = [:]
        var counts = Counts()
    }

    private let subscriberList: any SubscriberList
    private let state = Mutex(State())

    init(_ subscriberList: any SubscriberList) { self.subscriberList = subscriberList }

    func expected(_ id: SubscriberID) -> OwedRequest? { state.withLock { $0.expected[id] } }

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
    func settle(_ requests: [SubscriberID: OwedRequest]) throws {
        guard !requests.isEmpty else { return }
        try subscriberList.changeMany(Array(requests.keys)) { id, record in
            // What was wished since is owed still.
            guard var subscriber = record, let owed = subscriber.owes, owed == requests[id] else { return nil }
            subscriber.owes = nil
            return subscriber
        }
    }
}
