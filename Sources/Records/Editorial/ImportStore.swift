package import Bulletin
internal import Journal

/// The content of an item when it was last imported: importing again carries over only later changes.
package struct ImportRecord: Hashable, Sendable, Codable {
    /// The item's name in the file it came from.
    package var key: String
    /// The item made from it. If that is no longer queued, an editor took it out.
    package var item: ItemID
    package var sequence: Int
    package var isCancelled: Bool
    /// By the names of the item's fields.
    package var fields: [String: [String]]
    /// The file's name.
    package var source: String

    package init(
        key: String, item: ItemID, sequence: Int, isCancelled: Bool, fields: [String: [String]], source: String
    ) {
        (self.key, self.item, self.sequence) = (key, item, sequence)
        (self.isCancelled, self.fields, self.source) = (isCancelled, fields, source)
    }
}

/// The records of imports, one file an item: `editorial/imports/ID.json`.
package struct ImportStore: Sendable {
    private let folder: String
    private let disk: any Disk

    init(folder: String, disk: any Disk) { (self.folder, self.disk) = (folder, disk) }

    /// All of them, and the files that cannot be read.
    package func list() throws -> (records: [ImportRecord], damaged: [DocumentFault]) {
        guard try disk.status(at: folder) != nil else { return ([], []) }
        return try documentNames(in: folder, disk: disk).readEach { name in
            guard let id = ItemID(name) else { return nil }
            return try document(id).read()
        }
    }

    /// Durable on return.
    package func put(_ record: ImportRecord) throws { try document(record.item).write(record) }

    /// Durable on return; does nothing if there is none.
    package func remove(_ id: ItemID) throws { try document(id).remove() }

    private func document(_ id: ItemID) -> StoredDocument<ImportRecord> {
        StoredDocument("\(folder)/\(id).json", permissions: 0o660, disk: disk)
    }
}
