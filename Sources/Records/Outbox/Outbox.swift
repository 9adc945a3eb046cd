import Basics
package import Bulletin
package import Foundation
internal import Journal

/// Letters awaiting delivery to people who may have no record: answers to requests for help. Letters owed to
/// subscribers are kept in their records (``Bulletin/Subscriber/owes``).
package struct Outbox: Sendable {
    private let folder: String
    private let disk: any Disk

    init(folder: String, disk: any Disk) { (self.folder, self.disk) = (folder, disk) }

    /// An answer owed to that address; there is one at a time.
    package struct HelpLetter: Hashable, Sendable, Identifiable {
        package let id: SubscriberID
        package let address: EmailAddress
        /// When it was requested: with the id it identifies the letter, so that a crash repeats the same one.
        package let asked: Date

        package init(id: SubscriberID, address: EmailAddress, asked: Date) {
            (self.id, self.address, self.asked) = (id, address, asked)
        }
    }

    /// Durable on return; another for the same person replaces it.
    package func put(_ letter: HelpLetter) throws { try document(named: "help-\(letter.id)").write(letter) }

    /// All letters awaiting delivery, and the files that cannot be read.
    package func list() throws -> (letters: [HelpLetter], damaged: [DocumentFault]) {
        try documentNames(in: folder, disk: disk).readEach { try document(named: $0).read() }
    }

    package func remove(_ letter: HelpLetter) throws { try document(named: "help-\(letter.id)").remove() }

    private func document(named name: String) -> StoredDocument<HelpLetter> {
        StoredDocument("\(folder)/\(name).json", permissions: 0o600, version: 1, disk: disk)
    }
}

extension Outbox.HelpLetter: Codable {
    private enum Key: String, CodingKey {
        case id, address, asked
    }

    package init(from decoder: any Decoder) throws {
        let box = try decoder.container(keyedBy: Key.self)
        self.init(
            id: try box.decode(SubscriberID.self, forKey: .id),
            address: try box.decode(EmailAddress.self, forKey: .address), asked: try box.decodeStamp(forKey: .asked))
    }

    package func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(id, forKey: .id)
        try box.encode(address, forKey: .address)
        try box.encode(stamp: asked, forKey: .asked)
    }
}

/// The names, without `.json`, of the documents in a folder, in order of their bytes.
func documentNames(in folder: String, disk: any Disk) throws -> [String] {
    try disk.list(folder).filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }.map { String($0.dropLast(5)) }
}

extension [String] {
    /// The readable ones among separate documents, and the faults of the others. One that has disappeared was removed
    /// meanwhile.
    func readEach<Value>(_ read: (String) throws -> Value?) throws -> ([Value], [DocumentFault]) {
        var values: [Value] = []
        var damaged: [DocumentFault] = []
        for name in self {
            do {
                if let value = try read(name) { values.append(value) }
            } catch let fault as DocumentFault {
                damaged.append(fault)
            } catch let fault as DiskFault {
                // A link or a folder in a document's place affects only that one.
                damaged.append(DocumentFault(path: fault.path, why: "cannot be read: \(fault)"))
            }
        }
        return (values, damaged)
    }
}
