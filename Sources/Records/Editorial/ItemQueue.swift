import Basics
package import Bulletin
internal import Journal

/// The queue of items, one file each: `editorial/items/ID.json`. Editors write it under one lock; reading needs no
/// lock.
package struct ItemQueue: Sendable {
    private let folder: String
    private let issues: IssueStore
    private let disk: any Disk

    init(folder: String, issues: IssueStore, disk: any Disk) {
        (self.folder, self.issues, self.disk) = (folder, issues, disk)
    }

    /// The queued items, in the order they were added, and the files that cannot be read.
    package func list() throws -> (items: [Item], damaged: [DocumentFault]) {
        let (items, damaged) = try documentNames(in: folder, disk: disk).readEach { name in
            guard let id = ItemID(name), id.description == name else {
                throw DocumentFault(path: path(name), why: "is not named after an item's id: rename or remove it")
            }
            return try item(id)
        }
        return (items.sorted { ($0.addedAt, $0.id) < ($1.addedAt, $1.id) }, damaged)
    }

    /// Nil if no such item is queued.
    package func item(_ id: ItemID) throws -> Item? {
        guard let item = try document(id).read() else { return nil }
        guard item.id == id else {
            throw DocumentFault(path: path(id.description), why: "says that it is item \(item.id): correct its id")
        }
        return item
    }

    /// Queues the item that `make` returns for a new id, which no item has or had in any issue. Durable on return.
    package func add(_ make: (ItemID) throws -> Item) throws -> Item {
        var generator = SystemRandomNumberGenerator()
        return try add(using: &generator, make)
    }

    /// As ``add(_:)``, with the id drawn from `generator`.
    package func add(
        using generator: inout some RandomNumberGenerator, _ make: (ItemID) throws -> Item
    ) throws -> Item {
        try lock.whileHeld {
            let item = try make(freeID(using: &generator))
            try document(item.id).write(item)
            return item
        }
    }

    /// Replaces the item with the one `body` returns, and returns it; nil, without calling `body`, if no such item is
    /// queued. Durable on return. If `body` throws, nothing changes.
    package func change(_ id: ItemID, _ body: (Item) throws -> Item) throws -> Item? {
        try lock.whileHeld {
            guard let old = try item(id) else { return nil }
            let new = try body(old)
            precondition(new.id == id, "an item keeps its id")
            if new != old { try document(id).write(new) }
            return new
        }
    }

    /// Removes and returns the item; nil if no such item was queued. A damaged one is removed too, and its fault
    /// thrown.
    package func remove(_ id: ItemID) throws -> Item? {
        try lock.whileHeld {
            let removed = Result { try item(id) }
            try document(id).remove()
            return try removed.get()
        }
    }

    private var lock: FileLock { FileLock(beside: folder, permissions: 0o660, disk: disk) }

    private func freeID(using generator: inout some RandomNumberGenerator) throws -> ItemID {
        while true {
            let bytes = (0..<4).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            guard let id = ItemID(Base32.encode(bytes).prefix(ItemID.length)) else { continue }
            if try disk.status(at: path(id.description)) == nil, try !issues.mention(id) { return id }
        }
    }

    private func path(_ name: String) -> String { "\(folder)/\(name).json" }

    private func document(_ id: ItemID) -> StoredDocument<Item> {
        StoredDocument(path(id.description), permissions: 0o660, disk: disk)
    }
}
