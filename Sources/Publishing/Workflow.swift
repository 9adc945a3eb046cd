import Bulletin
package import Foundation
package import Logging
import Mail
package import Records
import Seals
import ServiceLifecycle
import Settings
import Transport

/// The daemon's work: looks at the wall clock every half second, does what is due, and sends. It sleeps in short steps, so
/// that a suspend, a stepped clock or a late start is noticed; every step may be repeated after a crash.
package actor Workflow: Service {
    /// What is being sent, with what is needed to send it, kept from pass to pass.
    private struct Sending {
        let mailing: Deliver.Mailing
        var failures = 0
        /// Of a correction: how many deliveries of its issue were settled when its last pass began. It waits until that
        /// changes, or its own time comes.
        var settledBefore: Int?
    }

    private let office: Office
    private let roll: any Roll
    private let log: Logger
    private let now: @Sendable () -> Date
    private let tell: @Sendable (String) -> Void
    private let executor = QueueExecutor(label: "workflow")

    private var sendings: [Dispatch: Sending] = [:]
    /// The ledgers of issues, which their corrections look into: one value a ledger, so that all see the same.
    private var ledgers: [IssueNumber: (ledger: DeliveryLedger, audience: Audience)] = [:]
    private var passes: [Dispatch: Deliver] = [:]
    private var notBefore: [Dispatch: Date] = [:]
    private var lastTrouble: String?
    /// When the roll was last looked through for pauses that are over, and tidied.
    private var resumed = Date.distantPast
    private var tidied = Date.distantPast

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// `tell` is given, in one line, what the daemon is doing, whenever that changes.
    package init(
        _ office: Office, roll: any Roll, log: Logger, now: @escaping @Sendable () -> Date,
        tell: @escaping @Sendable (String) -> Void
    ) {
        (self.office, self.roll, self.log, self.now, self.tell) = (office, roll, log, now, tell)
    }

    package func run() async throws {
        report(try Resume(office)(at: now()))
        await withDiscardingTaskGroup { group in
            // Beside the sending: a relay that does not answer must not keep it, or a decision, waiting.
            group.addTask { await self.correspond() }
            while !Task.isCancelled, !Task.isShuttingDownGracefully {
                for dispatch in look() {
                    group.addTask { await self.deliver(dispatch) }
                }
                await pause()
            }
            // Each pass ends by itself once the replies that are due have come.
            for pass in passes.values { pass.stop() }
        }
        tell("stopped")
    }

    private nonisolated func correspond() async {
        var tellEditors = TellEditors(office, roll: roll, log: log)
        var answerWishes = AnswerWishes(office, roll: roll, log: log)
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            await AnswerProofs(office, log: log)(at: now())
            await answerWishes(at: now())
            await tellEditors(at: now())
            await pause()
        }
    }

    private nonisolated func pause() async {
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(500)) }
    }

    // MARK: Looking

    /// Does what is due, and returns that of which a pass is to begin now.
    private func look() -> [Dispatch] {
        do {
            try tidy()
            let due = try KeepTime(office)(at: now())
            report(due.events)
            let corrections = try TakeCorrections(office)(at: now())
            report(corrections.events)
            // What is put right goes before what is still to be sent.
            let toSend = corrections.toSend + due.toSend.map { Dispatch($0) }
            forget(allBut: toSend)
            for (dispatch, pass) in passes where !toSend.contains(dispatch) { pass.stop() }
            lastTrouble = nil
            sayState()
            let next = toSend.first { sendings[$0]?.mailing.corrected != nil ? isDueAgain($0) : isDue($0) }
            // One at a time: they share the relay's connections.
            guard passes.isEmpty else {
                if let next, next.correction != nil, sendings[next] == nil {
                    for (dispatch, pass) in passes where dispatch.correction == nil { pass.stop() }
                }
                return []
            }
            guard let next else { return [] }
            notBefore[next] = .distantFuture
            return [next]
        } catch {
            trouble("cannot do what is due: \(error)")
            return []
        }
    }

    private func tidy() throws {
        let now = now()
        let tidying = TidyRoll(office, roll: roll)
        // A clock that was put back must not stop it.
        if abs(now.timeIntervalSince(resumed)) >= 60 {
            resumed = now
            let count = try tidying.resume(at: now)
            if count > 0 { log.notice("\(count) pauses are over") }
        }
        guard abs(now.timeIntervalSince(tidied)) >= 86_400, passes.isEmpty, sendings.isEmpty else { return }
        tidied = now
        let reduced = try tidying.reduce(at: now)
        if reduced > 0 { log.notice("what was kept of \(reduced) people is gone from the roll") }
        if try tidying.compact(at: now, reduced: reduced) { log.notice("the roll is rewritten") }
    }

    private func isDue(_ dispatch: Dispatch) -> Bool { (notBefore[dispatch] ?? .distantPast) <= now() }

    /// Whether a correction that had a pass is to have another: also when more people were sent its issue meanwhile.
    private func isDueAgain(_ dispatch: Dispatch) -> Bool {
        if isDue(dispatch) { return true }
        guard passes[dispatch] == nil, let sending = sendings[dispatch], let before = sending.settledBefore,
            let corrected = sending.mailing.corrected
        else { return false }
        return sending.failures == 0 && corrected.counts.settled != before
    }

    private func forget(allBut toSend: [Dispatch]) {
        for dispatch in sendings.keys where !toSend.contains(dispatch) && passes[dispatch] == nil {
            sendings[dispatch] = nil
        }
        for dispatch in notBefore.keys where !toSend.contains(dispatch) && passes[dispatch] == nil {
            notBefore[dispatch] = nil
        }
        for number in ledgers.keys where !sendings.keys.contains(where: { $0.issue == number }) && passes.isEmpty {
            ledgers[number] = nil
        }
    }

    /// Said once, not twice a second.
    private func trouble(_ words: String) {
        guard words != lastTrouble else { return }
        lastTrouble = words
        log.error("\(words)")
        tell(words)
    }

    private func report(_ events: [KeepTime.Event]) {
        for event in events {
            switch event {
            case .closed(let number, let items, let leftOut):
                log.notice("issue \(number) is closed", metadata: ["items": "\(items)", "leftOut": "\(leftOut)"])
            case .printedAgain(let number, let withdrawn):
                log.notice("issue \(number) is printed again\(withdrawn ? "; its approval is withdrawn" : "")")
            case .became(let number, let state, let reason):
                log.notice("issue \(number) is \(state.rawValue)\(reason.map { ": \($0)" } ?? "")")
            }
        }
    }

    private func report(_ events: [TakeCorrections.Event]) {
        for event in events {
            switch event {
            case .taken(let dispatch): log.notice("\(dispatch.inWords) is taken in")
            case .became(let dispatch, let state, let reason):
                log.notice("\(dispatch.inWords) is \(state.rawValue)\(reason.map { ": \($0)" } ?? "")")
            }
        }
    }

    private func sayState() {
        let first = sendings.min { $0.key.description < $1.key.description }
        if let (dispatch, sending) = passes.keys.first.flatMap({ key in sendings[key].map { (key, $0) } }) ?? first {
            let counts = sending.mailing.ledger.counts
            tell("\(dispatch.inWords): \(counts.settled) of \(counts.total) settled")
        } else if let slot = office.configuration.cadence.next(after: now()) {
            tell("next: issue \(slot.number), sent \(slot.sends.inWords(in: office.zone))")
        }
    }

    // MARK: Sending

    private func deliver(_ dispatch: Dispatch) async {
        do {
            guard let mailing = try begin(dispatch) else { return }
            let ending = try await pass(dispatch, mailing)
            try settle(dispatch, ending)
            try conclude(dispatch, ending)
        } catch {
            passes[dispatch] = nil
            // The ledgers are begun again: what was handed and not settled is unknown.
            for other in sendings.keys where other.issue == dispatch.issue { sendings[other] = nil }
            ledgers[dispatch.issue] = nil
            trouble("\(dispatch.inWords) cannot be sent: \(error)")
            wait(dispatch, 30)
        }
    }

    /// What is sent, fixed before the first message is handed; nil where the issue turned out to be skipped.
    private func begin(_ dispatch: Dispatch) throws -> Deliver.Mailing? {
        if let sending = sendings[dispatch] { return sending.mailing }
        let mailing: Deliver.Mailing
        if dispatch.correction != nil {
            mailing = try beginCorrection(dispatch)
        } else {
            switch try BeginSending(office)(dispatch.issue, at: now()) {
            case .editions(let editions): mailing = try beginIssue(dispatch, editions)
            case .skipped(let reason):
                report([.became(dispatch.issue, .skipped, reason: reason)])
                notBefore[dispatch] = nil
                return nil
            }
        }
        sendings[dispatch] = Sending(mailing: mailing)
        log.notice("\(dispatch.inWords) is being sent", metadata: ["audience": "\(mailing.audience.count)"])
        return mailing
    }

    private func beginIssue(_ dispatch: Dispatch, _ editions: Editions) throws -> Deliver.Mailing {
        try TidyRoll(office, roll: roll).resume(at: now())
        let ledger = ledgers[dispatch.issue]?.ledger ?? office.folder.ledger(dispatch)
        let audience = try roll.audience(at: ledger.audienceTime() ?? now())
        try ledger.begin(audience, at: now())
        ledgers[dispatch.issue] = (ledger, audience)
        let stencil = try Stencil(
            editions: editions, masthead: office.masthead, dispatch: dispatch, date: audience.time,
            seals: office.folder.seals())
        return Deliver.Mailing(audience: audience, ledger: ledger, stencil: stencil)
    }

    /// The audience of a correction is its issue's, of which only those get it who were sent the issue.
    private func beginCorrection(_ dispatch: Dispatch) throws -> Deliver.Mailing {
        let shelf = office.folder.issues
        let editions = try shelf.correctionMail(dispatch)
        let (issueLedger, audience) = try ledgers[dispatch.issue] ?? issueLedger(dispatch.issue)
        ledgers[dispatch.issue] = (issueLedger, audience)
        let ledger = office.folder.ledger(dispatch)
        try ledger.begin(audience, at: now())
        let correction = try shelf.corrections(of: dispatch.issue).first { $0.correction.number == dispatch.correction }
        let stencil = try Stencil(
            editions: editions, masthead: office.masthead, dispatch: dispatch,
            date: correction?.correction.at ?? audience.time, seals: office.folder.seals())
        return Deliver.Mailing(audience: audience, ledger: ledger, stencil: stencil, corrected: issueLedger)
    }

    private func issueLedger(_ number: IssueNumber) throws -> (DeliveryLedger, Audience) {
        let ledger = office.folder.ledger(Dispatch(number))
        let audience = try roll.audience(at: ledger.audienceTime() ?? now())
        try ledger.begin(audience, at: now())
        return (ledger, audience)
    }

    private func pass(_ dispatch: Dispatch, _ mailing: Deliver.Mailing) async throws -> Deliver.Ending {
        let delivery = office.configuration.delivery
        let manner = Deliver.Manner(
            relays: try office.configuration.relays(), backoff: backoff, syncInterval: delivery.syncInterval,
            resendsUnknown: resendsUnknown)
        let givenUp = try RetryDeferred(backoff).giveUp(in: mailing.ledger, at: now())
        if givenUp > 0 { log.notice("\(dispatch.inWords): \(givenUp) deferred deliveries given up") }
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
        case .unreachable(let reason):
            let failures = (sendings[dispatch]?.failures ?? 0) + 1
            sendings[dispatch]?.failures = failures
            log.warning("\(dispatch.inWords) waits for the relay: \(reason)")
            wait(dispatch, min(300, 5 * Double(1 << min(failures - 1, 6))))
        case .needsPerson(let reason): try hold(dispatch, reason: reason)
        case .cannotRecord(let error): throw error
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
                    + "resolve \(dispatch.argument), then release the issue")
        } else {
            notBefore[dispatch] = nextTry(of: mailing)
        }
    }

    /// When the next pass has something to do; nil for at once, and never where all that is left waits for something else.
    private func nextTry(of mailing: Deliver.Mailing) -> Date? {
        if hasUnknownToResend(mailing) { return nil }
        if mailing.corrected == nil, mailing.ledger.nextOwed(from: 0) != nil { return nil }
        return RetryDeferred(backoff).next(of: mailing.ledger.deferred()) ?? .distantFuture
    }

    private func hasUnknownToResend(_ mailing: Deliver.Mailing) -> Bool {
        resendsUnknown && mailing.ledger.unknown().contains { $0.times < 2 }
    }

    private var resendsUnknown: Bool { office.configuration.delivery.onUnknown == .resend }

    private func hold(_ dispatch: Dispatch, reason: String) throws {
        guard var standing = try office.folder.issues.standing(of: dispatch) else { return }
        (standing.state, standing.since, standing.reason, standing.released) = (.held, now(), reason, false)
        try office.folder.issues.save(standing, of: dispatch)
        (sendings[dispatch], notBefore[dispatch]) = (nil, nil)
        log.notice("\(dispatch.inWords) is held: \(reason)")
    }

    private func wait(_ dispatch: Dispatch, _ seconds: TimeInterval) {
        notBefore[dispatch] = now().addingTimeInterval(seconds)
    }

    private static func say(_ notice: Submission.Notice, _ log: Logger) {
        switch notice {
        case .connected(let relay): log.debug("connected to \(relay)")
        case .connectionFailed(let relay, let reason): log.warning("no connection to \(relay): \(reason)")
        case .connectionLost(let relay, let reason): log.info("connection to \(relay) lost: \(reason)")
        case .easedOff(let relay, let connections):
            log.notice("\(relay) asked for less: at most \(connections) connections from now on")
        }
    }
}
