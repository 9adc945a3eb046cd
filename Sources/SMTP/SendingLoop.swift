import Bulletin
import Curl

/// The loop that serves all connections of a submission, on one thread.
///
/// A turn reads every reply, gives messages to the connections that want one, has outcomes and handovers recorded, and
/// only then sends: wherever the process is killed, the ledger knows of every message the relay may have.
final class SendingLoop {
    private static let wakeTag: UInt64 = 0
    /// With this many connections, replies gather for ``replyGatherDelay`` and are read together. A relay takes longer
    /// than that for this many messages, so it does not wait for us.
    private static let replyGatherThreshold = 8
    /// In microseconds. Measured: 100 to 250 save a fifth of the processor time of a message.
    private static let replyGatherDelay: UInt32 = 150

    let source: any MessageSource
    let priority: RelayTraffic.Priority
    let traffic: RelayTraffic
    let timeouts: Timeouts
    let notice: (Submission.Notice) -> Void
    let connector: Connector
    private let recorder: any DeliveryRecorder
    private let stopRequest: StopRequest
    private let heartbeat: Heartbeat
    private let poller: Poller
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 * 1024, alignment: 16)

    var selector: RelaySelector
    var messages = MessagesInFlight()
    var sessions: [RelaySession] = []
    private var nextTag: UInt64 = 1
    /// Connections that are being opened, by relay.
    var opening: [Int: Int] = [:]
    /// Whether the relay in use has ever accepted a connection: until then one connection is tried at a time, so that a
    /// wrong password is not sent many times over.
    var isProven = false
    /// Set once the reason for ending is known; messages in flight are then finished.
    var ending: Submission.Ending?

    /// Nil if the process has no descriptor left.
    init?(
        relays: [Relay], traffic: RelayTraffic, priority: RelayTraffic.Priority, source: any MessageSource,
        recorder: any DeliveryRecorder, timeouts: Timeouts, stopRequest: StopRequest,
        heartbeat: Heartbeat, notice: @escaping (Submission.Notice) -> Void
    ) {
        guard let poller = Poller(), stopRequest.waker.descriptor >= 0,
            poller.add(stopRequest.waker.descriptor, as: Self.wakeTag)
        else { return nil }
        (self.source, self.recorder, self.timeouts) = (source, recorder, timeouts)
        (self.traffic, self.priority) = (traffic, priority)
        (self.stopRequest, self.heartbeat, self.notice, self.poller) = (stopRequest, heartbeat, notice, poller)
        connector = Connector(waker: stopRequest.waker)
        selector = Self.selector(among: relays, traffic, rest: timeouts.relayRetryDelay, .now)
    }

    deinit { scratch.deallocate() }

    func run() -> Submission.Ending {
        let waker = stopRequest.waker
        traffic.enter(priority, waker)
        defer { leave() }
        source.whenReady { waker.wake() }
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
                try messages.record(with: recorder)
            } catch {
                return drain(after: error)
            }
            conclude()
            let isCut = send(now)
            openMore(now)
            if let ending, sessions.isEmpty { return close(ending) }
            // A turn for each single reply would cost as much as the message it is about.
            if sessions.count >= Self.replyGatherThreshold, !isCut { Poller.rest(microseconds: Self.replyGatherDelay) }
            ready = poller.wait(isCut ? 0 : min(timeout(now) ?? Heartbeat.interval, Heartbeat.interval))
        }
    }
}

// MARK: - A turn

extension SendingLoop {
    private func read(_ ready: [Poller.Ready]) {
        for event in ready {
            if event.tag == Self.wakeTag {
                stopRequest.waker.acknowledge()
            } else if let session = sessions.first(where: { $0.tag == event.tag }) {
                session.receive(scratch)
            }
        }
    }

    private func admitArrivals(_ now: ContinuousClock.Instant) {
        for arrival in connector.collect() {
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
            tag: nextTag, relay: relay, connection: connection, messages: selector[relay].messagesPerConnection,
            timeouts: timeouts, now: now)
        guard poller.add(connection.socket, as: session.tag) else { return count(-1, relay) }
        nextTag += 1
        sessions.append(session)
        cameUp(relay)
        if ending != nil || relay != selector.index { session.dialogue.leave() }
        notice(.connected(selector[relay]))
    }

    /// Ends the stages of dialogues that have timed out, and the wait after a request to stop.
    private func expireTimeouts(_ now: ContinuousClock.Instant) {
        if let deadline = stopRequest.deadline {
            finish(.stopped)
            if deadline <= now {
                for session in sessions { session.dialogue.end(.lost("sending was stopped before the relay answered")) }
            }
        }
        for session in sessions where session.deadline <= now { session.expire(now) }
    }

    /// Collects the dialogues' results, and closes finished sessions.
    private func sweep(_ now: ContinuousClock.Instant) {
        var returned: [OutgoingMessage] = []
        for session in sessions {
            let before = messages.settled.count
            let had = returned.count
            session.dialogue.collect(settled: &messages.settled, returned: &returned)
            let settled = messages.settled.count - before
            if settled > 0 { selector.succeeded(session.relay) }
            let answered = settled + returned.count - had
            if answered > 0 { traffic.with(selector[session.relay]) { use, _ in use.answer(answered, now) } }
            if let fault = session.dialogue.ourFault { finish(.ourFault(reason: fault)) }
            if session.dialogue.isOver { close(session, gaveBack: returned.count > had, now) }
            guard let throttling = session.dialogue.throttling else { continue }
            session.dialogue.throttling = nil
            if easeOff(throttling, session.relay, now), !session.dialogue.isOver { session.dialogue.leave() }
        }
        sessions.removeAll { $0.dialogue.isOver }
        messages.takeBack(returned)
    }

