import Foundation
import Glibc
import Records

/// Examines the editors: the members of the state folder's group.
struct ExaminePeople {
    let folder: StateFolder

    func editors() -> DoctorFinding? {
        guard let facts = PathFacts("\(folder.path)/editorial") else { return nil }
        let editors = facts.group
        guard let entry = getgrgid(editors), let name = entry.pointee.gr_name.map({ String(cString: $0) }) else {
            return DoctorFinding(
                .people, "Editors", .wrong, "the group \(editors) of \(folder.path)/editorial does not exist",
                "as root: groupadd --system fortnight-editors, and chgrp -R fortnight-editors \(folder.path)/editorial")
        }
        let owner = ExamineState.user(facts.user)
        let members = Self.members(of: entry.pointee).union(Self.atHome(in: editors)).subtracting([owner]).sorted()
        guard name != "root", name != owner else {
            return DoctorFinding(
                .people, "Editors", .warning,
                "the editors' folders belong to \(owner)'s own group \(name): nobody else can edit",
                "to let others edit: as root, groupadd --system fortnight-editors, then for each of editorial, issues and "
                    + "standing in it, chgrp -R fortnight-editors; and chgrp fortnight-editors \(folder.path)")
        }
        guard !members.isEmpty else {
            return DoctorFinding(
                .people, "Editors", .warning, "only \(owner) is in the group \(name), so nobody else can edit",
                "as root, for each editor: usermod -aG \(name) NAME; it takes effect at their next login")
        }
        return DoctorFinding(.people, "Editors", .good, "\(members.joined(separator: ", ")) (group \(name))")
    }

    /// Whether this session may edit: a group membership takes effect at the next login.
    func own() -> DoctorFinding? {
        guard geteuid() != 0, folder.isMade else { return nil }
        guard access("\(folder.path)/editorial/items", W_OK | X_OK) != 0 else { return nil }
        return DoctorFinding(
            .people, "You", .warning, "this session may not edit in \(folder.path)/editorial",
            "log in again if you were only just added to the group; id shows this session's groups")
    }

    private static func members(of group: Glibc.group) -> Set<String> {
        var names: Set<String> = []
        var place = group.gr_mem
        while let at = place, let name = at.pointee {
            names.insert(String(cString: name))
            place = at + 1
        }
        return names
    }

    /// Users whose primary group it is: getgrgid(3) does not list them.
    private static func atHome(in group: gid_t) -> Set<String> {
        var names: Set<String> = []
        setpwent()
        while let entry = getpwent() {
            if entry.pointee.pw_gid == group, let name = entry.pointee.pw_name { names.insert(String(cString: name)) }
        }
        endpwent()
        return names
    }
}
