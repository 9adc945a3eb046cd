import Basics
import Bulletin
package import Foundation
package import Logging
import Planning
package import Records
import ServiceLifecycle
import Settings

/// The daemon's work: looks at what is due when there is a reason to, does it, and sends. A reason is a change that somebody
/// made, a deadline, the end of a pass, or another configuration; a slow look covers what the kernel did not tell. Every
/// step may be repeated after a crash.
package actor Workflow: Service {
    let inForce: LiveContext
    /// The configuration that this look works with: taken anew at the beginning of each.
    private(set) var context: PublishingContext
    let subscriberList: any SubscriberList
    let log: Logger
    let now: @Sendable () -> Date
    private let alive: @Sendable () -> Void
    let releaseMemory: @Sendable () -> Void
    let monitor: WorkflowMonitor
    private let executor = QueueExecutor(label: "workflow")
    /// Sends what is no mailing, beside it.
    package nonisolated let letters: LetterService
    /// Rung when there is a reason to look.
    let wake = WakeSignal()
    private let beat: Duration

    /// Where mailings are made ready, and what is being sent: see SendMailing.swift.
    var desk: PrepareMailing
    var send = SendState()
    var words: WorkflowLog
    /// Whether what was being sent when the daemon ended was looked at.
    private var hasResumed = false
    private var coming = Coming()
    /// When something is due next, and when to look in any case.
    private var nextDue: Date?
    private var nextLook = ContinuousClock.now
    /// Counts the contexts: which one ``context`` is.
    private var edition = 0
    /// When pauses were last ended, and what is kept no longer was last deleted.
    private var resumed = Date.distantPast
    private var tidied = Date.distantPast

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Between two looks that nothing asks for.
    private static let slowly = Duration.seconds(30)
    /// Between looks while a pass is under way, after a look that failed, and where the kernel tells of no changes.
    private static let (sending, failing, unwatched) = (
        Duration.milliseconds(500), Duration.seconds(1), Duration.seconds(1)
    )

    /// `tell` is given, in one line, what the daemon is doing; `alive` is called every `beat` or sooner, as long as what is
    /// being sent shows signs of life as well. `monitor` shows the rest of what is to be seen from beside. `releaseMemory` is
    /// called before memory is taken for a large list, and now and then while an issue is being sent: time to let go of what
    /// can be had again.
    package init(
        _ inForce: LiveContext, subscriberList: any SubscriberList, log: Logger, now: @escaping @Sendable () -> Date,
        monitor: WorkflowMonitor = WorkflowMonitor(), beat: Duration = .seconds(10),
        tell: @escaping @Sendable (String) -> Void, alive: @escaping @Sendable () -> Void = {},
        releaseMemory: @escaping @Sendable () -> Void = {}
    ) {
        (self.inForce, context, self.subscriberList, self.log) = (inForce, inForce.context, subscriberList, log)
        (self.now, self.alive, self.monitor, self.beat) = (now, alive, monitor, beat)
        self.releaseMemory = releaseMemory
        words = WorkflowLog(log, tell: tell)
        desk = PrepareMailing(inForce.context, subscriberList: subscriberList)
        letters = LetterService(inForce, subscriberList: subscriberList, log: log, now: now)
        inForce.wake(wake, on: [.configuration, .editorial, .deliveries, .folder, .clock])
    }

    package func run() async throws {
        await withDiscardingTaskGroup { group in
            // Beside the sending: a relay that does not answer must not keep it, or a decision, waiting.
            group.addTask { await self.letters.run() }
            var isWoken = true
            while !Task.isCancelled, !Task.isShuttingDownGracefully {
                if isWoken || isTimeToLook {
                    let begin = SuspendingClock.now
                    if !send.passes.isEmpty { releaseMemory() }
                    for mailing in look() {
                        group.addTask { await self.deliver(mailing) }
                    }
                    monitor.turned(since: begin, sending: send.mailings.mapValues(\.prepared.ledger.counts))
                    letters.wake()
                } else {
                    monitor.beat()
                }
                showLife()
                let (wake, rest) = (wake, pause)
                isWoken = await cancelWhenGracefulShutdown { await wake.wait(for: rest) }
            }
            // Each pass ends by itself once the replies that are due have come.
            send.stopPasses()
        }
        words.tell("stopped")
    }

    // MARK: When to look

    private var isTimeToLook: Bool {
        !send.passes.isEmpty || ContinuousClock.now >= nextLook || nextDue.map { $0 <= now() } ?? false
    }

    /// How long nothing is to be done.
    private var pause: Duration {
        if !send.passes.isEmpty { return Self.sending }
        var pause = min(beat, nextLook - .now)
        // A sleep may end a little early by the other clock.
        if let nextDue { pause = min(pause, .seconds(max(0, nextDue.timeIntervalSince(now())) + 0.01)) }
        return max(.zero, pause)
    }

    /// Not while a sending loop hangs: a relay that keeps it waiting does not, for it looks about all the same.
    private func showLife() {
        let hanging = Set(send.passes.filter { $0.value.isHanging }.keys)
        words.hangs(hanging)
        if hanging.isEmpty { alive() }
    }

    // MARK: Looking

    /// Does what is due, and returns that of which a pass is to begin now.
    func look() -> [Mailing] {
        nextLook = .now + (inForce.isWatched ? Self.slowly : Self.unwatched)
        takeOnContext()
        do {
            if let restoration = try context.folder.openRestoration() {
                send.stopPasses()
                words.trouble(with: nil, restoration.inWords)
                return []
            }
            let toSend = try doWhatIsDue()
            monitor.trouble(nil, at: now())
            words.endTrouble(with: nil)
            sayState()
            return begin(toSend)
        } catch {
            nextLook = .now + Self.failing
            let trouble = "cannot do what is due: \(error)"
            monitor.trouble(trouble, at: now())
            words.trouble(with: nil, trouble, isDiskFull: error.isDiskFull)
            return []
        }
    }

    /// On one reading of the state folder. Returns all that is to be sent, in order.
    private func doWhatIsDue() throws -> [Mailing] {
        if !hasResumed {
            words.report(try Resume(context)(at: now()))
            hasResumed = true
            releaseMemory()
        }
        try tidy()
        var snapshot = try Snapshot(context.folder, withCorrections: true)
        let due = try RunSchedule(context)(&snapshot, at: now())
        coming = due.coming
        words.report(due.events)
        let corrections = try TakeCorrections(context)(&snapshot, at: now())
        words.report(corrections.events)
        let resolved = try TakeResolutions(context)(snapshot, at: now())
        for mailing in resolved { log.notice("\(mailing.inWords) continues") }
        words.faults(snapshot.faults)
        // A mailing that continues is sent at the next look.
        if !resolved.isEmpty { wake.wake() }
        // A correction goes before what is still to be sent.
        let toSend = corrections.toSend + due.toSend.map { Mailing($0) }
        forget(allBut: toSend)
        send.stopPasses { !toSend.contains($0) }
        nextDue = [due.next, send.next].compactMap { $0 }.min()
        return toSend
    }

    /// The one of which a pass begins now. One at a time: they share the relay's connections.
    private func begin(_ toSend: [Mailing]) -> [Mailing] {
        let next = toSend.first { send.mailings[$0]?.prepared.corrected != nil ? isDueAgain($0) : isDue($0) }
        guard send.passes.isEmpty else {
            if let next, next.correction != nil, send.mailings[next] == nil {
                send.stopPasses { $0.correction == nil }
            }
            return []
        }
        guard let next else { return [] }
        send.notBefore[next] = .forever
        return [next]
    }

    /// A mailing under way continues with the bytes it began with, by other relays or at another pace as soon as its open
    /// messages are answered. One that waits for a relay is tried at once: the relay's settings may have been corrected.
    private func takeOnContext() {
        guard let next = inForce.taken(after: &edition) else { return }
        if let relays = try? next.configuration.relays(), relays != (try? context.configuration.relays()) {
            send.stopPasses()
        }
        (context, desk.context) = (next, next)
        for (mailing, sending) in send.mailings where sending.failures > 0 && send.passes[mailing] == nil {
            send.notBefore[mailing] = nil
        }
    }

    private func tidy() throws {
        let now = now()
        let tidying = ApplyRetention(context, subscriberList: subscriberList)
        // A clock that was put back must not stop it.
        if abs(now.timeIntervalSince(resumed)) >= 60 {
            resumed = now
            let count = try tidying.resume(at: now)
            if count > 0 { log.notice("ended \(count) pauses") }
        }
        guard abs(now.timeIntervalSince(tidied)) >= 86_400, send.passes.isEmpty, send.mailings.isEmpty else { return }
        tidied = now
        let reduced = try tidying.reduce(at: now)
        if reduced > 0 { log.notice("what was kept of \(reduced) people is deleted from the subscriber list") }
        if try tidying.compact(at: now, reduced: reduced) { log.notice("the subscriber list is rewritten") }
    }

    private func sayState() {
        if let trouble = words.trouble { return words.tell(trouble) }
        let line = StatusLine(now: now(), zone: context.zone)
        let first = send.mailings.min { $0.key.description < $1.key.description }
        let passing = send.passes.keys.first.flatMap { key in send.mailings[key].map { (key, $0) } }
        if let (mailing, sending) = passing ?? first.map({ ($0.key, $0.value) }) {
            words.tell(
                line.sending(
                    mailing.inWords, sending.prepared.ledger.counts, waitsForRelay: sending.failures > 0, coming))
        } else {
            words.tell(line.waiting(coming))
        }
    }
}
