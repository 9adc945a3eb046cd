import Basics
import Bulletin
import Foundation
import Logging
import Planning
import Records
import SMTP
import ServiceLifecycle
import Settings

/// A mailing being sent, with everything that sending it takes, kept from pass to pass.
struct Sending {
    let prepared: Deliver.PreparedMailing
    var failures = 0
    /// Of a correction: how many deliveries of its issue were settled when its last pass began. It waits until that
    /// changes, or its own time comes.
    var settledBefore: Int?
    /// How many refusals are in the subscribers' records.
    var refusalsTaken = 0
}

/// Until when to wait with something: a time on the wall, or so long, whichever is first. Nobody waits a year because the
/// clock was put back.
struct Wait {
    /// Until something else happens.
    static let forever = Wait(until: .distantFuture, end: nil)

    private let until: Date
    private let end: ContinuousClock.Instant?

    private init(until: Date, end: ContinuousClock.Instant?) { (self.until, self.end) = (until, end) }

    init(until time: Date, from now: Date) {
        let seconds = time.timeIntervalSince(now)
        // Beyond that, nobody knows when.
        self.init(until: time, end: seconds < 366 * 86_400 ? .now + .seconds(max(0, seconds)) : nil)
    }

    func isOver(at now: Date) -> Bool { until <= now || end.map { $0 <= .now } ?? false }
}

// MARK: When

extension Workflow {
    func isDue(_ mailing: Mailing) -> Bool { notBefore[mailing]?.isOver(at: now()) ?? true }

    /// Whether a correction that had a pass is to have another: also when more people were sent its issue meanwhile.
    func isDueAgain(_ mailing: Mailing) -> Bool {
        if isDue(mailing) { return true }
        guard passes[mailing] == nil, let sending = sendings[mailing], let before = sending.settledBefore,
            let corrected = sending.prepared.corrected
        else { return false }
        return sending.failures == 0 && corrected.counts.settled != before
    }

    func forget(allBut toSend: [Mailing]) {
        for mailing in sendings.keys where !toSend.contains(mailing) && passes[mailing] == nil {
            sendings[mailing] = nil
            endTrouble(with: mailing)
        }
        for mailing in notBefore.keys where !toSend.contains(mailing) && passes[mailing] == nil {
            notBefore[mailing] = nil
        }
        if passes.isEmpty { desk.close(allBut: Set(sendings.keys.map(\.issue))) }
    }
}

// MARK: Pass by pass

extension Workflow {
    func deliver(_ mailing: Mailing) async {
        do {
            releaseMemory()
            guard let prepared = try begin(mailing) else { return }
            releaseMemory()
            try prepared.ledger.refresh()
            if let reason = try Resume(context).hold(mailing, timeouts: 2 * backoff.most, at: now()) {
                return said(mailing, isHeld: reason)
            }
            let ending = try await pass(mailing, prepared)
            try settle(mailing, ending)
            endTrouble(with: mailing)
            try conclude(mailing, ending)
        } catch {
            passes[mailing] = nil
            // The ledgers are begun again: what was handed and not settled is unknown, save what is known here.
            for other in sendings.keys where other.issue == mailing.issue { sendings[other] = nil }
            desk.close(mailing.issue)
            let words = "\(mailing.inWords) cannot be sent: \(error)"
            monitor.delivery(words, at: now())
            trouble(with: mailing, words)
            wait(mailing, 10)
        }
    }

    /// The mailing, fixed before the first message is handed; nil where the issue turned out to be skipped.
    private func begin(_ mailing: Mailing) throws -> Deliver.PreparedMailing? {
        if let sending = sendings[mailing] { return sending.prepared }
        switch try desk.begin(mailing, known: unrecorded[mailing] ?? [:], at: now()) {
        case .prepared(let prepared):
            unrecorded[mailing] = nil
            sendings[mailing] = Sending(prepared: prepared)
            log.notice("\(mailing.inWords) is being sent", metadata: ["audience": "\(prepared.audience.count)"])
            return prepared
        case .skipped(let reason):
            report([.became(mailing.issue, .skipped, reason: reason)])
            notBefore[mailing] = nil
            return nil
        }
    }

