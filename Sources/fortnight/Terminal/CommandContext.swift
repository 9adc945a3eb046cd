import Bulletin
import Foundation
import Glibc
import Planning
import Records
import Settings

/// The surroundings of a command: the configuration, the state folder, and the person at the terminal.
struct CommandContext {
    let configuration: Configuration
    let folder: StateFolder
    /// The time of the command, and of everything that it does.
    let now: Date

    var context: PublishingContext { PublishingContext(configuration: configuration, folder: folder) }
    var zone: TimeZone { configuration.schedule.timezone }

    /// Makes the state folder if it is missing, unless `making` is false. Root switches to the state folder's owner;
    /// `holdingSecrets` reads the secrets that only root may read before.
    init(_ common: CommonOptions, making: Bool = true, holdingSecrets: Bool = false) throws {
        let configuration = try common.configuration()
        self.configuration = holdingSecrets ? configuration.holdingSecrets() : configuration
        now = Date()
        folder = StateFolder(path: configuration.state)
        guard making || folder.isMade else { return }
        try folder.takeOnOwner()
        if making { try folder.make(at: now) }
    }

    /// The login name of the person at the terminal.
    static var person: String {
        let environment = ProcessInfo.processInfo.environment
        if let name = environment["SUDO_USER"], !name.isEmpty { return name }
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "uid \(getuid())" }
        return String(cString: name)
    }

    /// Whether a daemon runs on this state folder; nil where this account may not find out.
    var daemonRuns: Bool? {
        do { return try folder.runningDaemon() != nil } catch { return nil }
    }
}
