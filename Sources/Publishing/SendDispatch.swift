import Bulletin
import Foundation
import Logging
import Mail
import Records
import ServiceLifecycle
import Settings
import Transport

/// What is being sent, with what is needed to send it, kept from pass to pass.
struct Sending {
    let mailing: Deliver.Mailing
    var failures = 0
    /// Of a correction: how many deliveries of its issue were settled when its last pass began. It waits until that
    /// changes, or its own time comes.
    var settledBefore: Int?
    /// How many refusals the roll knows of.
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
    func isDue(_ dispatch: Dispatch) -> Bool { notBefore[dispatch]?.isOver(at: now()) ?? true }

    /// Whether a correction that had a pass is to have another: also when more people were sent its issue meanwhile.
    func isDueAgain(_ dispatch: Dispatch) -> Bool {
        if isDue(dispatch) { return true }
        guard passes[dispatch] == nil, let sending = sendings[dispatch], let before = sending.settledBefore,
            let corrected = sending.mailing.corrected
        else { return false }
        return sending.failures == 0 && corrected.counts.settled != before
    }

    func forget(allBut toSend: [Dispatch]) {
        for dispatch in sendings.keys where !toSend.contains(dispatch) && passes[dispatch] == nil {
            sendings[dispatch] = nil
            endTrouble(with: dispatch)
        }
        for dispatch in notBefore.keys where !toSend.contains(dispatch) && passes[dispatch] == nil {
            notBefore[dispatch] = nil
        }
        if passes.isEmpty { desk.close(allBut: Set(sendings.keys.map(\.issue))) }
    }
}

// MARK: Pass by pass

extension Workflow {
    func deliver(_ dispatch: Dispatch) async {
        do {
            travelLight()
            guard let mailing = try begin(dispatch) else { return }
            travelLight()
            try mailing.ledger.refresh()
            if let reason = try Resume(office).hold(dispatch, patience: 2 * backoff.most, at: now()) {
                return said(dispatch, isHeld: reason)
            }
            let ending = try await pass(dispatch, mailing)
            try settle(dispatch, ending)
            endTrouble(with: dispatch)
            try conclude(dispatch, ending)
        } catch {
            passes[dispatch] = nil
            // The ledgers are begun again: what was handed and not settled is unknown, save what is known here.
            for other in sendings.keys where other.issue == dispatch.issue { sendings[other] = nil }
            desk.close(dispatch.issue)
            let words = "\(dispatch.inWords) cannot be sent: \(error)"
            pulse.delivery(words, at: now())
            trouble(with: dispatch, words)
            wait(dispatch, 10)
        }
    }

    /// What is sent, fixed before the first message is handed; nil where the issue turned out to be skipped.
    private func begin(_ dispatch: Dispatch) throws -> Deliver.Mailing? {
        if let sending = sendings[dispatch] { return sending.mailing }
        switch try desk.begin(dispatch, known: unrecorded[dispatch] ?? [:], at: now()) {
        case .mailing(let mailing):
            unrecorded[dispatch] = nil
            sendings[dispatch] = Sending(mailing: mailing)
            log.notice("\(dispatch.inWords) is being sent", metadata: ["audience": "\(mailing.audience.count)"])
            return mailing
        case .skipped(let reason):
            report([.became(dispatch.issue, .skipped, reason: reason)])
            notBefore[dispatch] = nil
            return nil
        }
    }

    private func pass(_ dispatch: Dispatch, _ mailing: Deliver.Mailing) async throws -> Deliver.Ending {
        let delivery = office.configuration.delivery
        let limit = RefusalLimit(
            share: delivery.stopAfterRefusals, before: try office.folder.issues.standing(of: dispatch)?.stoppedAt)
        let manner = Deliver.Manner(
            relays: try office.configuration.relays(), traffic: office.traffic, backoff: backoff,
            syncInterval: delivery.syncInterval, resendsUnknown: resendsUnknown,
            tooManyRefused: { limit.reason($0, dispatch) })
        let givenUp = try RetryDeferred(backoff).giveUp(in: mailing.ledger, at: now())
        if givenUp > 0 { log.notice("\(dispatch.inWords): \(givenUp) deferred deliveries given up") }
        if let reason = limit.reason(mailing.ledger.counts, dispatch) { return .refused(reason: reason) }
        let log = self.log
        let pass = Deliver(
            mailing, roll: roll, manner: manner, now: now, notice: { Self.say($0, log) },
            observe: { id, outcome in
                // What went well is the rule, and a line each would be a million: the ledger has them.
                log.log(
                    level: outcome.state == .accepted ? .debug : .info, "delivery \(outcome.state.rawValue)",
                    metadata: [
                        "issue": "\(dispatch)", "subscriber": "\(id)", "code": "\(outcome.reply.code)",
                    ])
            })
        sendings[dispatch]?.settledBefore = mailing.corrected?.counts.settled
        passes[dispatch] = pass
        let ending = await pass.run()
        passes[dispatch] = nil
        return ending
    }

    private var backoff: Backoff {
        let retry = office.configuration.delivery.retry
        return Backoff(
            first: retry.first.seconds, most: retry.most.seconds, giveUpAfter: retry.giveUpAfter.seconds)
    }

