import Basics
import Bulletin
import Foundation
import Logging
import Planning
import Records
import SMTP
import ServiceLifecycle
import Settings

// MARK: When

extension Workflow {
    func isDue(_ mailing: Mailing) -> Bool { send.notBefore[mailing]?.isOver(at: now()) ?? true }

    /// Whether a correction that had a pass is to have another: also when more people were sent its issue meanwhile.
    func isDueAgain(_ mailing: Mailing) -> Bool {
        if isDue(mailing) { return true }
        guard send.passes[mailing] == nil, let sending = send.mailings[mailing], let before = sending.settledBefore,
            let corrected = sending.prepared.corrected
        else { return false }
        return sending.failures == 0 && corrected.counts.settled != before
    }

    func forget(allBut toSend: [Mailing]) {
        for mailing in send.mailings.keys where !toSend.contains(mailing) && send.passes[mailing] == nil {
            send.mailings[mailing] = nil
            words.endTrouble(with: mailing)
        }
        for mailing in send.notBefore.keys where !toSend.contains(mailing) && send.passes[mailing] == nil {
            send.notBefore[mailing] = nil
        }
        if send.passes.isEmpty { desk.close(allBut: Set(send.mailings.keys.map(\.issue))) }
    }
}

// MARK: Pass by pass

extension Workflow {
    func deliver(_ mailing: Mailing) async {
        // The next mailing is looked for as soon as a pass has ended.
        defer { wake.wake() }
        do {
            releaseMemory()
            guard let prepared = try begin(mailing) else { return }
            releaseMemory()
            try prepared.ledger.refresh()
            if let hold = try Resume(context).hold(mailing, timeouts: 2 * backoff.most, at: now()) {
                return said(mailing, isHeld: hold)
            }
            let ending = try await pass(mailing, prepared)
            try settle(mailing, ending)
            words.endTrouble(with: mailing)
            try conclude(mailing, ending)
        } catch {
            send.passes[mailing] = nil
            // The ledgers are begun again: what was handed and not settled is unknown, save what is known here.
            for other in send.mailings.keys where other.issue == mailing.issue { send.mailings[other] = nil }
            desk.close(mailing.issue)
            let trouble = "\(mailing.inWords) cannot be sent: \(error)"
            monitor.delivery(trouble, at: now())
            words.trouble(with: mailing, trouble, isDiskFull: error.isDiskFull)
            wait(mailing, 10)
        }
    }

    /// The mailing, fixed before the first message is handed; nil where the issue turned out to be skipped.
    private func begin(_ mailing: Mailing) throws -> Deliver.PreparedMailing? {
        if let sending = send.mailings[mailing] { return sending.prepared }
        switch try desk.begin(mailing, known: send.unrecorded[mailing] ?? [:], at: now()) {
        case .prepared(let prepared):
            send.unrecorded[mailing] = nil
            send.mailings[mailing] = Sending(prepared: prepared)
            log.notice("\(mailing.inWords) is being sent", metadata: ["audience": "\(prepared.audience.count)"])
            return prepared
        case .skipped(let skip):
            words.report([.became(mailing.issue, .skipped, reason: skip.inWords)])
            send.notBefore[mailing] = nil
            return nil
        case .notDue:
            send.notBefore[mailing] = nil
            return nil
        }
    }

