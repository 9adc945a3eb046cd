import ArgumentParser
import Bulletin
import Foundation
import Records
import Tokens

/// The subscriber list for commands, and the keys that its ids are made with.
struct SubscriberListAccess {
    let place: CommandContext
    let subscriberList: any SubscriberList
    let tokenKeys: TokenKeys

    init(_ common: CommonOptions) throws {
        place = try CommandContext(common)
        tokenKeys = try place.folder.tokenKeys()
        subscriberList = try place.folder.subscriberList()
    }

    /// The subscriber with an id, an address, a telephone number, or the token of a link to leave.
    func subscriber(_ text: String) throws -> Subscriber {
        guard let id = id(text) else {
            throw ValidationError(
                "\(Terminal.safe(text)) is not an address, telephone number or id of a subscriber: see fortnight subscribers list."
            )
        }
        guard let found = try subscriberList.subscriber(id) else {
            throw CommandFailure("\(Terminal.safe(text)) is not on the subscriber list: see fortnight subscribers list")
        }
        return found
    }

    private func id(_ text: String) -> SubscriberID? {
        if let id = SubscriberID(text) { return id }
        if let address = try? EmailAddress(text) { return tokenKeys.id(for: address) }
        if let phone = PhoneNumber(text) { return tokenKeys.id(for: phone) }
        let words = text.split(separator: " ")
        return words.last.flatMap { tokenKeys.open($0, as: .leave) }
    }
}
