import Basics
import Foundation
import Logging
import Planning
import Publishing
import Records
import ServiceLifecycle
import Settings
import UnixSignals
import Web

/// Reads the configuration and the templates again at every SIGHUP. They are checked first: a bad configuration is
/// refused, with the reason, and the old one stays in use.
struct Reload: Service {
    let requests: UnixSignalsSequence
    let inForce: LiveContext
    let web: WebService
    let notice: ServiceManagerNotice
    let log: Logger
    let now: @Sendable () -> Date
    let read: @Sendable () throws -> Configuration

    func run() async throws {
        for await _ in requests.cancelOnGracefulShutdown() {
            notice.reloading()
            reload()
            notice.ready()
        }
    }

    private func reload() {
        do {
            let configuration = try read()
            for warning in configuration.warnings { log.warning("\(warning)") }
            let before = inForce.context
            // The folder stays the same: its journals and locks are held.
            let house = try LoadedConfiguration(configuration, folder: before.folder)
            for warning in house.warnings { log.warning("\(warning)") }
            let waiting = Self.needsRestart(from: before, to: configuration)
            inForce.adopt(house.context, awaitingRestart: waiting, at: now())
            web.adopt(
                masthead: configuration.masthead, pages: house.pages, zone: configuration.schedule.timezone,
                calendars: house.calendars, policy: house.policy, began: house.began)
            log.notice("the configuration and the templates were reloaded")
            if !waiting.isEmpty {
                log.warning("\(waiting.joined(separator: ", ")): the new value takes effect at a restart of fortnightd")
            }
        } catch {
            inForce.refuse(LiveContext.Refusal(at: now(), reason: "\(error)"))
            for line in "\(error)".split(separator: "\n") { log.error("\(line)") }
            log.error("not reloaded: the old configuration and templates stay in use until this is corrected")
        }
    }

    /// The settings that only a restart can change.
    private static func needsRestart(from before: PublishingContext, to configuration: Configuration) -> [String] {
        let old = before.configuration
        return [
            (configuration.state != before.folder.path, "state"),
            (configuration.web.listen != old.web.listen, "web.listen"),
            (configuration.operations.listen != old.operations.listen, "operations.listen"),
        ].filter(\.0).map(\.1)
    }
}
