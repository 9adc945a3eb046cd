import Bulletin
import Curl

/// The loop that serves all connections of a submission, on one thread.
///
/// A turn reads every reply there is, hands letters to the connections that want one, has outcomes and handings
/// recorded, and only then sends: whatever is killed in between, the ledger knows of every letter the relay may have.
final class SendingLoop {
    private static let bellTag: UInt64 = 0
    /// On so many connections replies are let gather for ``replyGatherDelay`` and are read together. No relay takes less for as many
    /// messages, so it does not wait for us meanwhile.
    private static let many = 8
    /// In microseconds. By measurement 100 to 250 take a fifth off the processor time of a message.
    private static let replyGatherDelay: UInt32 = 150

    let source: any LetterSource
    let priority: RelayTraffic.Priority
    let traffic: RelayTraffic
    let timeouts: Timeouts
    let notice: (Submission.Notice) -> Void
    let context: Connector
    private let recorder: any DeliveryRecorder
    private let stopOrder: StopOrder
    private let heartbeat: Heartbeat
    private let poller: Poller
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 * 1024, alignment: 16)

    var choice: RelaySelector
    var letters = Letters()
    var sessions: [RelaySession] = []
    private var nextTag: UInt64 = 1
    /// Connections that are being opened, by relay.
    var opening: [Int: Int] = [:]
    /// Whether the relay in use has ever let us in: until then one connection is tried at a time, so that a wrong
    /// password is not offered many times over.
    var isProven = false
    /// Set once it is settled why the run ends; what is under way is brought to its end.
    var ending: Submission.Ending?

    /// Nil where the process has no descriptor left.
    init?(
        relays: [Relay], traffic: RelayTraffic, priority: RelayTraffic.Priority, source: any LetterSource,
        recorder: any DeliveryRecorder, timeouts: Timeouts, stopOrder: StopOrder,
        heartbeat: Heartbeat, notice: @escaping (Submission.Notice) -> Void
    ) {
        guard let poller = Poller(), stopOrder.waker.descriptor >= 0,
            poller.add(stopOrder.waker.descriptor, as: Self.bellTag)
        else { return nil }
        (self.source, self.recorder, self.timeouts) = (source, recorder, timeouts)
        (self.traffic, self.priority) = (traffic, priority)
        (self.stopOrder, self.heartbeat, self.notice, self.poller) = (stopOrder, heartbeat, notice, poller)
        context = Connector(waker: stopOrder.waker)
        choice = Self.choice(among: relays, traffic, rest: timeouts.relayRest, .now)
    }

    deinit { scratch.deallocate() }

    func run() -> Submission.Ending {
        let waker = stopOrder.waker
        traffic.enter(priority, waker)
        defer { leave() }
        source.whenReady { waker.ring() }
        var ready: [Poller.Ready] = []
        while true {
            let now = ContinuousClock.now
            heartbeat.beat()
            read(ready)
            admitArrivals(now)
            expireTimeouts(now)
            sweep(now)
            hand(now)
            do {
                try letters.record(with: recorder)
            } catch {
                return drain(after: error)
            }
            conclude()
            let isCut = send(now)
            openMore(now)
            if let ending, sessions.isEmpty { return close(ending) }
            // A turn for each reply alone would cost as much as the letter that it is about.
            if sessions.count >= Self.many, !isCut { Poller.rest(microseconds: Self.replyGatherDelay) }
            ready = poller.wait(isCut ? 0 : min(timeout(now) ?? Heartbeat.interval, Heartbeat.interval))
        }
    }
}

// MARK: - A turn

extension SendingLoop {
    private func read(_ ready: [Poller.Ready]) {
        for event in ready {
            if event.tag == Self.bellTag {
                stopOrder.waker.answer()
            } else if let session = sessions.first(where: { $0.tag == event.tag }) {
                session.receive(scratch)
            }
        }
    }

    private func admitArrivals(_ now: ContinuousClock.Instant) {
        for arrival in context.collect() {
            opening[arrival.relay, default: 0] -= 1
            switch arrival.result {
            case .success(let connection): admit(connection, arrival.relay, now)
            case .failure(let fault):
                count(-1, arrival.relay)
                fail(fault, arrival.relay, now)
            }
        }
    }

