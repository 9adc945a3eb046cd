package import Bulletin
internal import Foundation
internal import Journal

/// The closed and past issues, a folder each: `issues/0024` with `issue.json`, `state.json`, and the editions. The daemon
/// writes, editors read.
package struct IssueStore: Sendable {
    let folder: String
    let disk: any Disk
    let memory = IssueCache()

    static let filePermissions: UInt32 = 0o640
    private static let folderPermissions: UInt32 = 0o2750

    init(folder: String, disk: any Disk) { (self.folder, self.disk) = (folder, disk) }

    /// The numbers of the issues that were closed, in order.
    package func list() throws -> [IssueNumber] {
        try disk.list(folder).compactMap { name in
            guard let mailing = Mailing(name), mailing.correction == nil, mailing.description == name else {
                return nil
            }
            return mailing.issue
        }.sorted()
    }

    /// Nil if it was not closed yet.
    package func issue(_ number: IssueNumber) throws -> Issue? {
        let file = try disk.status(at: document(number).path)
        if let known = memory.issue(number, file) { return known }
        guard let issue = try document(number).read() else { return nil }
        guard issue.number == number else {
            throw DocumentFault(
                path: document(number).path, why: "says that it is issue \(issue.number): restore it from a backup")
        }
        memory.keep(issue, file)
        return issue
    }

    /// Durable on return; makes the issue's folder.
    package func save(_ issue: Issue) throws {
        memory.forget(issue.number)
        try makeFolder(of: issue.number)
        try document(issue.number).write(issue)
    }

    /// Nil if it was not closed yet.
    package func status(_ number: IssueNumber) throws -> IssueStatus? {
        let file = try disk.status(at: state(number).path)
        if let known = memory.status(number, file) { return known }
        guard let status = try state(number).read() else { return nil }
        memory.keep(status, of: number, file)
        return status
    }

    /// Durable on return; makes the issue's folder. Events are written by ``apply(_:to:at:)``.
    package func save(_ status: IssueStatus, of number: IssueNumber) throws {
        memory.forget(number)
        try makeFolder(of: number)
        try state(number).write(status)
    }

    /// The issues that contain each item, apart from skipped ones, whose items are back in the queue.
    package func appearances() throws -> [ItemID: [IssueNumber]] {
        var appearances: [ItemID: [IssueNumber]] = [:]
        for reading in try readings() where reading.status?.state != .skipped {
            for item in reading.issue?.items ?? [] { appearances[item.id, default: []].append(reading.number) }
        }
        return appearances
    }

    /// Whether the item was sent to readers.
    package func wasTold(_ id: ItemID) throws -> Bool { try lastTold(id) != nil }

    /// The last issue that is sent or being sent and contains the item.
    package func lastTold(_ id: ItemID) throws -> IssueNumber? {
        try readings().last { reading in
            reading.status?.hasBegun == true && reading.issue?.items.contains { $0.id == id } ?? false
        }?.number
    }

    /// Whether any issue mentions that id anywhere. Compares bytes, because it is asked for every new item.
    func mention(_ id: ItemID) throws -> Bool {
        let wanted = Data("\"\(id)\"".utf8)
        return try list().contains { number in
            guard let content = try disk.content(of: path(number) + "/issue.json") else { return false }
            return Data(content).range(of: wanted) != nil
        }
    }

    // MARK: Paths

    func path(_ number: IssueNumber) -> String { "\(folder)/\(number.padded)" }

    func makeFolder(of number: IssueNumber, _ part: String = "") throws {
        let owner = FileOwner(of: folder)
        let made = path(number) + part
        guard try disk.status(at: made) == nil else { return }
        try disk.makeFolderIfMissing(made, permissions: Self.folderPermissions)
        owner?.take(made)
    }

    func document(_ number: IssueNumber) -> StoredDocument<Issue> {
        StoredDocument(path(number) + "/issue.json", permissions: Self.filePermissions, version: 1, disk: disk)
    }

    func state(_ number: IssueNumber) -> StoredDocument<IssueStatus> {
        StoredDocument(path(number) + "/state.json", permissions: Self.filePermissions, version: 1, disk: disk)
    }
}
