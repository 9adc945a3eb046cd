import Bulletin
import Foundation
import Glibc
import Planning
import Records
import Settings

/// Where a command works: the configuration, the state folder, and who is at the keyboard.
struct CommandContext {
    let configuration: Configuration
    let folder: StateFolder
    /// When the command was given; all that it does has this time.
    let now: Date

    var context: PublishingContext { PublishingContext(configuration: configuration, folder: folder) }
    var zone: TimeZone { configuration.schedule.timezone }

    /// Opens the workplace; makes the state folder where it is missing, unless the command only looks. Root becomes its owner:
    /// `holdingSecrets` reads before what only root may read.
    init(_ common: CommonOptions, making: Bool = true, holdingSecrets: Bool = false) throws {
        let configuration = try common.configuration()
        self.configuration = holdingSecrets ? configuration.holdingSecrets() : configuration
        now = Date()
        folder = StateFolder(path: configuration.state)
        guard making || folder.isMade else { return }
        try folder.takeOnOwner()
        if making { try folder.make(at: now) }
    }

    /// The login name of who gives the command.
    static var person: String {
        let environment = ProcessInfo.processInfo.environment
        if let name = environment["SUDO_USER"], !name.isEmpty { return name }
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return "uid \(getuid())" }
        return String(cString: name)
    }

    /// Whether a daemon works on this state folder, as far as can be told; nil where this account may not know.
    var daemonRuns: Bool? {
        do { return try folder.runningDaemon() != nil } catch { return nil }
    }
}
