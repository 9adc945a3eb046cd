import Basics
import Bulletin
import Foundation
import Intake
import Planning
import Records
import Settings

/// How an editor's draft becomes an item. Shared by the operations that add and edit.
struct ItemIntake {
    let context: PublishingContext
    let now: Date
    let person: String

    func judged(_ draft: ItemDraft, _ kind: Item.Kind?, id: ItemID) throws -> AcceptedItem {
        var draft = draft
        try inherit(&draft)
        let domain = context.configuration.bulletin.from.address.domain
        return try draft.item(
            id: id, uid: "\(UUID().uuidString.lowercased())@\(domain)", kind: kind, now: now, by: person,
            defaultZone: context.zone)
    }

    /// A meeting takes its place and the ways to take part from its network, unless the editor gave them.
    private func inherit(_ draft: inout ItemDraft) throws {
        guard let slug = draft[field: "network"], let network = try context.folder.networks.network(slug) else {
            return
        }
        draft.inherit(from: Announcing.item(of: network, network.meeting(network.starts), domain: "example.org"))
    }

    /// Copies the picture that the draft names, and returns the name that it has in the store. A relative path starts at
    /// `folder`.
    func storedPicture(of draft: ItemDraft, from folder: String) throws -> String? {
        guard let path = draft[field: "picture.file"] else { return nil }
        do {
            return try context.folder.pictures.take(file: path.hasPrefix("/") ? path : "\(folder)/\(path)")
        } catch let fault as PictureStore.Fault {
            throw Problems([Problem(field: "picture.file", message: fault.description)])
        }
    }

    /// A warning where the item names a network that does not exist.
    func unknownNetwork(_ item: Item) throws -> [Problem] {
        guard let slug = item.network, try context.folder.networks.network(slug) == nil else { return [] }
        let known = try context.folder.networks.list().networks.map(\.slug)
        let remedy = nearestName(to: slug, among: known).map { "did you mean \($0)?" } ?? "see fortnight networks list"
        return [
            Problem(
                field: "network", message: "there is no network \(slug) that meets by a rule; \(remedy)",
                severity: .warning)
        ]
    }
}
