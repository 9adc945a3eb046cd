/// The editors' plan for a coming issue before it closes: `editorial/issues/0024.json`.
package struct IssuePlan: Hashable, Sendable {
    /// Markdown shown before the items.
    package var introduction: String?
    /// As in ``ItemSelection/Preferences``.
    package var order: [ItemID]
    package var pins: [ItemID]

    package init(introduction: String? = nil, order: [ItemID] = [], pins: [ItemID] = []) {
        (self.introduction, self.order, self.pins) = (introduction, order, pins)
    }

    package var requests: ItemSelection.Preferences { ItemSelection.Preferences(order: order, pins: Set(pins)) }
}

extension IssuePlan: Codable {
    private enum Key: String, CodingKey {
        case introduction, order, pins
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        self.init(
            introduction: try box.decodeIfPresent(String.self, forKey: .introduction),
            order: try box.decodeIfPresent([ItemID].self, forKey: .order) ?? [],
            pins: try box.decodeIfPresent([ItemID].self, forKey: .pins) ?? [])
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encodeIfPresent(introduction, forKey: .introduction)
        if !order.isEmpty { try box.encode(order, forKey: .order) }
        if !pins.isEmpty { try box.encode(pins, forKey: .pins) }
    }
}
