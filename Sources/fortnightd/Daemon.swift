import Basics
import Bulletin
import CProgramPages
import Foundation
import Logging
import Operations
import Publishing
import Records
import ServiceLifecycle
import Settings
import UnixSignals
import Web

@main
struct Daemon {
    // On the main thread until the first wait: the process's user is settled there, and the thread then ends, while its
    // entry in /proc would still show the first user.
    @MainActor static func main() async {
        let environment = ProcessInfo.processInfo.environment
        LoggingSystem.bootstrap { _ in StandardErrorLog(environment: environment, now: { Date() }) }
        let log = Logger(label: "fortnightd")
        do {
            let arguments = try Arguments(CommandLine.arguments.dropFirst())
            let configuration = try Configuration.load(path: arguments.config, environment: environment)
            for warning in configuration.warnings { log.warning("\(warning)") }
            let folder = StateFolder(path: configuration.state)
            if arguments.checks {
                try LoadedConfiguration.check(configuration, folder: folder)
                return print("\(configuration.file) and its templates are sound.")
            }
            try folder.takeOnOwner()
            try await run(configuration, arguments, folder, environment: environment, log: log)
        } catch let usage as Arguments.Fault {
            FileHandle.standardError.write(Data("\(usage.description)\n".utf8))
            exit(usage.status)
        } catch {
            for line in "\(error)".split(separator: "\n") { log.critical("\(line)") }
            exit(1)
        }
    }

    private static func run(
        _ configuration: Configuration, _ arguments: Arguments, _ folder: StateFolder, environment: [String: String],
        log: Logger
    ) async throws {
        // From the start: an early reload signal must not end the daemon.
        let requests = await UnixSignalsSequence(trapping: .sighup)
        let now: @Sendable () -> Date = { Date() }
        try folder.checkUsable()
        try folder.make(at: now())
        let lock = try folder.holdDaemonLock(at: now())
        for warning in folder.shortages { log.error("\(warning)") }
        let house = try LoadedConfiguration(configuration, folder: folder)
        for warning in house.warnings { log.warning("\(warning)") }
        let subscriberList = try folder.subscriberList()
        // Without the folder's secret nothing may start: every id depends on it.
        let tokenKeys = try folder.tokenKeys()
        let notice = ServiceManagerNotice(environment: environment)
        let inForce = LiveContext(house.context, at: now())
        let monitor = WorkflowMonitor()
        let board = StatusBoard(inForce, monitor: monitor, started: now())
        let workflow = Workflow(
            inForce, subscriberList: subscriberList, log: log, now: now, monitor: monitor,
            beat: min(.seconds(10), notice.beat ?? .seconds(10)),
            tell: { words in
                notice.status(words)
                monitor.doing(words)
            }, alive: { notice.alive() }, releaseMemory: { fortnight_release_program_pages() })
        let letters = workflow.letters
        let mailbox = WatchMailbox(
            inForce, subscriberList: subscriberList, log: log, now: now, onMail: { letters.wake() })
        let listen = configuration.web.listen
        let web = WebService(
            place: WebService.Place(
                host: listen.host, port: listen.port, logger: log, now: now,
                onListening: { port in
                    log.notice("web: listening on \(listen.host):\(port)")
                    board.webListens(at: "\(listen.host):\(port)")
                    notice.ready()
                }),
            masthead: configuration.masthead, pages: house.pages, zone: configuration.schedule.timezone, folder: folder,
            calendars: house.calendars, subscriberList: subscriberList, tokenKeys: tokenKeys, policy: house.policy,
            began: house.began, onCommit: { letters.wake() })
        let reload = Reload(
            requests: requests, inForce: inForce, web: web, notice: notice, log: log, now: now,
            read: { try Configuration.load(path: arguments.config, environment: environment) })
        // At debug level the group would log every service with all its contents.
        var quiet = log
        quiet.logLevel = max(quiet.logLevel, .warning)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: web), .init(service: workflow), .init(service: mailbox),
                    .init(service: WatchState(inForce, log: log)),
                    .init(service: reload),
                    .init(service: PublishStatus(board, subscriberList: subscriberList, log: log, now: now)),
                    .init(service: OperationsService(board, log: log, now: now)), .init(service: Farewell(notice)),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
        fortnight_release_program_pages()
        try await group.run()
        withExtendedLifetime(lock) {}
    }
}

/// Tells the service manager that the daemon is stopping.
private struct Farewell: Service {
    private let notice: ServiceManagerNotice

    init(_ notice: ServiceManagerNotice) { self.notice = notice }

    func run() async throws {
        try? await gracefulShutdown()
        notice.stopping()
    }
}
