package import Basics
package import Foundation

/// An event in the life of an issue, or of one of its corrections.
package enum IssueEvent: Hashable, Sendable {
    /// Its copy deadline has passed, or it is to be sent now; `decided` counts the decisions about it so far.
    case closes(hold: Hold? = nil, isReleased: Bool = false, decided: Int)
    /// A person skipped it while it was open.
    case skippedOpen(Skip, decided: Int)
    /// All decisions about it, in order. Those that it has acted on are passed over.
    case decided([Decision])
    /// It may not go out unasked any more: ``Hold/notReleased`` or ``Hold/late(latest:)``.
    case missed(Hold)
    /// The check was made again, of an issue that is not being sent; nil where it found nothing.
    case checked(found: String?)
    /// A person's approval was given to something else than it holds now.
    case approvalWithdrawn
    /// Its bytes are fixed, by their hash.
    case bytesFixed(hash: String)
    /// Its time has come, and it holds nothing to send.
    case empty
    /// Its sending begins.
    case begins
    /// A correction was taken in, with the hash of its mail; `decided` as above.
    case taken(hash: String, decided: Int)
    /// Its sending stops for a person; with how its deliveries stand where refusals are the reason.
    case stops(Hold, stoppedAt: DeliveryCounts? = nil)
    /// No delivery's outcome is unknown any more.
    case resolved
    /// A pass has ended, and not all is settled.
    case paused(DeliveryCounts)
    /// Every delivery is settled.
    case settled(DeliveryCounts)
    /// A file of it is missing or damaged, by its path in the state folder.
    case fileLost(String, isMissing: Bool)
    /// A person says that it was sent before the state was restored; `due` is when it was to be.
    case sentBeforeRestore(by: String, due: Date, decided: Int)
    /// Of a correction: the state was restored.
    case restored
    /// `verify --repair` could not read `state.json`: how its deliveries stand, and when the last of them was.
    case stateLost(DeliveryCounts?, lastDelivery: Date?, decided: Int)
    /// `verify --repair` found more decisions acted on than there are.
    case decisionsLost(left: Int)
}

/// Something to be done because of an event.
package enum IssueEffect: Hashable, Sendable {
    /// To be said to people: the state is another one, or has another reason.
    case became(IssueState, reason: String?)
    /// It is due at that local time in the schedule's zone.
    case dueAt(LocalDateTime)
    /// It is due by then, if it was not before.
    case dueBy(Date)
}

extension IssueStatus {
    package enum Kind: Hashable, Sendable, CaseIterable {
        case issue, correction
    }

    /// The next status, and what is to be done; the same status and nothing where the event does not fit. `status` is nil of
    /// what is open: an issue that was not closed, a correction that was not taken in. Pure: it is the only place that says
    /// how issues and corrections move from state to state.
    package static func transition(
        _ status: IssueStatus?, _ event: IssueEvent, of kind: Kind, at now: Date
    ) -> (status: IssueStatus?, effects: [IssueEffect]) {
        guard let status else {
            let begun = beginning(event, at: now)
            return (begun, begun.map { [.became($0.state, reason: $0.reason)] } ?? [])
        }
        var next = status
        var effects: [IssueEffect] = []
        if case .decided(let decisions) = event {
            for decision in decisions.dropFirst(status.decided) {
                switch kind {
                case .issue: next.act(on: decision, &effects)
                case .correction: next.actOfCorrection(on: decision)
                }
            }
            next.decided = max(status.decided, decisions.count)
        } else {
            next.take(event, at: now)
        }
        let isOther = next.state != status.state || next.reason != status.reason
        if isOther { effects.append(.became(next.state, reason: next.reason)) }
        return (next, effects)
    }

    /// The status of an open one after the event.
    private static func beginning(_ event: IssueEvent, at now: Date) -> IssueStatus? {
        switch event {
        case .closes(let hold, let isReleased, let decided):
            IssueStatus(hold.map { .held($0) } ?? .closed, since: now, released: isReleased, decided: decided)
        case .skippedOpen(let skip, let decided): IssueStatus(.skipped(skip), since: now, decided: decided)
        case .taken(let hash, let decided): IssueStatus(.sending, since: now, editionsHash: hash, decided: decided)
        case .sentBeforeRestore(let person, _, let decided):
            IssueStatus(.skipped(.sentBeforeRestore(by: person)), since: now, decided: decided)
        case .stateLost(let counts, let last, let decided):
            if let counts, counts.isSettled {
                IssueStatus(.sent(), since: now, sentAt: last, decided: decided, counts: counts)
            } else {
                IssueStatus(.held(.stateLost), since: now, decided: decided, counts: counts)
            }
        default: nil
        }
    }

