import Foundation

/// The owner, group and mode of a path itself, without following a symbolic link.
struct PathFacts {
    let user: UInt32
    let group: UInt32
    /// The lower twelve bits.
    let mode: UInt32
    let isFolder: Bool
    let isFile: Bool

    /// Nil if nothing is there, or this account may not see it.
    init?(_ path: String) {
        guard let facts = try? FileManager.default.attributesOfItem(atPath: path),
            let user = facts[.ownerAccountID] as? NSNumber, let group = facts[.groupOwnerAccountID] as? NSNumber,
            let mode = facts[.posixPermissions] as? NSNumber
        else { return nil }
        (self.user, self.group, self.mode) = (user.uint32Value, group.uint32Value, mode.uint32Value & 0o7777)
        let type = facts[.type] as? FileAttributeType
        (isFolder, isFile) = (type == .typeDirectory, type == .typeRegular)
    }
}
