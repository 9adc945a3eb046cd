import ArgumentParser
import Bulletin
import Foundation
import Records
import Seals

/// Where a command of who keeps the roll works: the roll, and the keys that its ids are made with.
struct RollPlace {
    let place: Workplace
    let roll: any Roll
    let seals: SealRing

    init(_ common: CommonOptions) throws {
        place = try Workplace(common)
        seals = try place.folder.seals()
        roll = try place.folder.roll()
    }

    /// Who is meant: an id, an address, a telephone number, or the token of a link to leave.
    func subscriber(_ text: String) throws -> Subscriber {
        guard let id = id(text) else {
            throw ValidationError(
                "\(Terminal.safe(text)) is no address, telephone number or id of a subscriber: see fortnight subscribers list."
            )
        }
        guard let found = try roll.subscriber(id) else {
            throw CommandFailure("\(Terminal.safe(text)) is not on the roll: see fortnight subscribers list")
        }
        return found
    }

    private func id(_ text: String) -> SubscriberID? {
        if let id = SubscriberID(text) { return id }
        if let address = try? EmailAddress(text) { return seals.id(for: address) }
        if let phone = PhoneNumber(text) { return seals.id(for: phone) }
        let words = text.split(separator: " ")
        return words.last.flatMap { seals.open($0, as: .leave) }
    }
}
