/// The number of an audience's deliveries in each state.
package struct DeliveryCounts: Hashable, Sendable, Codable {
    package var owed: Int
    package var handed: Int
    package var accepted: Int
    package var deferred: Int
    package var refused: Int
    package var unknown: Int
    package var skipped: Int

    package init(owed: Int = 0) {
        self.owed = owed
        (handed, accepted, deferred, refused, unknown, skipped) = (0, 0, 0, 0, 0, 0)
    }

    package subscript(state: DeliveryState) -> Int {
        get { self[keyPath: Self.field(state)] }
        set { self[keyPath: Self.field(state)] = newValue }
    }

    private static func field(_ state: DeliveryState) -> WritableKeyPath<DeliveryCounts, Int> {
        switch state {
        case .owed: \.owed
        case .handed: \.handed
        case .accepted: \.accepted
        case .deferred: \.deferred
        case .refused: \.refused
        case .unknown: \.unknown
        case .skipped: \.skipped
        }
    }

    /// The whole audience.
    package var total: Int { owed + handed + accepted + deferred + refused + unknown + skipped }

    /// Deliveries with a final outcome.
    package var settled: Int { accepted + refused + skipped }

    /// Whether nothing is owed, handed, deferred or unknown: the issue is sent.
    package var isSettled: Bool { owed + handed + deferred + unknown == 0 }
}