    /// What the end of a pass means for the next one.
    private func settle(_ dispatch: Dispatch, _ ending: Deliver.Ending) throws {
        switch ending {
        case .done, .stopped:
            sendings[dispatch]?.failures = 0
            notBefore[dispatch] = nil
            pulse.delivery(nil, at: now())
        case .unreachable(let reason):
            let failures = (sendings[dispatch]?.failures ?? 0) + 1
            sendings[dispatch]?.failures = failures
            let words = "\(dispatch.inWords) waits for the relay: \(reason)"
            pulse.delivery(words, at: now())
            log.warning("\(words)")
            wait(dispatch, min(300, 5 * Double(1 << min(failures - 1, 6))))
        case .needsPerson(let reason): try hold(dispatch, reason: reason)
        case .refused(let reason):
            let counts = sendings[dispatch]?.mailing.ledger.counts
            try hold(dispatch, reason: reason) { ($0.stoppedAt, $0.counts) = (counts, counts) }
        case .cannotRecord(let error, let outcomes):
            for (id, outcome) in outcomes { unrecorded[dispatch, default: [:]][id] = outcome }
            throw error
        }
    }

    /// Sent, held for a person, or to go on later.
    private func conclude(_ dispatch: Dispatch, _ ending: Deliver.Ending) throws {
        guard let mailing = sendings[dispatch]?.mailing else { return }
        let shelf = office.folder.issues
        guard var standing = try shelf.standing(of: dispatch), standing.state == .sending else { return }
        if case .done = ending, mailing.ledger.counts.owed > 0, mailing.ledger.nextOwed(from: 0) == nil,
            !Task.isShuttingDownGracefully
        {
            let missing = try mailing.ledger.writeOffMissing(at: now())
            if missing > 0 { log.notice("\(dispatch.inWords): \(missing) of the audience are gone from the roll") }
        }
        let counts = mailing.ledger.counts
        standing.counts = counts
        if case .done = ending { try takeRefusals(dispatch, counts.refused) }
        if counts.isSettled {
            (standing.state, standing.since, standing.sentAt) = (.sent, now(), now())
            try shelf.save(standing, of: dispatch)
            sendings[dispatch] = nil
            log.notice(
                "\(dispatch.inWords) is sent",
                metadata: [
                    "accepted": "\(counts.accepted)", "refused": "\(counts.refused)", "skipped": "\(counts.skipped)",
                ])
            return
        }
        try shelf.save(standing, of: dispatch)
        guard case .done = ending else { return }
        let open = counts.owed + counts.handed + counts.deferred
        if open == 0, !hasUnknownToResend(mailing) {
            try hold(
                dispatch,
                reason:
                    "whether \(counts.unknown) messages arrived is not known; settle them with fortnight deliveries "
                    + "resolve \(dispatch.argument), with --resend or --accepted, and it goes on"
            ) { $0.isHeldForUnknown = true }
        } else {
            notBefore[dispatch] = nextTry(of: mailing).map { Wait(until: $0, from: now()) }
        }
    }

    /// Not while the issue stops for its refusals: until a person has looked, they may be the relay's fault.
    private func takeRefusals(_ dispatch: Dispatch, _ count: Int) throws {
        guard count > sendings[dispatch]?.refusalsTaken ?? 0 else { return }
        let left = try TakeRefusals(office, roll: roll)(dispatch)
        sendings[dispatch]?.refusalsTaken = count
        if left > 0 {
            log.notice("\(dispatch.inWords): off the list, since their mailbox was refused for good: \(left)")
        }
    }

    /// When the next pass has something to do; nil for at once, and never where all that is left waits for something else.
    private func nextTry(of mailing: Deliver.Mailing) -> Date? {
        if hasUnknownToResend(mailing) { return nil }
        if mailing.corrected == nil, mailing.ledger.nextOwed(from: 0) != nil { return nil }
        return RetryDeferred(backoff).next(of: mailing.ledger.deferred(), at: now()) ?? .distantFuture
    }

    private func hasUnknownToResend(_ mailing: Deliver.Mailing) -> Bool {
        resendsUnknown && mailing.ledger.unknown().contains { $0.times < 2 }
    }

    private var resendsUnknown: Bool { office.configuration.delivery.onUnknown == .resend }

    private func hold(
        _ dispatch: Dispatch, reason: String, _ change: (inout IssueStanding) -> Void = { _ in }
    ) throws {
        guard var standing = try office.folder.issues.standing(of: dispatch) else { return }
        (standing.state, standing.since, standing.reason, standing.released) = (.held, now(), reason, false)
        change(&standing)
        try office.folder.issues.save(standing, of: dispatch)
        said(dispatch, isHeld: reason)
    }

    private func said(_ dispatch: Dispatch, isHeld reason: String) {
        (sendings[dispatch], notBefore[dispatch]) = (nil, nil)
        log.notice("\(dispatch.inWords) is held: \(reason)")
    }

    private func wait(_ dispatch: Dispatch, _ seconds: TimeInterval) {
        let now = now()
        notBefore[dispatch] = Wait(until: now.addingTimeInterval(seconds), from: now)
    }

    private static func say(_ notice: Submission.Notice, _ log: Logger) {
        switch notice {
        case .connected(let relay): log.debug("connected to \(relay)")
        case .connectionFailed(let relay, let reason): log.warning("no connection to \(relay): \(reason)")
        case .connectionLost(let relay, let reason): log.info("connection to \(relay) lost: \(reason)")
        case .easedOff(let relay, let connections, let perMinute):
            let pace = perMinute.map { ", and \($0) messages a minute" } ?? ""
            log.notice("\(relay) asked for less: at most \(connections) connections\(pace) from now on")
        case .uses(let relay): log.warning("messages go to \(relay) from now on")
        }
    }
}
