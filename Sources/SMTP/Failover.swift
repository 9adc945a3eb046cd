import Curl

// Selects the relay that the loop uses, and the number of connections to it.

extension SendingLoop {
    static func selector(
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
        guard ending == nil, let relay = selector.current else { return }
        if messages.hasWaiting || !source.isFinished, let probed = selector.probe(now) { open(probed) }
        guard messages.hasWaiting else { return }
        let here = sessions.filter { $0.relay == selector.index }
        guard !here.contains(where: \.dialogue.wantsMessage) else { return }
        let opening = opening[selector.index, default: 0]
        let allowed = traffic.with(relay) { use, isShared in use.room(priority, isShared: isShared, now) }
        let room = min(allowed - here.count - opening, isProven ? .max : 1 - opening)
        guard room > 0 else { return }
        for _ in 0..<(source.isFinished ? min(room, messages.waitingCount) : room) { open(selector.index) }
    }

    private func open(_ relay: Int) {
        opening[relay, default: 0] += 1
        count(1, relay)
        connector.open(selector[relay], relay, timeouts)
    }

    /// A connection to that relay was made.
    func cameUp(_ relay: Int) {
        traffic.with(selector[relay]) { use, _ in use.cameUp() }
        if relay < selector.index {
            selector.cameUp(relay)
            notice(.uses(selector[relay]))
            // Messages in flight on other relays are finished first.
            for session in sessions where session.relay != relay { session.dialogue.leave() }
        }
        if relay == selector.index { isProven = true }
    }

    func fail(_ fault: RelayConnection.Fault, _ relay: Int, _ now: ContinuousClock.Instant) {
        let reason: String
        let failure: RelaySelector.Failure
        switch fault {
        case .authRefused(let words): (reason, failure) = (words, .authRefused)
        case .tlsRefused(let words): (reason, failure) = (words, .tlsRefused)
        case .unreachable(let words): (reason, failure) = (words, .unreachable)
        }
        notice(.connectionFailed(selector[relay], reason: reason))
        guard relay == selector.index else {
            // It was tried again while another is in use, or was given up meanwhile.
            if relay < selector.index { selector.wentDown(relay, reason, failure, now) }
            return
        }
        let open = sessions.count { $0.relay == relay } + opening[relay, default: 0]
        guard open > 0, failure == .unreachable else {
            selector.wentDown(relay, reason, failure, now)
            return takeNextRelay(now)
        }
        guard let most = traffic.with(selector[relay], { use, _ in use.reachedLimit(open: open + 1, now) }) else {
            return
        }
        notice(.easedOff(selector[relay], connections: most, perMinute: nil))
    }

    func takeNextRelay(_ now: ContinuousClock.Instant) {
        isProven = false
        for (index, down) in selector.known where down.tryAgain > now {
            traffic.with(selector[index]) { use, _ in use.wentDown(down.reason, until: down.tryAgain) }
        }
        if let relay = selector.current { return notice(.uses(relay)) }
        switch selector.failure {
        case .authRefused: finish(.authRefused(reason: selector.reason))
        case .tlsRefused: finish(.tlsRefused(reason: selector.reason))
        case .unreachable: finish(.unreachable(reason: selector.reason))
        }
    }

    /// Returns whether the connection that got the reply is one too many.
    func easeOff(_ throttling: AdaptiveRate.Throttling, _ relay: Int, _ now: ContinuousClock.Instant) -> Bool {
        let open = sessions.count { $0.relay == relay }
        guard let less = traffic.with(selector[relay], { use, _ in use.easeOff(throttling, open: open, now) }) else {
            return false
        }
        notice(.easedOff(selector[relay], connections: less.connections, perMinute: less.perMinute))
        return less.fewer
    }
}
