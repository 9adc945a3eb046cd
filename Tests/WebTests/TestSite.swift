import Bulletin
import Foundation
import Journal
import Logging
import Records
import Rendering
import ServiceLifecycle
import Synchronization
import TestSupport
import Tokens
import Web

/// The web pages of a made-up bulletin, served on loopback for as long as a test takes.
struct TestSite {
    let visitor: Visitor
    let subscriberList: TestSubscriberList
    let tokenKeys = TokenKeys(secret: Array(0..<32))
    let log: KeptLog
    let open: Opening
    let state: StateFolder

    func networks() throws -> [Network] { try state.networks.list().networks }

    typealias Opening = @Sendable (Int, @escaping @Sendable (Int) async -> Void) -> WebService

    /// Another server of the same pages.
    func service(port: Int, onListening: @escaping @Sendable (Int) async -> Void) -> WebService {
        open(port, onListening)
    }

    /// Read once for all tests: there are many of them.
    private static let templates = Result {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../templates")
        return try TemplateSet(folder: folder.standardized.path)
    }

    static let now = Date(timeIntervalSince1970: 1_796_205_600)

    func token(_ id: SubscriberID) -> String { tokenKeys.token(.leave, for: id) }

    static func serve(
        publicURL: String = "https://bulletin.example.org", withIssues: Bool = false,
        trusting proxies: [String] = ["127.0.0.1"], limits: WebService.Limits = unhurried,
        preparing prepare: (StateFolder) throws -> Void = { _ in },
        _ body: @escaping @Sendable (TestSite) async throws -> Void
    ) async throws {
        try await withScratchFolder { path in
            let state = StateFolder(path: path)
            try FileManager.default.createDirectory(atPath: path + "/issues", withIntermediateDirectories: false)
            if withIssues { try publish(on: state) }
            try prepare(state)
            try await serve(publicURL: publicURL, state: state, proxies: proxies, limits: limits, body)
        }
    }

    /// Nobody is hung up on while all tests run at once.
    static let unhurried = {
        var limits = WebService.Limits()
        for limit in [\WebService.Limits.idle, \.request, \.form, \.answer] { limits[keyPath: limit] = .seconds(600) }
        limits.joiningStep = .zero
        return limits
    }()

    private static func serve(
        publicURL: String, state: StateFolder, proxies: [String], limits: WebService.Limits,
        _ body: @escaping @Sendable (TestSite) async throws -> Void
    ) async throws {
        let masthead = Masthead(
            name: "Health eBulletin", publisher: "Example Partnership", language: "en-GB", fromName: "Health eBulletin",
            from: try EmailAddress("bulletin@example.org"), replyTo: nil,
            postalAddress: "1 Example Street, Manchester M1 1AA", phone: "0161 496 0000", text: nil,
            returnAddress: try EmailAddress("bounces@example.org"), mailboxIsRead: false, publicURL: publicURL)
        let pages = Pages(templates: try templates.get(), masthead: masthead)
        let calendars = CalendarWriter(masthead: masthead, templates: try templates.get(), zone: .gmt)
        let subscriberList = TestSubscriberList(path: state.path + "/roll.jsonl")
        let log = KeptLog()
        let (ports, listening) = AsyncStream<Int>.makeStream()
        let open: Opening = { port, onListening in
            WebService(
                place: .init(
                    host: "127.0.0.1", port: port, logger: Logger(label: "test") { _ in log }, now: { now },
                    onListening: onListening),
                masthead: masthead, pages: pages, zone: .gmt, folder: state, calendars: calendars,
                subscriberList: subscriberList,
                tokenKeys: TokenKeys(secret: Array(0..<32)),
                policy: WebService.Policy(
                    trustedProxies: proxies,
                    keeping: Pages.Keeping(unsubscribed: 365 * 86_400, recordsOrigin: true)),
                began: now, limits: limits)
        }
        let service = open(0) { listening.yield($0) }
        // Ended as the daemon ends it: a server that is cancelled drops connections that it has taken and not looked at yet.
        var ending = ServiceGroupConfiguration(
            services: [.init(service: service)], logger: Logger(label: "group") { _ in SwiftLogNoOpLogHandler() })
        ending.maximumGracefulShutdownDuration = .seconds(10)
        let services = ServiceGroup(configuration: ending)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { listening.finish() }
                try await services.run()
            }
            var iterator = ports.makeAsyncIterator()
            if let port = await iterator.next() {
                let site = TestSite(
                    visitor: Visitor(port: port), subscriberList: subscriberList, log: log, open: open, state: state)
                let outcome = await Result { try await body(site) }
                await services.triggerGracefulShutdown()
                try outcome.get()
            }
            try await group.waitForAll()
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

/// The real roll in a file, which counts what is written and fails when told to.
final class TestSubscriberList: SubscriberList {
    private let file: FileSubscriberList
    private let state = Mutex((writes: 0, batches: 0, fails: false))

