import Bulletin
package import Foundation
package import Logging
package import Records
import ServiceLifecycle
import Settings

/// The daemon's work: looks at the wall clock every half second, does what is due, and sends. It sleeps in short steps, so
/// that a suspend, a stepped clock or a late start is noticed; every step may be repeated after a crash.
package actor Workflow: Service {
    let office: Office
    let roll: any Roll
    let log: Logger
    let now: @Sendable () -> Date
    private let tell: @Sendable (String) -> Void
    private let executor = QueueExecutor(label: "workflow")

    // What is being sent; what becomes of it stands in SendDispatch.swift.
    var desk: MailingDesk
    var sendings: [Dispatch: Sending] = [:]
    var passes: [Dispatch: Deliver] = [:]
    var notBefore: [Dispatch: Date] = [:]
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
        desk = MailingDesk(office, roll: roll)
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

    /// Said once, not twice a second.
    func trouble(_ words: String) {
        guard words != lastTrouble else { return }
        lastTrouble = words
        log.error("\(words)")
        tell(words)
    }

    func report(_ events: [KeepTime.Event]) {
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
}