    private func close(_ session: RelaySession, gaveBack: Bool, _ now: ContinuousClock.Instant) {
        poller.remove(session.connection.socket)
        count(-1, session.relay)
        guard let fault = session.dialogue.fault else { return }
        if gaveBack || session.dialogue.settledCount > 0 {
            notice(.connectionLost(selector[session.relay], reason: fault))
        }
        guard gaveBack, session.dialogue.settledCount == 0 else { return }
        if selector.lostConnection(session.relay, fault, now) { takeNextRelay(now) }
    }

    /// Gives messages to the connections that want one. One message more is taken if another connection may be opened:
    /// its waiting shows that the connection is needed.
    private func hand(_ now: ContinuousClock.Instant) {
        guard ending == nil, let relay = selector.current else { return }
        let (allowance, room) = traffic.with(relay) { use, isShared in
            (use.allowance(now), use.room(priority, isShared: isShared, now))
        }
        leaveAll(but: room)
        let here = sessions.filter { $0.relay == selector.index }
        let wanting = here.count(where: \.dialogue.wantsMessage)
        let mayOpen = here.count + opening[selector.index, default: 0] < room
        let missing = min(wanting + (mayOpen ? 1 : 0), allowance) - messages.waitingCount
        if missing > 0 { messages.add(source.take(missing)) }
        var left = allowance
        for session in here {
            while left > 0, session.dialogue.wantsMessage, let message = messages.nextWaiting() {
                if let outcome = session.dialogue.take(message) {
                    messages.settled.append((message.id, outcome))
                    if let fault = session.dialogue.ourFault { return finish(.ourFault(reason: fault)) }
                    continue
                }
                messages.hand(message)
                left -= 1
            }
        }
        if left < allowance { traffic.with(relay) { use, _ in for _ in left..<allowance { use.spend(now) } } }
    }

    /// Connections above this priority's share send QUIT, so that other messages get through.
    private func leaveAll(but room: Int) {
        let staying = sessions.filter { $0.relay == selector.index && !$0.dialogue.isLeaving }
        guard staying.count > room else { return }
        for session in staying.suffix(staying.count - room) { session.dialogue.leave() }
    }

    /// True if a connection was lost while sending, so that the turn is not over.
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
        guard ending == nil, !messages.hasWaiting, sessions.allSatisfy(\.dialogue.isIdle), source.isFinished else {
            return
        }
        finish(.finished)
    }

    /// No more messages are given out; each connection finishes the ones it has.
    func finish(_ reason: Submission.Ending) {
        guard ending == nil else { return }
        ending = reason
        for session in sessions { session.dialogue.leave() }
    }

    private func close(_ ending: Submission.Ending) -> Submission.Ending {
        messages.giveUp("no connection was left before it was sent")
        do {
            try messages.record(with: recorder)
        } catch {
            return .recorderFailed(error, unrecorded: messages.settled)
        }
        return ending
    }

    /// The outcomes could not be recorded: nothing more is sent. The relay's replies to messages it already has are
    /// still read, so that their outcomes are known once the disk has space again.
    private func drain(after error: any Error) -> Submission.Ending {
        let unsent = Set(messages.handed)
        let end = min(stopRequest.deadline ?? .now + Submission.drainTime, .now + Submission.drainTime)
        while true {
            let now = ContinuousClock.now
            for session in sessions where !session.dialogue.awaitsOutcome || end <= now {
                session.dialogue.end(
                    .lost("nothing more was sent, because its outcome could not have been recorded"))
            }
            sweep(now)
            guard !sessions.isEmpty else { break }
            heartbeat.beat()
            let ready = poller.wait(min(Self.milliseconds(until: end, now), Heartbeat.interval))
            read(ready)
            // A connection with nothing to do must not keep the loop awake.
            for session in sessions where session.deadline <= now { session.expire(now) }
        }
        messages.giveUp("its outcome could not have been recorded")
        return .recorderFailed(error, unrecorded: messages.settled.filter { !unsent.contains($0.0) })
    }

    /// Releases this run's share of the relays.
    private func leave() {
        connector.close()
        for session in sessions {
            var (settled, returned): ([(SubscriberID, Outcome)], [OutgoingMessage]) = ([], [])
            session.dialogue.end(.lost("the run is over"))
            session.dialogue.collect(settled: &settled, returned: &returned)
            traffic.with(selector[session.relay]) { use, _ in use.answer(settled.count + returned.count, .now) }
            count(-1, session.relay)
        }
        sessions = []
        for (relay, number) in opening where number > 0 { count(-number, relay) }
        traffic.leave(stopRequest.waker)
    }

    /// Counts a connection more, or less, of this priority.
    func count(_ change: Int, _ relay: Int) {
        traffic.with(selector[relay]) { use, _ in use.count(change, priority) }
        if change < 0 { traffic.wakeOthers(than: stopRequest.waker) }
    }

    /// Milliseconds until the next timeout, rounded up; nil if there is none.
    private func timeout(_ now: ContinuousClock.Instant) -> Int? {
        var first = stopRequest.deadline
        func consider(_ time: ContinuousClock.Instant?) {
            if let time { first = min(first ?? time, time) }
        }
        for session in sessions { consider(session.deadline) }
        if ending == nil, let relay = selector.current {
            traffic.with(relay) { use, _ in
                consider(use.rises)
                if use.allowance(now) == 0 { consider(use.opens(now)) }
            }
            consider(selector.nextProbe)
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
