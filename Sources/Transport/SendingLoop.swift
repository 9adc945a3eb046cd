import Bulletin

/// The loop that serves all connections of a submission, on one thread.
///
/// A turn reads every reply there is, hands letters to the connections that want one, has outcomes and handings
/// recorded, and only then sends: whatever is killed in between, the ledger knows of every letter the relay may have.
final class SendingLoop {
    private static let bellTag: UInt64 = 0

    private let source: any LetterSource
    private let recorder: any DeliveryRecorder
    private let patience: Patience
    private let stopOrder: StopOrder
    private let heartbeat: Heartbeat
    private let notice: (Submission.Notice) -> Void
    private let poller: Poller
    private let office: OpeningOffice
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 32 * 1024, alignment: 16)

    private var choice: RelayChoice
    private var ceiling: Ceiling
    private var pace: Pace?
    private var letters = Letters()
    private var lanes: [Lane] = []
    private var nextTag: UInt64 = 1
    /// Connections to the relay in use that are being opened.
    private var opening = 0
    /// Whether the relay in use has ever let us in: until then one connection is tried at a time, so that a wrong
    /// password is not offered many times over.
    private var isProven = false
    /// Set once it is settled why the run ends; what is under way is brought to its end.
    private var ending: Submission.Ending?

    /// Nil where the process has no descriptor left.
    init?(
        relays: [Relay], source: any LetterSource, recorder: any DeliveryRecorder, patience: Patience,
        stopOrder: StopOrder, heartbeat: Heartbeat, notice: @escaping (Submission.Notice) -> Void
    ) {
        guard let poller = Poller(), stopOrder.bell.descriptor >= 0,
            poller.add(stopOrder.bell.descriptor, as: Self.bellTag)
        else { return nil }
        (self.source, self.recorder, self.patience) = (source, recorder, patience)
        (self.stopOrder, self.heartbeat, self.notice, self.poller) = (stopOrder, heartbeat, notice, poller)
        office = OpeningOffice(bell: stopOrder.bell)
        choice = RelayChoice(relays)
        ceiling = Ceiling(relays.first?.connections ?? 1)
        pace = relays.first.flatMap { Pace(perMinute: $0.messagesPerMinute) }
    }

    deinit { scratch.deallocate() }

    func run() -> Submission.Ending {
        defer { office.close() }
        let bell = stopOrder.bell
        source.whenReady { bell.ring() }
        var ready: [Poller.Ready] = []
        while true {
            let now = ContinuousClock.now
            heartbeat.beat()
            read(ready)
            admitArrivals(now)
            minTime(now)
            sweep(now)
            hand(now)
            do {
                try letters.record(with: recorder)
            } catch {
                return .recorderFailed(error)
            }
            conclude()
            let isCut = send(now)
            openMore(now)
            if let ending, lanes.isEmpty { return close(ending) }
            ready = poller.wait(isCut ? 0 : min(timeout(now) ?? Heartbeat.interval, Heartbeat.interval))
        }
    }
}

// MARK: - A turn

extension SendingLoop {
    private func read(_ ready: [Poller.Ready]) {
        for event in ready {
            if event.tag == Self.bellTag {
                stopOrder.bell.answer()
            } else if let lane = lanes.first(where: { $0.tag == event.tag }) {
                lane.receive(scratch)
            }
        }
    }

    private func admitArrivals(_ now: ContinuousClock.Instant) {
        for arrival in office.collect() {
            if arrival.relay == choice.index { opening -= 1 }
            switch arrival.result {
            case .success(let connection): admit(connection, arrival.relay, now)
            case .failure(let fault): fail(fault, arrival.relay, now)
            }
        }
    }

    private func admit(_ connection: RelayConnection, _ relay: Int, _ now: ContinuousClock.Instant) {
        let lane = Lane(
            tag: nextTag, relay: relay, connection: connection, messages: choice[relay].messagesPerConnection,
            patience: patience, now: now)
        guard poller.add(connection.socket, as: lane.tag) else { return }
        nextTag += 1
        lanes.append(lane)
        if relay == choice.index { isProven = true }
        if ending != nil { lane.dialogue.leave() }
        notice(.connected(choice[relay]))
    }

    private func fail(_ fault: RelayConnection.Fault, _ relay: Int, _ now: ContinuousClock.Instant) {
        switch fault {
        case .authRefused(let reason):
            notice(.connectionFailed(choice[relay], reason: reason))
            finish(.authRefused(reason: reason))
        case .tlsRefused(let reason):
            notice(.connectionFailed(choice[relay], reason: reason))
            finish(.tlsRefused(reason: reason))
        case .unreachable(let reason):
            notice(.connectionFailed(choice[relay], reason: reason))
            guard relay == choice.index else { return }
            let open = lanes.count { $0.relay == relay } + opening
            if open == 0 {
                choice.wentDown(relay, reason)
                takeNextRelay()
            } else {
                easeOff(open + 1, relay, now)
            }
        }
    }

    /// What is out of time: a stage of a dialogue, or the wait after the word to stop.
    private func minTime(_ now: ContinuousClock.Instant) {
        if let deadline = stopOrder.deadline {
            finish(.stopped)
            if deadline <= now {
                for lane in lanes { lane.dialogue.end(.lost("sending was stopped before the relay answered")) }
            }
        }
        for lane in lanes where lane.deadline <= now { lane.expire(now) }
    }