    private func admit(_ connection: RelayConnection, _ relay: Int, _ now: ContinuousClock.Instant) {
        let session = RelaySession(
            tag: nextTag, relay: relay, connection: connection, messages: choice[relay].messagesPerConnection,
            timeouts: timeouts, now: now)
        guard poller.add(connection.socket, as: session.tag) else { return count(-1, relay) }
        nextTag += 1
        sessions.append(session)
        cameUp(relay)
        if ending != nil || relay != choice.index { session.dialogue.leave() }
        notice(.connected(choice[relay]))
    }

    /// What is out of time: a stage of a dialogue, or the wait after the word to stop.
    private func expireTimeouts(_ now: ContinuousClock.Instant) {
        if let deadline = stopOrder.deadline {
            finish(.stopped)
            if deadline <= now {
                for session in sessions { session.dialogue.end(.lost("sending was stopped before the relay answered")) }
            }
        }
        for session in sessions where session.deadline <= now { session.expire(now) }
    }

    /// Collects what the dialogues came to, and closes those that are over.
    private func sweep(_ now: ContinuousClock.Instant) {
        var returned: [OutgoingMessage] = []
        for session in sessions {
            let before = letters.settled.count
            let had = returned.count
            session.dialogue.collect(settled: &letters.settled, returned: &returned)
            let settled = letters.settled.count - before
            if settled > 0 { choice.succeeded(session.relay) }
            let answered = settled + returned.count - had
            if answered > 0 { traffic.with(choice[session.relay]) { use, _ in use.answer(answered, now) } }
            if let fault = session.dialogue.ourFault { finish(.ourFault(reason: fault)) }
            if session.dialogue.isOver { close(session, gaveBack: returned.count > had, now) }
            guard let asking = session.dialogue.asksToEaseOff else { continue }
            session.dialogue.asksToEaseOff = nil
            if easeOff(asking, session.relay, now), !session.dialogue.isOver { session.dialogue.leave() }
        }
        sessions.removeAll { $0.dialogue.isOver }
        letters.takeBack(returned)
    }

    private func close(_ session: RelaySession, gaveBack: Bool, _ now: ContinuousClock.Instant) {
        poller.remove(session.connection.socket)
        count(-1, session.relay)
        guard let fault = session.dialogue.fault else { return }
        if gaveBack || session.dialogue.settledCount > 0 {
            notice(.connectionLost(choice[session.relay], reason: fault))
        }
        guard gaveBack, session.dialogue.settledCount == 0 else { return }
        if choice.cameToNothing(session.relay, fault, now) { takeNextRelay(now) }
    }

    /// Gives letters to the connections that want one. A letter more than they want is taken where another connection
    /// may be opened: whether it is needed shows by that.
    private func hand(_ now: ContinuousClock.Instant) {
        guard ending == nil, let relay = choice.current else { return }
        let (allowance, room) = traffic.with(relay) { use, isShared in
            (use.allowance(now), use.room(priority, isShared: isShared, now))
        }
        leaveAll(but: room)
        let here = sessions.filter { $0.relay == choice.index }
        let wanting = here.count(where: \.dialogue.wantsLetter)
        let mayOpen = here.count + opening[choice.index, default: 0] < room
        let missing = min(wanting + (mayOpen ? 1 : 0), allowance) - letters.waitingCount
        if missing > 0 { letters.add(source.take(missing)) }
        var left = allowance
        for session in here {
            while left > 0, session.dialogue.wantsLetter, let letter = letters.nextWaiting() {
                if let outcome = session.dialogue.take(letter) {
                    letters.settled.append((letter.id, outcome))
                    if let fault = session.dialogue.ourFault { return finish(.ourFault(reason: fault)) }
                    continue
                }
                letters.hand(letter)
                left -= 1
            }
        }
        if left < allowance { traffic.with(relay) { use, _ in for _ in left..<allowance { use.spend(now) } } }
    }

    /// Connections above what this errand may have say QUIT, so that another's letters get through.
    private func leaveAll(but room: Int) {
        let staying = sessions.filter { $0.relay == choice.index && !$0.dialogue.isLeaving }
        guard staying.count > room else { return }
        for session in staying.suffix(staying.count - room) { session.dialogue.leave() }
    }

