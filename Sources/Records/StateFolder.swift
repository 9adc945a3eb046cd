import Basics
package import Foundation
package import Journal
package import Tokens

/// The folder that holds Fortnight's whole state, with access to each of its stores. Making this value opens nothing,
/// so that editors, who may see neither subscribers nor secrets, can use it too.
package struct StateFolder: Sendable {
    package let path: String
    package let queue: ItemQueue
    package let pictures: PictureStore
    package let networks: NetworkStore
    package let imports: ImportStore
    package let plans: IssuePlans
    package let decisions: DecisionLog
    package let issues: IssueStore
    package let outbox: Outbox
    let disk: any Disk

    /// `path` is absolute, without a slash at its end.
    package init(path: String, disk: any Disk = SystemDisk()) {
        (self.path, self.disk) = (path, disk)
        issues = IssueStore(folder: path + "/issues", disk: disk)
        queue = ItemQueue(folder: path + "/editorial/items", issues: issues, disk: disk)
        pictures = PictureStore(folder: path + "/editorial/pictures", disk: disk)
        networks = NetworkStore(folder: path + "/editorial/networks", disk: disk)
        imports = ImportStore(folder: path + "/editorial/imports", disk: disk)
        plans = IssuePlans(folder: path + "/editorial/issues", disk: disk)
        decisions = DecisionLog(path: path + "/editorial/decisions.jsonl", disk: disk)
        outbox = Outbox(folder: path + "/outbox", disk: disk)
    }

    // The editors' group writes in `editorial`, reads in `issues` and `standing`, and may enter the top; everything
    // else is closed to it.
    private static let parts: [(name: String, permissions: UInt32)] = [
        ("editorial", 0o2770), ("editorial/items", 0o2770), ("editorial/networks", 0o2770),
        ("editorial/issues", 0o2770), ("editorial/pictures", 0o2770), ("editorial/proofs", 0o2770),
        ("editorial/proofs/last", 0o2770), ("editorial/imports", 0o2770),
        ("issues", 0o2750), ("standing", 0o2750),
        ("subscriptions", 0o700), ("deliveries", 0o700), ("outbox", 0o700), ("returns", 0o700),
    ]

    /// Makes the missing parts of the folder; its parent must exist. They belong to the owner and group of the folder
    /// itself, which are `fortnight` and `group` if root makes it and they exist. An editor's command may not make
    /// anything outside `editorial`, and skips it.
    package func make(at now: Date, group: String = "fortnight-editors") throws {
        let isNew = try disk.status(at: path) == nil
        if isNew { try makeTop(group: group) }
        let owner = FileOwner(of: path)
        for part in Self.parts {
            let folder = "\(path)/\(part.name)"
            guard try disk.status(at: folder) == nil else { continue }
            do {
                try disk.makeFolderIfMissing(folder, permissions: part.permissions)
            } catch {
                if error.isForbidden, !isNew { continue }
                throw error
            }
            owner?.take(folder)
        }
        try markBeginning(at: now, owner: owner, isNew: isNew)
    }

    private func makeTop(group: String) throws {
        let parent = disk.folder(of: path)
        guard try disk.status(at: parent)?.isFolder == true else { throw StateFolderFault.noParent(parent) }
        try disk.makeFolderIfMissing(path, permissions: 0o710)
        if let service = FileOwner.ofService() {
            service.take(path)
        } else if let group = FileOwner.group(named: group), let own = FileOwner(of: path) {
            FileOwner(user: own.user, group: group).take(path)
        }
    }

    // MARK: When this bulletin began

    private struct Beginning: Codable {
        let format: String
        let began: String
    }

    private var beginning: StoredDocument<Beginning> {
        StoredDocument(path + "/format.json", permissions: 0o640, version: 1, disk: disk)
    }

    private func markBeginning(at now: Date, owner: FileOwner?, isNew: Bool) throws {
        guard try disk.status(at: beginning.path) == nil else { return }
        do {
            try beginning.write(Beginning(format: "fortnight-state", began: now.stamp))
        } catch let fault as DiskFault where fault.isForbidden && !isNew {
            return
        }
        owner?.take(beginning.path)
    }

    /// When the folder was made; slots that sent before then are not this bulletin's. Refuses a folder of an unknown
    /// version.
    package func began() throws -> Date {
        guard let text = try beginning.read()?.began else { throw StateFolderFault.notMade(path) }
        guard let date = Date(rfc3339: text) else {
            throw DocumentFault(path: beginning.path, why: "is damaged: began is not a time; restore it from a backup")
        }
        return date
    }

    /// Whether the folder was made.
    package var isMade: Bool { (try? disk.status(at: path)) != nil }

    // MARK: Closed to editors

    /// The keys, from `secret`, which is made on first use. Throws ``StateFolderFault`` if it is missing although there
    /// are subscribers, and a `DiskFault` if this account may not read it.
    package func tokenKeys() throws -> TokenKeys {
        TokenKeys(secret: try secret.bytes(owner: FileOwner(of: path)))
    }

    /// The subscriber list, read on first use; a process keeps one, whose index is shared. Throws ``StateFolderFault``
    /// if there are subscribers but no `secret`.
    package func subscriberList() throws -> FileSubscriberList {
        try secret.checkNotLost()
        return FileSubscriberList(subscriberListPath, disk: disk)
    }

    var subscriberListPath: String { path + "/subscriptions/roll.jsonl" }
    private var secret: SecretFile {
        SecretFile(path: path + "/secret", subscriberListPath: subscriberListPath, disk: disk)
    }
}

/// Why the state folder cannot be used.
package enum StateFolderFault: Error, Hashable, Sendable, CustomStringConvertible {
    case noParent(String)
    case notMade(String)
    /// There are subscribers, but no secret to make their links with.
    case secretLost(String)
    case secretDamaged(String, size: Int)

    package var description: String {
        switch self {
        case .noParent(let parent):
            "there is no folder \(parent) to make the state folder in: mkdir -p \(parent), or set state: to a path "
                + "whose folder exists"
        case .notMade(let path):
            "the state folder \(path) does not exist yet: start fortnightd once, run fortnight init, or check state: in the "
                + "configuration"
        case .secretLost(let path):
            "\(path) is missing although there are subscribers: restore it from the backup; a new one would break every "
                + "link that was ever sent"
        case .secretDamaged(let path, let size):
            "\(path) has \(size) bytes instead of \(TokenKeys.secretLength): restore it from the backup"
        }
    }
}