    /// Collects what the dialogues came to, and closes those that are over.
    private func sweep(_ now: ContinuousClock.Instant) {
        var returned: [Envelope] = []
        for lane in lanes {
            let before = letters.settled.count
            let had = returned.count
            lane.dialogue.collect(settled: &letters.settled, returned: &returned)
            if letters.settled.count > before { choice.succeeded(lane.relay) }
            if lane.dialogue.isOver { close(lane, gaveBack: returned.count > had) }
            guard lane.dialogue.wasAskedToEaseOff else { continue }
            lane.dialogue.wasAskedToEaseOff = false
            let open = lanes.count { $0.relay == lane.relay }
            if easeOff(open, lane.relay, now), !lane.dialogue.isOver { lane.dialogue.leave() }
        }
        lanes.removeAll { $0.dialogue.isOver }
        letters.takeBack(returned)
    }

    private func close(_ lane: Lane, gaveBack: Bool) {
        poller.remove(lane.connection.socket)
        guard let fault = lane.dialogue.fault else { return }
        if gaveBack || lane.dialogue.settledCount > 0 { notice(.connectionLost(choice[lane.relay], reason: fault)) }
        guard gaveBack, lane.dialogue.settledCount == 0 else { return }
        let before = choice.index
        choice.cameToNothing(lane.relay, fault)
        if choice.index != before { takeNextRelay() }
    }

    /// Gives letters to the connections that want one. A letter more than they want is taken where another connection
    /// may be opened: whether it is needed shows by that.
    private func hand(_ now: ContinuousClock.Instant) {
        guard ending == nil else { return }
        let allowance = pace?.allowance(now) ?? .max
        let wanting = lanes.count(where: \.dialogue.wantsLetter)
        let mayOpen = lanes.count + opening < ceiling.connections(now)
        let missing = min(wanting + (mayOpen ? 1 : 0), allowance) - letters.waitingCount
        if missing > 0 { letters.add(source.take(missing)) }
        var left = allowance
        for lane in lanes {
            while left > 0, lane.dialogue.wantsLetter, let letter = letters.nextWaiting() {
                if let refusal = lane.dialogue.take(letter) {
                    letters.settled.append((letter.id, refusal))
                    continue
                }
                letters.hand(letter)
                pace?.spend(now)
                left -= 1
            }
        }
    }

    /// True where a connection was lost in sending, so that the turn is not over.
    private func send(_ now: ContinuousClock.Instant) -> Bool {
        var isCut = false
        for lane in lanes {
            let wasBlocked = lane.isBlocked
            lane.flush()
            if lane.isBlocked != wasBlocked {
                poller.change(lane.connection.socket, as: lane.tag, writes: lane.isBlocked)
            }
            lane.keepTime(now)
            if lane.dialogue.isOver { isCut = true }
        }
        return isCut
    }
}

// MARK: - Relays and endings

extension SendingLoop {
    private func openMore(_ now: ContinuousClock.Instant) {
        guard ending == nil, let relay = choice.current, letters.hasWaiting else { return }
        guard !lanes.contains(where: \.dialogue.wantsLetter) else { return }
        let here = lanes.count { $0.relay == choice.index }
        let room = isProven ? ceiling.connections(now) - here - opening : 1 - opening
        guard room > 0 else { return }
        for _ in 0..<(source.isFinished ? min(room, letters.waitingCount) : room) {
            opening += 1
            office.open(relay, choice.index, patience)
        }
    }

    private func takeNextRelay() {
        (opening, isProven) = (0, false)
        guard let relay = choice.current else { return finish(.unreachable(reason: choice.reason)) }
        ceiling = Ceiling(relay.connections)
        pace = Pace(perMinute: relay.messagesPerMinute)
    }

    @discardableResult
    private func easeOff(_ open: Int, _ relay: Int, _ now: ContinuousClock.Instant) -> Bool {
        guard relay == choice.index, ceiling.easeOff(open, now) else { return false }
        notice(.easedOff(choice[relay], connections: ceiling.connections(now)))
        return true
    }

    private func conclude() {
        guard ending == nil, !letters.hasWaiting, lanes.allSatisfy(\.dialogue.isIdle), source.isFinished else { return }
        finish(.finished)
    }

    /// No letter is given out any more; each connection ends with what it has.
    private func finish(_ reason: Submission.Ending) {
        guard ending == nil else { return }
        ending = reason
        for lane in lanes { lane.dialogue.leave() }
    }

    private func close(_ ending: Submission.Ending) -> Submission.Ending {
        letters.giveUp("no connection was left before it was sent")
        do {
            try letters.record(with: recorder)
        } catch {
            return .recorderFailed(error)
        }
        return ending
    }

    /// Milliseconds until something is out of time, rounded up; nil where nothing can be.
    private func timeout(_ now: ContinuousClock.Instant) -> Int? {
        var first = stopOrder.deadline
        func consider(_ time: ContinuousClock.Instant?) {
            if let time { first = min(first ?? time, time) }
        }
        for lane in lanes { consider(lane.deadline) }
        if ending == nil {
            consider(ceiling.rises)
            if let pace, pace.allowance(now) == 0 { consider(pace.opens(now)) }
        }
        guard let first else { return nil }
        let left = first - now
        guard left > .zero else { return 0 }
        let (seconds, attoseconds) = left.components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000) + 1
    }
}
