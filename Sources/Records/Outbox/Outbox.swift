package import Bulletin
internal import Journal

/// Confirmations and goodbyes that await delivery. An entry is named by who is owed it and the version of the wish, so
/// that a crash between the roll and this folder neither loses nor doubles it.
package struct Outbox: Sendable {
    private let folder: String
    private let disk: any Disk

    init(folder: String, disk: any Disk) { (self.folder, self.disk) = (folder, disk) }

    package struct Entry: Hashable, Sendable, Codable {
        package enum Kind: String, Sendable, Codable, CaseIterable {
            case confirmation, goodbye
        }

        package let id: SubscriberID
        /// The record's `tokenVersion` when the wish was made.
        package let version: Int
        package let kind: Kind

        package init(id: SubscriberID, version: Int, kind: Kind) {
            (self.id, self.version, self.kind) = (id, version, kind)
        }
    }

    /// Durable on return; putting the same entry again changes nothing.
    package func put(_ entry: Entry) throws { try document(named: name(of: entry)).write(entry) }

    /// All that await delivery, and what could not be read.
    package func list() throws -> (entries: [Entry], damaged: [DocumentFault]) {
        try documentNames(in: folder, disk: disk).readEach { try document(named: $0).read() }
    }

    package func remove(_ entry: Entry) throws { try document(named: name(of: entry)).remove() }

    private func name(of entry: Entry) -> String { "\(entry.id)-\(entry.version)" }

    private func document(named name: String) -> StoredDocument<Entry> {
        StoredDocument("\(folder)/\(name).json", permissions: 0o600, version: 1, disk: disk)
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
