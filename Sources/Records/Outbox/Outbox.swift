import Basics
package import Bulletin
package import Foundation
internal import Journal

/// Letters that await delivery to people who may have no record: the answers to who asks for help. What is owed to who is
/// on the roll stands in their record (``Bulletin/Subscriber/owes``).
package struct Outbox: Sendable {
    private let folder: String
    private let disk: any Disk

    init(folder: String, disk: any Disk) { (self.folder, self.disk) = (folder, disk) }

    /// An answer that is owed to that address; there is one at a time.
    package struct HelpLetter: Hashable, Sendable, Identifiable {
        package let id: SubscriberID
        package let address: EmailAddress
        /// When it was asked for: with the id it names the letter, so that a crash repeats it as the same.
        package let asked: Date

        package init(id: SubscriberID, address: EmailAddress, asked: Date) {
            (self.id, self.address, self.asked) = (id, address, asked)
        }
    }

    /// Durable on return; another of the same person takes its place.
    package func put(_ letter: HelpLetter) throws { try document(named: "help-\(letter.id)").write(letter) }

    /// All that await delivery, and what could not be read.
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
