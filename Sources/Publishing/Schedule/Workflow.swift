import Basics
import Bulletin
package import Foundation
package import Logging
import Planning
package import Records
import ServiceLifecycle
import Settings

/// The daemon's work: looks at the wall clock every half second, does what is due, and sends. It sleeps in short steps, so
/// that a suspend, a stepped clock or a late start is noticed; every step may be repeated after a crash.
package actor Workflow: Service {
    private let inForce: LiveContext
    /// The configuration and folder of this turn: taken anew at the beginning of each.
    private(set) var context: PublishingContext
    let subscriberList: any SubscriberList
    let log: Logger
    let now: @Sendable () -> Date
    private let tell: @Sendable (String) -> Void
    private let alive: @Sendable () -> Void
    let releaseMemory: @Sendable () -> Void
    let monitor: WorkflowMonitor
    private let executor = QueueExecutor(label: "workflow")
    /// Sends what is no mailing, beside it.
    package nonisolated let letters: LetterService

    // The mailings being sent: see SendMailing.swift.
    var desk: PrepareMailing
    var sendings: [Mailing: Sending] = [:]
    var passes: [Mailing: Deliver] = [:]
    var notBefore: [Mailing: Wait] = [:]
    /// Outcomes that are known and could not be written down yet.
    var unrecorded: [Mailing: [SubscriberID: Outcome]] = [:]
    /// The latest fault of each mailing; under nil, that of the look at what is due.
    private var troubles: [Mailing?: String] = [:]
    /// Whether what was being sent when the daemon ended was looked at.
    private var hasResumed = false
    private var coming = Coming()
    private var saidToHang: Set<Mailing> = []
    /// The edition of the configuration in ``context``.
    private var edition = 0
    /// When the subscriber list was last searched for ended pauses, and when retention was last applied.
    private var resumed = Date.distantPast
    private var tidied = Date.distantPast

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// `tell` is given, in one line, what the daemon is doing; `alive` is called after each turn, as long as what is being
    /// sent shows signs of life as well. `monitor` shows the rest of what is to be seen from beside. `releaseMemory` is called
    /// before memory is taken for a large roll, and now and then while an issue is being sent: time to let go of what can be
    /// had again.
    package init(
        _ inForce: LiveContext, subscriberList: any SubscriberList, log: Logger, now: @escaping @Sendable () -> Date,
        monitor: WorkflowMonitor = WorkflowMonitor(),
        tell: @escaping @Sendable (String) -> Void, alive: @escaping @Sendable () -> Void = {},
        releaseMemory: @escaping @Sendable () -> Void = {}
    ) {
        (self.inForce, context, self.subscriberList, self.log) = (inForce, inForce.context, subscriberList, log)
        (self.now, self.tell, self.alive, self.monitor) = (now, tell, alive, monitor)
        self.releaseMemory = releaseMemory
        desk = PrepareMailing(inForce.context, subscriberList: subscriberList)
        letters = LetterService(inForce, subscriberList: subscriberList, log: log, now: now)
    }

    package func run() async throws {
        await withDiscardingTaskGroup { group in
            // Beside the sending: a relay that does not answer must not keep it, or a decision, waiting.
            group.addTask { await self.letters.run() }
            while !Task.isCancelled, !Task.isShuttingDownGracefully {
                let begin = SuspendingClock.now
                if !passes.isEmpty { releaseMemory() }
                for mailing in look() {
                    group.addTask { await self.deliver(mailing) }
                }
                monitor.turned(since: begin, sending: sendings.mapValues(\.prepared.ledger.counts))
                letters.wake()
                showLife()
                await pause()
            }
            // Each pass ends by itself once the replies that are due have come.
            for pass in passes.values { pass.stop() }
        }
        tell("stopped")
    }

    private nonisolated func pause() async {
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(500)) }
    }

    /// Not while a sending loop hangs: a relay that keeps it waiting does not, for it looks about all the same.
    private func showLife() {
        let hanging = Set(passes.filter { $0.value.isHanging }.keys)
        for mailing in hanging.subtracting(saidToHang) { log.critical("\(mailing.inWords): the sending hangs") }
        saidToHang = hanging
        if hanging.isEmpty { alive() }
    }

    // MARK: Looking

    /// Does what is due, and returns that of which a pass is to begin now.
    func look() -> [Mailing] {
        takeOnOffice()
        do {
            if let restoration = try context.folder.openRestoration() {
                for pass in passes.values { pass.stop() }
                trouble(with: nil, restoration.inWords)
                return []
            }
            if !hasResumed {
                report(try Resume(context)(at: now()))
                hasResumed = true
                releaseMemory()
            }
            try tidy()
            let due = try RunSchedule(context)(at: now())
            coming = due.coming
            report(due.events)
            let corrections = try TakeCorrections(context)(at: now())
            report(corrections.events)
            for mailing in try TakeResolutions(context)(at: now()) { log.notice("\(mailing.inWords) continues") }
            // Corrections go before issues.
            let toSend = corrections.toSend + due.toSend.map { Mailing($0) }
            forget(allBut: toSend)
            for (mailing, pass) in passes where !toSend.contains(mailing) { pass.stop() }
            monitor.trouble(nil, at: now())
            endTrouble(with: nil)
            sayState()
            let next = toSend.first { sendings[$0]?.prepared.corrected != nil ? isDueAgain($0) : isDue($0) }
            // One at a time: they share the relay's connections.
            guard passes.isEmpty else {
                if let next, next.correction != nil, sendings[next] == nil {
                    for (mailing, pass) in passes where mailing.correction == nil { pass.stop() }
                }
                return []
            }
            guard let next else { return [] }
            notBefore[next] = .forever
            return [next]
        } catch {
            let words = "cannot do what is due: \(error)"
            monitor.trouble(words, at: now())
            trouble(with: nil, words)
            return []
        }
    }

    /// Takes on a new configuration. Mailings that have begun keep their bytes, and use the new relays and rates as soon as
    /// the messages in flight are answered. A mailing that waits for a failed relay is tried at once: the new configuration
    /// may have mended that.
    private func takeOnOffice() {
        guard let next = inForce.taken(after: &edition) else { return }
        if let relays = try? next.configuration.relays(), relays != (try? context.configuration.relays()) {
            for pass in passes.values { pass.stop() }
        }
        (context, desk.context) = (next, next)
        for (mailing, sending) in sendings where sending.failures > 0 && passes[mailing] == nil {
            notBefore[mailing] = nil
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
        guard abs(now.timeIntervalSince(tidied)) >= 86_400, passes.isEmpty, sendings.isEmpty else { return }
        tidied = now
        let reduced = try tidying.reduce(at: now)
        if reduced > 0 { log.notice("reduced or erased the records of \(reduced) people") }
        if try tidying.compact(at: now, reduced: reduced) { log.notice("rewrote the subscriber list") }
    }

    /// Logged once, not twice a second. After a full disk the work resumes by itself once there is space.
    func trouble(with mailing: Mailing?, _ words: String) {
        let words =
            words.contains("No space left on device")
            ? "\(words); free some space there, and it resumes by itself" : words
        guard words != troubles[mailing] else { return }
        troubles[mailing] = words
        log.error("\(words)")
        tell(words)
    }

    func endTrouble(with mailing: Mailing?) {
        guard troubles.removeValue(forKey: mailing) != nil else { return }
        log.notice("\(mailing?.inWords ?? "the schedule") continues")
    }

    func report(_ events: [RunSchedule.Event]) {
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
            case .taken(let mailing): log.notice("\(mailing.inWords) is accepted")
            case .became(let mailing, let state, let reason):
                log.notice("\(mailing.inWords) is \(state.rawValue)\(reason.map { ": \($0)" } ?? "")")
            }
        }
    }

    private func sayState() {
        if let words = troubles.values.first { return tell(words) }
        let line = StatusLine(now: now(), zone: context.zone)
        let first = sendings.min { $0.key.description < $1.key.description }
        if let (mailing, sending) = passes.keys.first.flatMap({ key in sendings[key].map { (key, $0) } }) ?? first {
            tell(
                line.sending(
                    mailing.inWords, sending.prepared.ledger.counts, waitsForRelay: sending.failures > 0, coming))
        } else {
            tell(line.waiting(coming))
        }
    }
}
