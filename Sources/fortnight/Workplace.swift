import Bulletin
import Foundation
import Glibc
import Publishing
import Records
import Settings

/// Where a command works: the configuration, the state folder, and who is at the keyboard.
struct Workplace {
    let configuration: Configuration
    let folder: StateFolder
    /// When the command was given; all that it does has this time.
    let now: Date

    var office: Office { Office(configuration: configuration, folder: folder) }
    var zone: TimeZone { configuration.schedule.timezone }

    /// Opens the workplace; makes the state folder where it is missing.
    init(_ common: CommonOptions) throws {
        configuration = try common.configuration()
        now = Date()
        folder = StateFolder(path: configuration.state)
        try Self.takeOnOwner(of: configuration.state)
        try folder.make(at: now)
    }

    /// The login name of who gives the command.
    static var person: String {
        let environment = ProcessInfo.processInfo.environment
        if let name = environment["SUDO_USER"], !name.isEmpty { return name }
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "uid \(getuid())" }
        return String(cString: name)
    }

    /// Run as root, the command becomes the user that the state folder belongs to, so that it leaves nothing behind that
    /// the daemon cannot read.
    static func takeOnOwner(of path: String) throws {
        guard geteuid() == 0 else { return }
        var status = stat()
        guard stat(path, &status) == 0, status.st_uid != 0 else { return }
        let name = getpwuid(status.st_uid).flatMap { $0.pointee.pw_name }.map { String(cString: $0) }
        guard (name.map { initgroups($0, status.st_gid) } ?? setgroups(0, nil)) == 0, setgid(status.st_gid) == 0,
            setuid(status.st_uid) == 0
        else {
            throw CommandFailure("cannot become the owner of \(path): run this as that user")
        }
    }

    /// Whether a daemon works on this state folder, as far as can be told; nil where this account may not know.
    var daemonRuns: Bool? {
        do { return try folder.runningDaemon() != nil } catch { return nil }
    }
}
