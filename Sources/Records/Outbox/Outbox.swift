package import Bulletin
internal import Journal

/// Confirmations and goodbyes that await delivery. An entry is named by who is owed it and the version of the wish, so
/// that a crash between the roll and this folder neither loses nor doubles it.
package struct Outbox: Sendable {
    private let folder: String
    private let disk: any Disk

    init(folder: String, disk: any Disk) { (self.folder, self.disk) = (folder, disk) }

    /// Who is owed which letter.
    package struct Entry: Hashable, Sendable {
        package let id: SubscriberID
        package let owed: OwedWish

        package init(id: SubscriberID, owed: OwedWish) { (self.id, self.owed) = (id, owed) }
    }

    /// Durable on return; putting the same entry again changes nothing.
    package func put(_ entry: Entry) throws { try document(named: name(of: entry)).write(entry) }

    /// All that await delivery, and what could not be read.
    package func list() throws -> (entries: [Entry], damaged: [DocumentFault]) {
        try documentNames(in: folder, disk: disk).readEach { try document(named: $0).read() }
    }

    package func remove(_ entry: Entry) throws { try document(named: name(of: entry)).remove() }

    private func name(of entry: Entry) -> String { "\(entry.id)-\(entry.owed.version)" }

    private func document(named name: String) -> StoredDocument<Entry> {
        StoredDocument("\(folder)/\(name).json", permissions: 0o600, version: 1, disk: disk)
    }
}

extension Outbox.Entry: Codable {
    private enum Key: String, CodingKey {
        case id, wish, version
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        let word = try box.decode(String.self, forKey: .wish)
        guard let wish = OwedWish.Wish(rawValue: word) else {
            throw DecodingError.dataCorruptedError(forKey: .wish, in: box, debugDescription: "\(word) is no wish")
        }
        self.init(
            id: try box.decode(SubscriberID.self, forKey: .id),
            owed: OwedWish(wish, version: try box.decode(Int.self, forKey: .version)))
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(id, forKey: .id)
        try box.encode(owed.wish.rawValue, forKey: .wish)
        try box.encode(owed.version, forKey: .version)
    }
}

/// The names, without `.json`, of the documents in a folder, in order of their bytes.
func documentNames(in folder: String, disk: any Disk) throws -> [String] {
    try disk.list(folder).filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }.map { String($0.dropLast(5)) }
}

extension [String] {
    /// What can be read of documents that are written one by one, and what is wrong with the others. One that is gone by
    /// now was removed meanwhile.
    func readEach<Value>(_ read: (String) throws -> Value?) throws -> ([Value], [DocumentFault]) {
        var values: [Value] = []
        var damaged: [DocumentFault] = []
        for name in self {
            do {
                if let value = try read(name) { values.append(value) }
            } catch let fault as DocumentFault {
                damaged.append(fault)
            } catch let fault as DiskFault {
                // A link or a folder in a document's place spoils that one, not the others.
                damaged.append(DocumentFault(path: fault.path, why: "cannot be read: \(fault)"))
            }
        }
        return (values, damaged)
    }
}
