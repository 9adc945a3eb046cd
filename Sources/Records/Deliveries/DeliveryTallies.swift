import Bulletin

/// The number of deliveries in each state. Like ``Bulletin/DeliveryCounts``, whose key paths would cost more than the
/// whole line when a million are counted; it may fall below zero while damaged lines are missing.
struct DeliveryTallies {
    private var byRank: [Int]

    init(_ counts: DeliveryCounts = DeliveryCounts()) {
        byRank = Array(repeating: 0, count: DeliveryState.allCases.count)
        for state in DeliveryState.allCases { self[state] = counts[state] }
    }

    subscript(state: DeliveryState) -> Int {
        get { byRank[Int(state.rank)] }
        set { byRank[Int(state.rank)] = newValue }
    }

    mutating func move(_ count: Int, from old: DeliveryState, to new: DeliveryState) {
        self[old] -= count
        self[new] += count
    }

    var counts: DeliveryCounts {
        var counts = DeliveryCounts()
        for state in DeliveryState.allCases { counts[state] = max(0, self[state]) }
        return counts
    }
}
