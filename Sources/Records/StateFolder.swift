import Basics
package import Foundation
package import Journal
package import Tokens

/// Everything that Fortnight remembers (DESIGN section 4): one folder, and a door to each of its stores. Making this
/// value opens nothing, so that an editor, who may see neither subscribers nor secrets, has one as well.
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

    // The group of editors writes in `editorial`, reads in `issues` and `status`, and passes through the top; the rest is closed to it.
    private static let parts: [(name: String, permissions: UInt32)] = [
        ("editorial", 0o2770), ("editorial/items", 0o2770), ("editorial/networks", 0o2770),
        ("editorial/issues", 0o2770), ("editorial/pictures", 0o2770), ("editorial/proofs", 0o2770),
        ("editorial/proofs/last", 0o2770), ("editorial/imports", 0o2770),
        ("issues", 0o2750), ("standing", 0o2750),
        ("subscriptions", 0o700), ("deliveries", 0o700), ("outbox", 0o700), ("returns", 0o700),
    ]

    /// Makes what is missing of the folder; its parent must exist. What is made belongs to the owner and the group of the
    /// folder itself, which are `fortnight` and `group` where root makes it and they exist. An editor's command, which
    /// may not make what is missing beside `editorial`, passes over it.
    package func make(at now: Date, group: String = "fortnight-editors") throws {
        let isNew = try disk.status(at: path) == nil
        if isNew { try makeTop(group: group) }
        let owner = Ownership(of: path)
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
        if let service = Ownership.ofService() {
            service.take(path)
        } else if let group = Ownership.group(named: group), let own = Ownership(of: path) {
            Ownership(user: own.user, group: group).take(path)
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

    private func markBeginning(at now: Date, owner: Ownership?, isNew: Bool) throws {
        guard try disk.status(at: beginning.path) == nil else { return }
        do {
            try beginning.write(Beginning(format: "fortnight-state", began: now.stamp))
        } catch let fault as DiskFault where fault.isForbidden && !isNew {
            return
        }
        owner?.take(beginning.path)
    }

    /// When the folder was made; slots that sent before are not this bulletin's. Refuses a folder of an unknown version.
    package func began() throws -> Date {
        guard let text = try beginning.read()?.began else { throw StateFolderFault.notMade(path) }
        guard let date = Date(rfc3339: text) else {
            throw DocumentFault(path: beginning.path, why: "is damaged: began is no time; restore it from a backup")
        }
        return date
    }

    /// Whether the folder was made.
    package var isMade: Bool { (try? disk.status(at: path)) != nil }

    // MARK: What editors have no right to

    /// The keys, from `secret`, which is made by whoever first needs it. Throws ``StateFolderFault`` where there is none
    /// although there are subscribers, and a `DiskFault` for those who have no right to it.
    package func tokenKeys() throws -> TokenKeys {
        TokenKeys(secret: try secret.bytes(owner: Ownership(of: path)))
    }

    /// The roll, read when it is first asked for anything; a process keeps one, whose index it shares. Throws
    /// ``StateFolderFault`` where there are subscribers and no `secret`.
    package func subscriberList() throws -> FileSubscriberList {
        try secret.checkNotLost()
        return FileSubscriberList(rollPath, disk: disk)
    }

    var rollPath: String { path + "/subscriptions/roll.jsonl" }
    private var secret: SecretFile { SecretFile(path: path + "/secret", rollPath: rollPath, disk: disk) }
}

/// Why the state folder cannot be used.
package enum StateFolderFault: Error, Hashable, Sendable, CustomStringConvertible {
    case noParent(String)
    case notMade(String)
    /// There are subscribers, and no secret to make their links with.
    case secretLost(String)
    case secretDamaged(String, size: Int)

    package var description: String {
        switch self {
        case .noParent(let parent):
            "there is no folder \(parent) to make the state folder in: mkdir -p \(parent), or set state: to a path "
                + "whose folder exists"
        case .notMade(let path):
            "the state folder \(path) was not begun: start fortnightd once, run fortnight init, or check state: in the "
                + "configuration"
        case .secretLost(let path):
            "\(path) is missing although there are subscribers: restore it from the backup; a new one would break every "
                + "link that was ever sent"
        case .secretDamaged(let path, let size):
            "\(path) has \(size) bytes instead of \(TokenKeys.secretLength): restore it from the backup"
        }
    }
}
