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
    /// An issue that is being sent, with what is needed to send it, kept from pass to pass.
    private struct Sending {
        let mailing: Deliver.Mailing
        var notBefore = Date.distantPast
        var failures = 0
    }

    private let office: Office
    private let roll: any Roll
    private let log: Logger
    private let now: @Sendable () -> Date
    private let tell: @Sendable (String) -> Void
    private let executor = QueueExecutor(label: "workflow")

    private var sendings: [IssueNumber: Sending] = [:]
    private var passes: [IssueNumber: Deliver] = [:]
    private var notBefore: [IssueNumber: Date] = [:]
    private var lastTrouble: String?

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
            while !Task.isCancelled, !Task.isShuttingDownGracefully {
                for number in look() {
                    group.addTask { await self.deliver(number) }
                }
                await AnswerProofs(office, log: log)(at: now())
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(500)) }
            }
            // Each pass ends by itself once the replies that are due have come.
            for pass in passes.values { pass.stop() }
        }
        tell("stopped")
    }

    // MARK: Looking

    /// Does what is due, and returns the issues of which a pass is to begin now.
    private func look() -> [IssueNumber] {
        do {
            let due = try KeepTime(office)(at: now())
            report(due.events)
            for (number, pass) in passes where !due.toSend.contains(number) { pass.stop() }
            for number in sendings.keys where !due.toSend.contains(number) && passes[number] == nil {
                sendings[number] = nil
            }
            lastTrouble = nil
            sayState()
            // One at a time: they share the relay's connections.
            guard passes.isEmpty, let next = due.toSend.first(where: { (notBefore[$0] ?? .distantPast) <= now() })
            else {
                return []
            }
            notBefore[next] = .distantFuture
            return [next]
        } catch {
            trouble("cannot do what is due: \(error)")
            return []
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

    private func sayState() {
        if let (number, sending) = sendings.min(by: { $0.key < $1.key }) {
            let counts = sending.mailing.ledger.counts
            tell("issue \(number): \(counts.accepted + counts.refused + counts.skipped) of \(counts.total) settled")
        } else if let slot = office.configuration.cadence.next(after: now()) {
            tell("next: issue \(slot.number), sent \(slot.sends.inWords(in: office.zone))")
        }
    }

    // MARK: Sending

    private func deliver(_ number: IssueNumber) async {
        do {
            guard let mailing = try begin(number) else { return }
            let counts = try await pass(number, mailing)
            try conclude(number, counts)
        } catch {
            passes[number] = nil
            // The ledger is begun again: what was handed and not settled is unknown.
            sendings[number] = nil
            trouble("issue \(number) cannot be sent: \(error)")
            wait(number, 30)
        }
    }

    /// What is sent, fixed before the first message is handed; nil where the issue turned out to be skipped.
    private func begin(_ number: IssueNumber) throws -> Deliver.Mailing? {
        if let sending = sendings[number] { return sending.mailing }
        let editions: Editions
        switch try BeginSending(office)(number, at: now()) {
        case .editions(let printed): editions = printed
        case .skipped(let reason):
            report([.became(number, .skipped, reason: reason)])
            notBefore[number] = nil
            return nil
        }
        let ledger = office.folder.ledger(Dispatch(number))
        let audience = try roll.audience(at: ledger.audienceTime() ?? now())
        try ledger.begin(audience, at: now())
        let stencil = try Stencil(
            editions: editions, masthead: office.masthead, dispatch: Dispatch(number), date: audience.time,
            seals: office.folder.seals())
        let mailing = Deliver.Mailing(audience: audience, ledger: ledger, stencil: stencil)
        sendings[number] = Sending(mailing: mailing)
        log.notice("issue \(number) is being sent", metadata: ["audience": "\(audience.count)"])
        return mailing
    }

    private func pass(_ number: IssueNumber, _ mailing: Deliver.Mailing) async throws -> DeliveryCounts {
        let delivery = office.configuration.delivery
        let manner = Deliver.Manner(
            relays: try office.configuration.relays(), backoff: backoff, syncInterval: delivery.syncInterval,
            resendsUnknown: delivery.onUnknown == .resend)
        let givenUp = try RetryDeferred(backoff).giveUp(in: mailing.ledger, at: now())
        if givenUp > 0 { log.notice("issue \(number): \(givenUp) deferred deliveries given up") }
        let log = self.log
        let pass = Deliver(
            mailing, roll: roll, manner: manner, now: now, notice: { Self.say($0, log) },
            observe: { id, outcome in
                // What went well is the rule, and a line each would be a million: the ledger has them.
                log.log(
                    level: outcome.state == .accepted ? .debug : .info, "delivery \(outcome.state.rawValue)",
                    metadata: [
                        "issue": "\(number)", "subscriber": "\(id)", "code": "\(outcome.reply.code)",
                    ])
            })
        passes[number] = pass
        let ending = await pass.run()
        passes[number] = nil
        try settle(number, ending)
        return mailing.ledger.counts
    }

    private var backoff: Backoff {
        let retry = office.configuration.delivery.retry
        return Backoff(
            first: retry.first.seconds, most: retry.most.seconds, giveUpAfter: retry.giveUpAfter.seconds)
    }

    /// What the end of a pass means for the next one.
    private func settle(_ number: IssueNumber, _ ending: Deliver.Ending) throws {
        switch ending {
        case .done, .stopped:
            sendings[number]?.failures = 0
            notBefore[number] = nil
        case .unreachable(let reason):
            let failures = (sendings[number]?.failures ?? 0) + 1
            sendings[number]?.failures = failures
            log.warning("issue \(number) waits for the relay: \(reason)")
            wait(number, min(300, 5 * Double(1 << min(failures - 1, 6))))
        case .needsPerson(let reason): try hold(number, reason: reason)
        case .cannotRecord(let error): throw error
        }
    }

    /// Sent, held for a person, or to go on later.
    private func conclude(_ number: IssueNumber, _ counts: DeliveryCounts) throws {
        guard let mailing = sendings[number]?.mailing else { return }
        guard var standing = try office.folder.issues.standing(number), standing.state == .sending else { return }
        var counts = counts
        if counts.handed + counts.deferred + counts.unknown == 0, counts.owed > 0, notBefore[number] == nil,
            !Task.isShuttingDownGracefully, mailing.ledger.nextOwed(from: 0) == nil
        {
            let missing = try mailing.ledger.writeOffMissing(at: now())
            if missing > 0 { log.notice("issue \(number): \(missing) of the audience are gone from the roll") }
            counts = mailing.ledger.counts
        }
        standing.counts = counts
        if counts.isSettled {
            (standing.state, standing.since, standing.sentAt) = (.sent, now(), now())
            try office.folder.issues.save(standing, of: number)
            sendings[number] = nil
            log.notice(
                "issue \(number) is sent",
                metadata: [
                    "accepted": "\(counts.accepted)", "refused": "\(counts.refused)", "skipped": "\(counts.skipped)",
                ])
            return
        }
        try office.folder.issues.save(standing, of: number)
        guard notBefore[number] == nil else { return }
        let open = counts.owed + counts.handed + counts.deferred
        if open == 0, mailing.ledger.unknown().allSatisfy({ $0.times >= 2 || !resendsUnknown }) {
            try hold(
                number,
                reason:
                    "whether \(counts.unknown) messages arrived is not known; settle them with fortnight deliveries "
                    + "resolve \(number), then release the issue")
        } else if counts.owed == 0, counts.unknown == 0,
            let next = RetryDeferred(backoff).next(of: mailing.ledger.deferred())
        {
            notBefore[number] = next
        }
    }

    private var resendsUnknown: Bool { office.configuration.delivery.onUnknown == .resend }

    private func hold(_ number: IssueNumber, reason: String) throws {
        guard var standing = try office.folder.issues.standing(number) else { return }
        (standing.state, standing.since, standing.reason, standing.released) = (.held, now(), reason, false)
        try office.folder.issues.save(standing, of: number)
        (sendings[number], notBefore[number]) = (nil, nil)
        report([.became(number, .held, reason: reason)])
    }

    private func wait(_ number: IssueNumber, _ seconds: TimeInterval) {
        notBefore[number] = now().addingTimeInterval(seconds)
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
