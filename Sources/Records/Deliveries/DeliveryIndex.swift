import Bulletin
internal import Foundation
internal import Journal

/// The state of each delivery of a mailing, from the ledger's lines: one byte for each member of the audience, and more
/// only for the few that are under way, deferred or unknown.
struct DeliveryIndex: JournalReader {
    /// The members; nil if nobody needs them by position, and all lines count as strays.
    private let audience: Audience?
    /// The second line.
    private(set) var opening: (time: Date, count: Int)?
    private(set) var tallies = DeliveryTallies()
    private var marks: [DeliveryMark]
    /// Deliveries outside the audience: it was taken again since, and these people had moved or been forgotten.
    private var strays: [SubscriberID: DeliveryMark] = [:]
    private(set) var handed: Set<SubscriberID> = []
    private(set) var unknown: Set<SubscriberID> = []
    /// Deliveries that were deferred and are not settled yet, though they may be under way again.
    private var deferrals: [SubscriberID: Deferral] = [:]

    init(audience: Audience?) {
        self.audience = audience
        marks = Array(repeating: DeliveryMark(), count: audience?.count ?? 0)
    }

    /// Times in milliseconds since 1970.
    struct Deferral {
        var tries: Int32 = 0
        var first: Int
        var last: Int
    }

    /// Every part of the index that one line may change for one delivery.
    struct Entry {
        var mark: DeliveryMark
        var deferral: Deferral?
    }

    // MARK: Reading

    mutating func startAgain(size: Int) { self = DeliveryIndex(audience: audience) }

    mutating func take(_ line: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard let line = LedgerLine(line) else { return false }
        switch line {
        case .audience(let time, let count): open(time: time, count: count)
        case .gone(let count): tallies.move(count, from: .owed, to: .skipped)
        case .delivery(let change): _ = apply(change.state, to: change.id, at: change.at, code: change.code)
        }
        return true
    }

    mutating func open(time: Date, count: Int) {
        opening = (time, count)
        tallies[.owed] += count
    }

    // MARK: Changing

    /// Records a new state, and returns the entry as it was, for ``restore(_:to:)``.
    mutating func apply(_ state: DeliveryState, to id: SubscriberID, at time: Int, code: Int) -> Entry {
        let old = self[id]
        var new = old
        new.mark.become(state)
        switch state {
        case .deferred:
            var deferral = old.deferral ?? Deferral(first: time, last: time)
            // A person asked for it to be sent again: at once, with a new retry period.
            if old.mark.state == .unknown { deferral = Deferral(first: time, last: time) }
            // Without a reply from the server it was not a try, and does not count against the retry period.
            if code != 0 {
                if deferral.tries == 0 { deferral.first = time }
                deferral.tries += 1
            }
            deferral.last = time
            new.deferral = deferral
        case .accepted, .refused, .skipped, .owed: new.deferral = nil
        case .handed, .unknown: break
        }
        put(new, for: id, replacing: old)
        return old
    }

    mutating func restore(_ id: SubscriberID, to entry: Entry) { put(entry, for: id, replacing: self[id]) }

    /// Restores the parts that no delivery's line changes, after a write that failed.
    mutating func takeBack(_ tallies: DeliveryTallies, _ opening: (time: Date, count: Int)?) {
        (self.tallies, self.opening) = (tallies, opening)
    }

    mutating func writeOff(_ count: Int) { tallies.move(count, from: .owed, to: .skipped) }

    private mutating func put(_ new: Entry, for id: SubscriberID, replacing old: Entry) {
        if let position = audience?.position(of: id) {
            marks[position] = new.mark
        } else {
            strays[id] = new.mark.state == .owed ? nil : new.mark
        }
        let (was, state) = (old.mark.state, new.mark.state)
        tallies.move(1, from: was, to: state)
        if was != state {
            if was == .handed { handed.remove(id) }
            if was == .unknown { unknown.remove(id) }
            if state == .handed { handed.insert(id) }
            if state == .unknown { unknown.insert(id) }
        }
        if new.deferral != nil || old.deferral != nil { deferrals[id] = new.deferral }
    }

    // MARK: Looking up

    private subscript(id: SubscriberID) -> Entry {
        let mark: DeliveryMark
        if let position = audience?.position(of: id) { mark = marks[position] } else { mark = strays[id] ?? .init() }
        return Entry(mark: mark, deferral: deferrals.isEmpty ? nil : deferrals[id])
    }

    func mark(of id: SubscriberID) -> DeliveryMark { self[id].mark }

    /// The state of the member at that position in the audience.
    func state(at position: Int) -> DeliveryState { marks[position].state }

    /// The first position from `start` on whose delivery is owed.
    func nextOwed(from start: Int) -> Int? {
        var position = start
        while position < marks.count {
            if marks[position].state == .owed { return position }
            position += 1
        }
        return nil
    }

    /// How many are owed but can no longer be identified.
    var missing: Int {
        guard tallies[.owed] > 0 else { return 0 }
        let named = marks.reduce(0) { $0 + ($1.state == .owed ? 1 : 0) }
        return max(0, tallies[.owed] - named)
    }

    /// Deliveries waiting for another try.
    var waiting: [(id: SubscriberID, deferral: Deferral)] {
        deferrals.compactMap { id, deferral in mark(of: id).state == .deferred ? (id, deferral) : nil }
    }

    /// Unsettled deliveries outside the audience.
    var unsettledStrays: [(id: SubscriberID, state: DeliveryState)] {
        strays.compactMap { id, mark in mark.state.isSettled ? nil : (id, mark.state) }
    }
}

extension DeliveryState {
    /// Whether no more lines are expected.
    var isSettled: Bool {
        switch self {
        case .accepted, .refused, .skipped: true
        case .owed, .handed, .deferred, .unknown: false
        }
    }

    /// The state's number in a mark and in tallies.
    var rank: UInt8 {
        switch self {
        case .owed: 0
        case .handed: 1
        case .accepted: 2
        case .deferred: 3
        case .refused: 4
        case .unknown: 5
        case .skipped: 6
        }
    }
}

/// A state, and how often the outcome was unknown (3 and more look alike), in a byte.
struct DeliveryMark: Hashable {
    private var byte: UInt8 = 0

    private static let states: [DeliveryState] = [
        .owed, .handed, .accepted, .deferred, .refused, .unknown, .skipped, .owed,
    ]

    var state: DeliveryState { Self.states[Int(byte & 7)] }
    var unknowns: Int { Int(byte >> 3 & 3) }

    mutating func become(_ state: DeliveryState) {
        let unknowns = state == .unknown ? min(unknowns + 1, 3) : unknowns
        byte = UInt8(unknowns) << 3 | state.rank
    }
}
