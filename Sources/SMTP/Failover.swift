import Curl

// Which relay the loop uses, and how many connections it has there.

extension SendingLoop {
    static func choice(
        among relays: [Relay], _ traffic: RelayTraffic, rest: Duration, _ now: ContinuousClock.Instant
    ) -> RelaySelector {
        var known: [Int: (until: ContinuousClock.Instant, reason: String)] = [:]
        for (index, relay) in relays.enumerated() {
            if let down = traffic.with(relay, { use, _ in use.down }), down.until > now { known[index] = down }
        }
        for relay in relays { traffic.with(relay) { use, _ in use.follow(relay) } }
        return RelaySelector(relays, known: known, rest: rest)
    }

    func openMore(_ now: ContinuousClock.Instant) {
        guard ending == nil, let relay = choice.current else { return }
        if letters.hasWaiting || !source.isFinished, let probed = choice.probe(now) { open(probed) }
        guard letters.hasWaiting else { return }
        let here = sessions.filter { $0.relay == choice.index }
        guard !here.contains(where: \.dialogue.wantsLetter) else { return }
        let opening = opening[choice.index, default: 0]
        let allowed = traffic.with(relay) { use, isShared in use.room(priority, isShared: isShared, now) }
        let room = min(allowed - here.count - opening, isProven ? .max : 1 - opening)
        guard room > 0 else { return }
        for _ in 0..<(source.isFinished ? min(room, letters.waitingCount) : room) { open(choice.index) }
    }

    private func open(_ relay: Int) {
        opening[relay, default: 0] += 1
        count(1, relay)
        context.open(choice[relay], relay, timeouts)
    }

    /// A connection to that relay stands.
    func cameUp(_ relay: Int) {
        traffic.with(choice[relay]) { use, _ in use.cameUp() }
        if relay < choice.index {
            choice.cameUp(relay)
            notice(.uses(choice[relay]))
            // The letters under way there come to their end first.
            for session in sessions where session.relay != relay { session.dialogue.leave() }
        }
        if relay == choice.index { isProven = true }
    }

    func fail(_ fault: RelayConnection.Fault, _ relay: Int, _ now: ContinuousClock.Instant) {
        let reason: String
        let failure: RelaySelector.Failure
        switch fault {
        case .authRefused(let words): (reason, failure) = (words, .authRefused)
        case .tlsRefused(let words): (reason, failure) = (words, .tlsRefused)
        case .unreachable(let words): (reason, failure) = (words, .unreachable)
        }
        notice(.connectionFailed(choice[relay], reason: reason))
        guard relay == choice.index else {
            // It was tried again while another is in use, or is one that was given up since.
            if relay < choice.index { choice.wentDown(relay, reason, failure, now) }
            return
        }
        let open = sessions.count { $0.relay == relay } + opening[relay, default: 0]
        guard open > 0, failure == .unreachable else {
            choice.wentDown(relay, reason, failure, now)
            return takeNextRelay(now)
        }
        guard let most = traffic.with(choice[relay], { use, _ in use.bearsNoMore(open: open + 1, now) }) else { return }
        notice(.easedOff(choice[relay], connections: most, perMinute: nil))
    }

    func takeNextRelay(_ now: ContinuousClock.Instant) {
        isProven = false
        for (index, down) in choice.known where down.tryAgain > now {
            traffic.with(choice[index]) { use, _ in use.wentDown(down.reason, until: down.tryAgain) }
        }
        if let relay = choice.current { return notice(.uses(relay)) }
        switch choice.failure {
        case .authRefused: finish(.authRefused(reason: choice.reason))
        case .tlsRefused: finish(.tlsRefused(reason: choice.reason))
        case .unreachable: finish(.unreachable(reason: choice.reason))
        }
    }

    /// True where the connection that heard it is one too many.
    func easeOff(_ asking: AdaptiveRate.Asking, _ relay: Int, _ now: ContinuousClock.Instant) -> Bool {
        let open = sessions.count { $0.relay == relay }
        guard let less = traffic.with(choice[relay], { use, _ in use.easeOff(asking, open: open, now) }) else {
            return false
        }
        notice(.easedOff(choice[relay], connections: less.connections, perMinute: less.perMinute))
        return less.fewer
    }
}