    private func pass(_ mailing: Mailing, _ prepared: Deliver.PreparedMailing) async throws -> Deliver.Ending {
        let delivery = context.configuration.delivery
        let limit = RefusalLimit(
            share: delivery.stopAfterRefusals, before: try context.folder.issues.status(of: mailing)?.stoppedAt)
        let options = Deliver.Options(
            relays: try context.configuration.relays(), traffic: inForce.traffic, backoff: backoff,
            syncInterval: delivery.syncInterval, resendsUnknown: resendsUnknown,
            tooManyRefused: { limit.reason($0, mailing) })
        let givenUp = try RetryDeferred(backoff).giveUp(in: prepared.ledger, at: now())
        if givenUp > 0 { log.notice("\(mailing.inWords): \(givenUp) deferred deliveries given up") }
        if let refusals = limit.reason(prepared.ledger.counts, mailing) { return .refused(refusals) }
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
        send.mailings[mailing]?.settledBefore = prepared.corrected?.counts.settled
        send.passes[mailing] = pass
        let ending = await pass.run()
        send.passes[mailing] = nil
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
            send.mailings[mailing]?.failures = 0
            send.notBefore[mailing] = nil
            monitor.delivery(nil, at: now())
        case .unreachable(let reason):
            let failures = (send.mailings[mailing]?.failures ?? 0) + 1
            send.mailings[mailing]?.failures = failures
            let trouble = "\(mailing.inWords) waits for the relay: \(reason)"
            monitor.delivery(trouble, at: now())
            log.warning("\(trouble)")
            wait(mailing, RetryDelay(first: .seconds(5), most: .seconds(300)).after(failures).seconds)
        case .needsPerson(let hold): try self.hold(mailing, hold)
        case .refused(let refusals):
            try hold(mailing, .refusals(refusals), stoppedAt: send.mailings[mailing]?.prepared.ledger.counts)
        case .cannotRecord(let error, let outcomes):
            for (id, outcome) in outcomes { send.unrecorded[mailing, default: [:]][id] = outcome }
            throw error
        }
    }

    /// Sent, held for a person, or to go on later.
    private func conclude(_ mailing: Mailing, _ ending: Deliver.Ending) throws {
        guard let prepared = send.mailings[mailing]?.prepared else { return }
        let store = context.folder.issues
        guard try store.status(of: mailing)?.state == .sending else { return }
        if case .done = ending, prepared.ledger.counts.owed > 0, prepared.ledger.nextOwed(from: 0) == nil,
            !Task.isShuttingDownGracefully
        {
            let missing = try prepared.ledger.writeOffMissing(at: now())
            if missing > 0 {
                log.notice("\(mailing.inWords): \(missing) of the audience are no longer on the subscriber list")
            }
        }
        let counts = prepared.ledger.counts
        if case .done = ending { try takeRefusals(mailing, counts.refused) }
        if counts.isSettled {
            try store.apply(.settled(counts), to: mailing, at: now())
            send.mailings[mailing] = nil
            log.notice(
                "\(mailing.inWords) is sent",
                metadata: [
                    "accepted": "\(counts.accepted)", "refused": "\(counts.refused)", "skipped": "\(counts.skipped)",
                ])
            return
        }
        try store.apply(.paused(counts), to: mailing, at: now())
        guard case .done = ending else { return }
        let open = counts.owed + counts.handed + counts.deferred
        if open == 0, !hasUnknownToResend(prepared) {
            try hold(mailing, .unknowns(counts.unknown, of: mailing))
        } else {
            send.notBefore[mailing] = nextTry(of: prepared).map { Wait(until: $0, from: now()) }
        }
    }

    /// Not while the issue stops for its refusals: until a person has looked, they may be the relay's fault.
    private func takeRefusals(_ mailing: Mailing, _ count: Int) throws {
        guard count > send.mailings[mailing]?.refusalsTaken ?? 0 else { return }
        let left = try TakeRefusals(context, subscriberList: subscriberList)(mailing)
        send.mailings[mailing]?.refusalsTaken = count
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

    private func hold(_ mailing: Mailing, _ hold: Hold, stoppedAt counts: DeliveryCounts? = nil) throws {
        try context.folder.issues.apply(.stops(hold, stoppedAt: counts), to: mailing, at: now())
        said(mailing, isHeld: hold)
    }

    private func said(_ mailing: Mailing, isHeld hold: Hold) {
        (send.mailings[mailing], send.notBefore[mailing]) = (nil, nil)
        log.notice("\(mailing.inWords) is held: \(hold.inWords)")
    }

    private func wait(_ mailing: Mailing, _ seconds: TimeInterval) {
        let now = now()
        send.notBefore[mailing] = Wait(until: now.addingTimeInterval(seconds), from: now)
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