    /// True where a connection was lost in sending, so that the turn is not over.
    private func send(_ now: ContinuousClock.Instant) -> Bool {
        var isCut = false
        for session in sessions {
            let wasBlocked = session.isBlocked
            session.flush()
            if session.isBlocked != wasBlocked {
                poller.change(session.connection.socket, as: session.tag, writes: session.isBlocked)
            }
            session.keepTime(now)
            if session.dialogue.isOver { isCut = true }
        }
        return isCut
    }
}

// MARK: - Relays and endings

extension SendingLoop {
    private func conclude() {
        guard ending == nil, !letters.hasWaiting, sessions.allSatisfy(\.dialogue.isIdle), source.isFinished else {
            return
        }
        finish(.finished)
    }

    /// No letter is given out any more; each connection ends with what it has.
    func finish(_ reason: Submission.Ending) {
        guard ending == nil else { return }
        ending = reason
        for session in sessions { session.dialogue.leave() }
    }

    private func close(_ ending: Submission.Ending) -> Submission.Ending {
        letters.giveUp("no connection was left before it was sent")
        do {
            try letters.record(with: recorder)
        } catch {
            return .recorderFailed(error, unrecorded: letters.settled)
        }
        return ending
    }

    /// The outcomes could not be written down: not a byte more is sent. What the relay answers to what it has already is
    /// still read, so that it is not unknown once there is room to write again.
    private func drain(after error: any Error) -> Submission.Ending {
        let unsent = Set(letters.handed)
        let end = min(stopOrder.deadline ?? .now + Submission.drainTime, .now + Submission.drainTime)
        while true {
            let now = ContinuousClock.now
            for session in sessions where !session.dialogue.awaitsOutcome || end <= now {
                session.dialogue.end(
                    .lost("nothing more was sent, because its outcome could not have been written down"))
            }
            sweep(now)
            guard !sessions.isEmpty else { break }
            heartbeat.beat()
            let ready = poller.wait(min(Self.milliseconds(until: end, now), Heartbeat.interval))
            read(ready)
            // A connection that is only waited for must not keep the loop awake.
            for session in sessions where session.deadline <= now { session.expire(now) }
        }
        letters.giveUp("its outcome could not have been written down")
        return .recorderFailed(error, unrecorded: letters.settled.filter { !unsent.contains($0.0) })
    }

    /// Gives back what this run used of what it shares with others.
    private func leave() {
        context.close()
        for session in sessions {
            var (settled, returned): ([(SubscriberID, Outcome)], [OutgoingMessage]) = ([], [])
            session.dialogue.end(.lost("the run is over"))
            session.dialogue.collect(settled: &settled, returned: &returned)
            traffic.with(choice[session.relay]) { use, _ in use.answer(settled.count + returned.count, .now) }
            count(-1, session.relay)
        }
        sessions = []
        for (relay, number) in opening where number > 0 { count(-number, relay) }
        traffic.leave(stopOrder.waker)
    }

    /// A connection more, or less, of this errand.
    func count(_ change: Int, _ relay: Int) {
        traffic.with(choice[relay]) { use, _ in use.count(change, priority) }
        if change < 0 { traffic.wakeOthers(than: stopOrder.waker) }
    }

    /// Milliseconds until something is out of time, rounded up; nil where nothing can be.
    private func timeout(_ now: ContinuousClock.Instant) -> Int? {
        var first = stopOrder.deadline
        func consider(_ time: ContinuousClock.Instant?) {
            if let time { first = min(first ?? time, time) }
        }
        for session in sessions { consider(session.deadline) }
        if ending == nil, let relay = choice.current {
            traffic.with(relay) { use, _ in
                consider(use.rises)
                if use.allowance(now) == 0 { consider(use.opens(now)) }
            }
            consider(choice.nextProbe)
        }
        return first.map { Self.milliseconds(until: $0, now) }
    }

    private static func milliseconds(until time: ContinuousClock.Instant, _ now: ContinuousClock.Instant) -> Int {
        let left = time - now
        guard left > .zero else { return 0 }
        let (seconds, attoseconds) = left.components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000) + 1
    }
}
