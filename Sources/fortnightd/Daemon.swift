import Bulletin
import Composition
import Foundation
import Logging
import Publishing
import Records
import ServiceLifecycle
import Settings
import UnixSignals
import Web

@main
struct Daemon {
    static func main() async {
        let environment = ProcessInfo.processInfo.environment
        LoggingSystem.bootstrap { _ in StandardErrorLog(environment: environment, now: { Date() }) }
        let log = Logger(label: "fortnightd")
        do {
            let arguments = try Arguments(CommandLine.arguments.dropFirst())
            try await run(arguments, environment: environment, log: log)
        } catch let usage as Arguments.Fault {
            FileHandle.standardError.write(Data("\(usage.description)\n".utf8))
            exit(usage.status)
        } catch {
            for line in "\(error)".split(separator: "\n") { log.critical("\(line)") }
            exit(1)
        }
    }

    private static func run(_ arguments: Arguments, environment: [String: String], log: Logger) async throws {
        let configuration = try Configuration.load(path: arguments.config, environment: environment)
        for warning in configuration.warnings { log.warning("\(warning)") }
        let folder = StateFolder(path: configuration.state)
        let now: @Sendable () -> Date = { Date() }
        try folder.make(at: now())
        let lock = try folder.holdDaemonLock(at: now())
        // What cannot be had is said now, and not at the first issue.
        _ = try configuration.relays()
        let office = Office(configuration: configuration, folder: folder)
        _ = try office.timetable()
        let roll = try folder.roll()
        // One folder, one way to know people: without its secret nothing may start.
        let seals = try folder.seals()
        let notice = ServiceManagerNotice(environment: environment)
        let workflow = Workflow(office, roll: roll, log: log, now: now, tell: { notice.status($0) })
        let listen = configuration.web.listen
        let templates = try TemplateSet(folder: configuration.templates)
        let web = WebService(
            place: WebService.Place(
                host: listen.host, port: listen.port, logger: log, now: now,
                onListening: { port in
                    log.notice("web: listening on \(listen.host):\(port)")
                    notice.ready()
                }),
            masthead: configuration.masthead,
            pages: Pages(templates: templates, masthead: configuration.masthead),
            zone: configuration.schedule.timezone, folder: folder,
            calendars: CalendarPress(
                masthead: configuration.masthead, templates: templates, zone: configuration.schedule.timezone),
            roll: roll, seals: seals,
            policy: WebService.Policy(
                trustedProxies: configuration.web.trustedProxies,
                keeping: Pages.Keeping(
                    unsubscribed: configuration.privacy.keepUnsubscribed.seconds,
                    recordsOrigin: configuration.web.recordOrigin)),
            began: try folder.began())
        // At debug level the group would write out every service, with all that it holds.
        var quiet = log
        quiet.logLevel = max(quiet.logLevel, .warning)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: web), .init(service: workflow), .init(service: Farewell(notice))],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
        try await group.run()
        withExtendedLifetime(lock) {}
    }
}

/// Tells the service manager that the end has begun.
private struct Farewell: Service {
    private let notice: ServiceManagerNotice

    init(_ notice: ServiceManagerNotice) { self.notice = notice }

    func run() async throws {
        try? await gracefulShutdown()
        notice.stopping()
    }
}