    struct DiskIsFull: Error {}

    init(path: String) { file = FileSubscriberList(path, disk: SystemDisk()) }

    var writes: Int { state.withLock { $0.writes } }

    /// How often the file was locked and synced.
    var batches: Int { state.withLock { $0.batches } }

    func fail() { state.withLock { $0.fails = true } }

    func add(_ status: SubscriberStatus, number: UInt64, movedTo: SubscriberID? = nil) throws -> SubscriberID {
        let id = SubscriberID(high: number, low: number)
        var subscriber = Subscriber(
            id: id, status: status, since: Date(timeIntervalSince1970: 0),
            address: status == .forgotten ? nil : try EmailAddress("reader\(number)@example.net"))
        subscriber.movedTo = movedTo
        try file.change(id) { _ in subscriber }
        return id
    }

    subscript(id: SubscriberID) -> Subscriber? {
        get throws { try file.subscriber(id) }
    }

    func transaction<Outcome: Sendable>(
        _ body: (inout SubscriberTransaction) throws -> Outcome
    ) throws -> Outcome {
        if state.withLock({ $0.fails }) { throw DiskIsFull() }
        state.withLock { $0.batches += 1 }
        return try file.transaction { records in
            let outcome = try body(&records)
            let count = records.changed.count
            state.withLock { $0.writes += count }
            return outcome
        }
    }

    func owing() throws -> [Subscriber] { try file.owing() }
    func ids(_ statuses: [SubscriberStatus]) throws -> [SubscriberID] { try file.ids(statuses) }

    func counts() throws -> SubscriberCounts { try file.counts() }
    func subscriber(_ id: SubscriberID) throws -> Subscriber? { try file.subscriber(id) }
    func walk(after id: SubscriberID?, _ body: (Subscriber) throws -> Bool) throws { try file.walk(after: id, body) }
    func refresh() throws { try file.refresh() }
    var needsCompaction: Bool { get throws { try file.needsCompaction } }
    func compact() throws { try file.compact() }
    func movements(in span: ClosedRange<Date>) throws -> SubscriberMovements { try file.movements(in: span) }
    func audience(at time: Date) throws -> Audience { try file.audience(at: time) }
    func subscribers(_ positions: Range<Int>, of audience: Audience) throws -> [Subscriber?] {
        try file.subscribers(positions, of: audience)
    }
}

extension TestSite {
    /// The file name of the one picture.
    static let picture = "\(String(repeating: "0a", count: 16)).gif"

    /// Issue 24 is being sent, 25 is closed; each has a picture.
    private static func publish(on state: StateFolder) throws {
        for (number, status) in [(24, IssueStatus.Condition.sending), (25, .closed)] {
            let number = IssueNumber(number)
            try state.issues.save(Issue(number: number, slot: now, sends: now, closedAt: now, items: [], leftOut: []))
            try state.issues.save(
                Editions(
                    subject: "Six events of issue \(number)", mailHTML: "", mailText: "",
                    webHTML: "<!DOCTYPE html><h1>Issue \(number)</h1>", webText: "ISSUE \(number) — café\n"),
                of: number)
            try state.issues.save(IssueStatus(status, since: now), of: number)
            let folder = "\(state.path)/issues/\(number.padded)/pictures"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data("GIF89a".utf8).write(to: URL(filePath: "\(folder)/\(picture)"))
            try Data("GIF89a".utf8).write(to: URL(filePath: "\(folder)/../secret.gif"))
        }
    }
}

/// Keeps every line that is logged, at any level.
final class KeptLog: LogHandler {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        kept.withLock { $0.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
    }
}