    // MARK: Events

    private mutating func take(_ event: IssueEvent, at now: Date) {
        switch (event, condition) {
        case (.missed(let hold), .closed): become(.held(hold), now, released: false)
        case (.checked(let found), .closed) where !hasBegun && !released:
            if let found { become(.held(.byCheck(found: found)), now) }
        case (.checked(let found), .held(let hold)) where !hasBegun && hold.isByCheck:
            guard found != hold.inWords else { return }
            become(found.map { .held(.byCheck(found: $0)) } ?? .closed, now)
        case (.approvalWithdrawn, .closed), (.approvalWithdrawn, .held): released = false
        case (.bytesFixed(let hash), _): editionsHash = editionsHash ?? hash
        case (.empty, .closed), (.empty, .sending):
            if !hasBegun { become(.skipped(.empty), now) }
        case (.begins, .closed): become(.sending, now)
        case (.stops(let hold, let counts), .sending), (.stops(let hold, let counts), .held):
            become(.held(hold), now, released: false)
            if let counts { (stoppedAt, self.counts) = (counts, counts) }
        case (.resolved, .held(let hold)) where hold.isForUnknowns && hasBegun: become(.sending, now)
        case (.paused(let counts), .sending): self.counts = counts
        case (.settled(let counts), .sending):
            become(.sent(), now)
            (sentAt, self.counts) = (now, counts)
        case (.fileLost(let path, let isMissing), .closed), (.fileLost(let path, let isMissing), .sending):
            become(.held(.file(path, isMissing: isMissing)), now, released: false)
        case (.sentBeforeRestore(let person, let due, let decided), .closed),
            (.sentBeforeRestore(let person, let due, let decided), .held),
            (.sentBeforeRestore(let person, let due, let decided), .sending):
            become(.sent(onTheWordOf: person), now)
            (self.decided, sentAt) = (decided, sentAt ?? min(now, due))
        case (.restored, .sending), (.restored, .closed): become(.held(.restored), now, released: false)
        case (.decisionsLost(let left), _): decided = min(decided, left)
        default: break
        }
    }

    private mutating func become(_ condition: Condition, _ time: Date, released: Bool? = nil) {
        (self.condition, since) = (condition, time)
        if let released { self.released = released }
    }

    // MARK: Decisions

    private mutating func act(on decision: Decision, _ effects: inout [IssueEffect]) {
        switch (decision.kind, condition) {
        case (.hold(let why), .closed), (.hold(let why), .sending):
            become(.held(.byPerson(decision.by, why: why)), decision.at, released: false)
        case (.release, .held), (.release, .closed): letGo(at: decision.at)
        case (.skip(let why), .closed), (.skip(let why), .held):
            if !hasBegun { become(.skipped(.byPerson(decision.by, why: why)), decision.at) }
        case (.sendNow, .closed), (.sendNow, .held):
            letGo(at: decision.at)
            if !hasBegun { effects.append(.dueBy(decision.at)) }
        case (.move(let time), .closed), (.move(let time), .held):
            guard !hasBegun else { return }
            effects.append(.dueAt(time))
            released = false
        default: break
        }
    }

    private mutating func letGo(at time: Date) {
        if hold != nil { become(hasBegun ? .sending : .closed, time) }
        released = true
    }

    /// It is held and released with its issue, and dropped where its issue is skipped, which one that went out is not
    /// itself.
    private mutating func actOfCorrection(on decision: Decision) {
        switch (decision.kind, condition) {
        case (.hold(let why), .sending): become(.held(.byPerson(decision.by, why: why)), decision.at)
        case (.release, .held), (.sendNow, .held): become(.sending, decision.at)
        case (.skip(let why), .sending), (.skip(let why), .held):
            become(.skipped(.dropped(by: decision.by, why: why)), decision.at)
        default: break
        }
    }
}