    private func pass(_ mailing: Mailing, _ prepared: Deliver.PreparedMailing) async throws -> Deliver.Ending {
        let delivery = context.configuration.delivery
        let limit = RefusalLimit(
            share: delivery.stopAfterRefusals, before: try context.folder.issues.status(of: mailing)?.stoppedAt)
        let options = Deliver.Options(
            relays: try context.configuration.relays(), traffic: context.traffic, backoff: backoff,
            syncInterval: delivery.syncInterval, resendsUnknown: resendsUnknown,
            tooManyRefused: { limit.reason($0, mailing) })
        let givenUp = try RetryDeferred(backoff).giveUp(in: prepared.ledger, at: now())
        if givenUp > 0 { log.notice("\(mailing.inWords): \(givenUp) deferred deliveries given up") }
        if let reason = limit.reason(prepared.ledger.counts, mailing) { return .refused(reason: reason) }
        let log = self.log
        let pass = Deliver(
            prepared, subscriberList: subscriberList, options: options, now: now, notice: { Self.say($0, log) },
            observe: { id, outcome in
                // Successes are the rule, and a line for each would be a million lines: the ledger has them.
                log.log(
                    level: outcome.state == .accepted ? .debug : .info, "delivery \(outcome.state.rawValue)",
                    metadata: [
                        "issue": "\(mailing)", "subscriber": "\(id)", "code": "\(outcome.reply.code)",
                    ])
            })
        sendings[mailing]?.settledBefore = prepared.corrected?.counts.settled
        passes[mailing] = pass
        let ending = await pass.run()
        passes[mailing] = nil
        return ending
    }

    private var backoff: Backoff {
        let retry = context.configuration.delivery.retry
        return Backoff(
            first: retry.first.seconds, most: retry.most.seconds, giveUpAfter: retry.giveUpAfter.seconds)
    }

    /// Draws the consequences of a pass's end for the next one.
    private func settle(_ mailing: Mailing, _ ending: Deliver.Ending) throws {
        switch ending {
        case .done, .stopped:
            sendings[mailing]?.failures = 0
            notBefore[mailing] = nil
            monitor.delivery(nil, at: now())
        case .unreachable(let reason):
            let failures = (sendings[mailing]?.failures ?? 0) + 1
            sendings[mailing]?.failures = failures
            let words = "\(mailing.inWords) waits for the relay: \(reason)"
            monitor.delivery(words, at: now())
            log.warning("\(words)")
            wait(mailing, RetryDelay(first: .seconds(5), most: .seconds(300)).after(failures).seconds)
        case .needsPerson(let reason): try hold(mailing, reason: reason)
        case .refused(let reason):
            let counts = sendings[mailing]?.prepared.ledger.counts
            try hold(mailing, reason: reason) { ($0.stoppedAt, $0.counts) = (counts, counts) }
        case .cannotRecord(let error, let outcomes):
            for (id, outcome) in outcomes { unrecorded[mailing, default: [:]][id] = outcome }
            throw error
        }
    }

