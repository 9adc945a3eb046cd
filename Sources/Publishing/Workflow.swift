import Bulletin
package import Foundation
package import Logging
package import Records
import ServiceLifecycle
import Settings

/// The daemon's work: looks at the wall clock every half second, does what is due, and sends. It sleeps in short steps, so
/// that a suspend, a stepped clock or a late start is noticed; every step may be repeated after a crash.
package actor Workflow: Service {
    private let inForce: OfficeInForce
    /// What this turn works with: taken anew at the beginning of each.
    private(set) var office: Office
    let roll: any Roll
    let log: Logger
    let now: @Sendable () -> Date
    private let tell: @Sendable (String) -> Void
    private let alive: @Sendable () -> Void
    let travelLight: @Sendable () -> Void
    let pulse: Pulse
    private let executor = QueueExecutor(label: "workflow")

    // What is being sent; what becomes of it stands in SendDispatch.swift.
    var desk: MailingDesk
    var sendings: [Dispatch: Sending] = [:]
    var passes: [Dispatch: Deliver] = [:]
    var notBefore: [Dispatch: Wait] = [:]
    /// Outcomes that are known and could not be written down yet.
    var unrecorded: [Dispatch: [SubscriberID: Outcome]] = [:]
    /// What goes wrong, by what it concerns; nil is the look at what is due.
    private var troubles: [Dispatch?: String] = [:]
    /// Whether what was being sent when the daemon ended was looked at.
    private var hasResumed = false
    private var coming = Coming()
    private var saidToHang: Set<Dispatch> = []
    /// Which office ``office`` is.
    private var edition = 0
    /// When the roll was last looked through for pauses that are over, and tidied.
    private var resumed = Date.distantPast
    private var tidied = Date.distantPast

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// `tell` is given, in one line, what the daemon is doing; `alive` is called after each turn, as long as what is being
    /// sent shows signs of life as well. `pulse` shows the rest of what is to be seen from beside. `travelLight` is called
    /// before memory is taken for a large roll, and now and then while an issue is being sent: time to let go of what can be
    /// had again.
    package init(
        _ inForce: OfficeInForce, roll: any Roll, log: Logger, now: @escaping @Sendable () -> Date,
        pulse: Pulse = Pulse(),
        tell: @escaping @Sendable (String) -> Void, alive: @escaping @Sendable () -> Void = {},
        travelLight: @escaping @Sendable () -> Void = {}
    ) {
        (self.inForce, office, self.roll, self.log) = (inForce, inForce.office, roll, log)
        (self.now, self.tell, self.alive, self.pulse) = (now, tell, alive, pulse)
        self.travelLight = travelLight
        desk = MailingDesk(inForce.office, roll: roll)
    }

    package func run() async throws {
        await withDiscardingTaskGroup { group in
            // Beside the sending: a relay that does not answer must not keep it, or a decision, waiting.
            group.addTask { await self.correspond() }
            while !Task.isCancelled, !Task.isShuttingDownGracefully {
                let begin = SuspendingClock.now
                if !passes.isEmpty { travelLight() }
                for dispatch in look() {
                    group.addTask { await self.deliver(dispatch) }
                }
                pulse.turned(since: begin, sending: sendings.mapValues(\.mailing.ledger.counts))
                showLife()
                await pause()
            }
            // Each pass ends by itself once the replies that are due have come.
            for pass in passes.values { pass.stop() }
        }
        tell("stopped")
    }

    private nonisolated func correspond() async {
        var tellEditors = TellEditors(inForce.office, roll: roll, log: log)
        var answerWishes = AnswerWishes(inForce.office, roll: roll, log: log)
        var answerProofs = AnswerProofs(inForce.office, log: log)
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let office = inForce.office
            if (try? office.folder.openRestoration()) == .some(.none) {
                (tellEditors.office, answerWishes.office, answerProofs.office) = (office, office, office)
                await answerProofs(at: now())
                await answerWishes(at: now())
                await tellEditors(at: now())
            }
            await pause()
        }
    }

    private nonisolated func pause() async {
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(500)) }
    }

    /// Not while a sending loop hangs: a relay that keeps it waiting does not, for it looks about all the same.
    private func showLife() {
        let hanging = Set(passes.filter { $0.value.isHanging }.keys)
        for dispatch in hanging.subtracting(saidToHang) { log.critical("\(dispatch.inWords): the sending hangs") }
        saidToHang = hanging
        if hanging.isEmpty { alive() }
    }

    // MARK: Looking

    /// Does what is due, and returns that of which a pass is to begin now.
    func look() -> [Dispatch] {
        takeOnOffice()
        do {
            if let restoration = try office.folder.openRestoration() {
                for pass in passes.values { pass.stop() }
                trouble(with: nil, restoration.inWords)
                return []
            }
            if !hasResumed {
                report(try Resume(office)(at: now()))
                hasResumed = true
                travelLight()
            }
            try tidy()
            let due = try KeepTime(office)(at: now())
            coming = due.coming
            report(due.events)
            let corrections = try TakeCorrections(office)(at: now())
            report(corrections.events)
            for dispatch in try TakeResolutions(office)(at: now()) { log.notice("\(dispatch.inWords) goes on") }
            // What is put right goes before what is still to be sent.
            let toSend = corrections.toSend + due.toSend.map { Dispatch($0) }
            forget(allBut: toSend)
            for (dispatch, pass) in passes where !toSend.contains(dispatch) { pass.stop() }
            pulse.trouble(nil, at: now())
            endTrouble(with: nil)
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
            notBefore[next] = .forever
            return [next]
        } catch {
            let words = "cannot do what is due: \(error)"
            pulse.trouble(words, at: now())
            trouble(with: nil, words)
            return []
        }
    }

    /// What is being sent goes on with the bytes it began with, by other relays or at another pace as soon as what is under
    /// way is answered; what waits for a relay that did not answer is tried at once, for that may be what was mended.
    private func takeOnOffice() {
        guard let next = inForce.taken(after: &edition) else { return }
        if let relays = try? next.configuration.relays(), relays != (try? office.configuration.relays()) {
            for pass in passes.values { pass.stop() }
        }
        (office, desk.office) = (next, next)
        for (dispatch, sending) in sendings where sending.failures > 0 && passes[dispatch] == nil {
            notBefore[dispatch] = nil
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

    /// Said once, not twice a second. What is full is made room in by a person, and it goes on by itself then.
    func trouble(with dispatch: Dispatch?, _ words: String) {
        let words =
            words.contains("No space left on device") ? "\(words); make room there, and it goes on by itself" : words
        guard words != troubles[dispatch] else { return }
        troubles[dispatch] = words
        log.error("\(words)")
        tell(words)
    }

    func endTrouble(with dispatch: Dispatch?) {
        guard troubles.removeValue(forKey: dispatch) != nil else { return }
        log.notice("\(dispatch?.inWords ?? "what is due") goes on")
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
        if let words = troubles.values.first { return tell(words) }
        let line = StatusLine(now: now(), zone: office.zone)
        let first = sendings.min { $0.key.description < $1.key.description }
        if let (dispatch, sending) = passes.keys.first.flatMap({ key in sendings[key].map { (key, $0) } }) ?? first {
            tell(
                line.sending(
                    dispatch.inWords, sending.mailing.ledger.counts, waitsForRelay: sending.failures > 0, coming))
        } else {
            tell(line.waiting(coming))
        }
    }
}