    /// Sent, held for a person, or to go on later.
    private func conclude(_ mailing: Mailing, _ ending: Deliver.Ending) throws {
        guard let prepared = sendings[mailing]?.prepared else { return }
        let store = context.folder.issues
        guard var status = try store.status(of: mailing), status.state == .sending else { return }
        if case .done = ending, prepared.ledger.counts.owed > 0, prepared.ledger.nextOwed(from: 0) == nil,
            !Task.isShuttingDownGracefully
        {
            let missing = try prepared.ledger.writeOffMissing(at: now())
            if missing > 0 {
                log.notice("\(mailing.inWords): \(missing) of the audience are no longer on the subscriber list")
            }
        }
        let counts = prepared.ledger.counts
        status.counts = counts
        if case .done = ending { try takeRefusals(mailing, counts.refused) }
        if counts.isSettled {
            (status.state, status.since, status.sentAt) = (.sent, now(), now())
            try store.save(status, of: mailing)
            sendings[mailing] = nil
            log.notice(
                "\(mailing.inWords) is sent",
                metadata: [
                    "accepted": "\(counts.accepted)", "refused": "\(counts.refused)", "skipped": "\(counts.skipped)",
                ])
            return
        }
        try store.save(status, of: mailing)
        guard case .done = ending else { return }
        let open = counts.owed + counts.handed + counts.deferred
        if open == 0, !hasUnknownToResend(prepared) {
            try hold(
                mailing,
                reason:
                    "\(counts.unknown) messages may or may not have arrived; resolve them with fortnight deliveries "
                    + "resolve \(mailing.argument), with --resend or --accepted, to continue"
            ) { $0.isHeldForUnknown = true }
        } else {
            notBefore[mailing] = nextTry(of: prepared).map { Wait(until: $0, from: now()) }
        }
    }

    /// Not while the issue stops for its refusals: until a person has looked, they may be the relay's fault.
    private func takeRefusals(_ mailing: Mailing, _ count: Int) throws {
        guard count > sendings[mailing]?.refusalsTaken ?? 0 else { return }
        let left = try TakeRefusals(context, subscriberList: subscriberList)(mailing)
        sendings[mailing]?.refusalsTaken = count
        if left > 0 {
            log.notice("\(mailing.inWords): off the list, since their mailbox was refused for good: \(left)")
        }
    }

    /// When the next pass has something to do; nil for at once, and never where all that is left waits for something else.
    private func nextTry(of prepared: Deliver.PreparedMailing) -> Date? {
        if hasUnknownToResend(prepared) { return nil }
        if prepared.corrected == nil, prepared.ledger.nextOwed(from: 0) != nil { return nil }
        return RetryDeferred(backoff).next(of: prepared.ledger.deferred(), at: now()) ?? .distantFuture
    }

    private func hasUnknownToResend(_ prepared: Deliver.PreparedMailing) -> Bool {
        resendsUnknown && prepared.ledger.unknown().contains { $0.times < 2 }
    }

    private var resendsUnknown: Bool { context.configuration.delivery.onUnknown == .resend }

    private func hold(
        _ mailing: Mailing, reason: String, _ change: (inout IssueStatus) -> Void = { _ in }
    ) throws {
        guard var status = try context.folder.issues.status(of: mailing) else { return }
        (status.state, status.since, status.reason, status.released) = (.held, now(), reason, false)
        change(&status)
        try context.folder.issues.save(status, of: mailing)
        said(mailing, isHeld: reason)
    }

    private func said(_ mailing: Mailing, isHeld reason: String) {
        (sendings[mailing], notBefore[mailing]) = (nil, nil)
        log.notice("\(mailing.inWords) is held: \(reason)")
    }

    private func wait(_ mailing: Mailing, _ seconds: TimeInterval) {
        let now = now()
        notBefore[mailing] = Wait(until: now.addingTimeInterval(seconds), from: now)
    }

    private static func say(_ notice: Submission.Notice, _ log: Logger) {
        switch notice {
        case .connected(let relay): log.debug("connected to \(relay)")
        case .connectionFailed(let relay, let reason): log.warning("no connection to \(relay): \(reason)")
        case .connectionLost(let relay, let reason): log.info("connection to \(relay) lost: \(reason)")
        case .easedOff(let relay, let connections, let perMinute):
            let rateLimiter = perMinute.map { ", and \($0) messages a minute" } ?? ""
            log.notice("\(relay) asked for less: at most \(connections) connections\(rateLimiter) from now on")
        case .uses(let relay): log.warning("messages go to \(relay) from now on")
        }
    }
}
