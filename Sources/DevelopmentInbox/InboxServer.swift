import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// An SMTP server on loopback that keeps all messages, simulates faults where it is told to, and has a page that shows
/// them.
///
/// For the trial and the tests. It delivers nothing, and it shows all mail to anyone, so it listens on loopback
/// addresses only. Messages are kept after ``stop()``; a later ``start()`` listens on the same ports again, as a
/// relay that comes back does.
package final class InboxServer: Sendable {
    private struct Running {
        let group: MultiThreadedEventLoopGroup
        let listeners: [any Channel]
        let connections: OpenChannels
        let folder: MessageFolder?
    }

    private struct State {
        var running: Running?
        var smtp: InboxConfiguration.Listener
        var smtps: InboxConfiguration.Listener?
        var web: InboxConfiguration.Listener?
    }

    package let configuration: InboxConfiguration
    private let index: MessageIndex
    private let plan: FaultPlan
    private let state: Mutex<State>

    package init(_ configuration: InboxConfiguration = InboxConfiguration()) {
        self.configuration = configuration
        index = MessageIndex(keep: configuration.keep)
        plan = FaultPlan(rules: configuration.faults + configuration.addressRules, seed: configuration.seed)
        state = Mutex(State(smtp: configuration.smtp, smtps: configuration.smtps, web: configuration.web))
    }

    // MARK: Running

    /// Listens. Returns when connections are taken.
    /// - Throws: ``InboxFault``.
    package func start() async throws {
        let wanted = state.withLock { state in
            (isRunning: state.running != nil, smtp: state.smtp, smtps: state.smtps, web: state.web)
        }
        guard !wanted.isRunning else { throw InboxFault.alreadyStarted }
        let tls = try configuration.certificate.map { try TLSContext($0) }
        if wanted.smtps != nil, tls == nil { throw InboxFault.noCertificate }
        var folder: MessageFolder?
        if case .folder(let path) = configuration.keep { folder = try MessageFolder(path) }
        let post = MessageStore(configuration: configuration, plan: plan, index: index, folder: folder, tls: tls)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads)
        let connections = OpenChannels()
        do {
            let smtp = try await Self.listen(wanted.smtp, group, connections) { channel in
                try channel.pipeline.syncOperations.addHandler(SMTPConnection(post: post, isEncrypted: false))
            }
            var listeners = [smtp]
            if let listener = wanted.smtps, let tls {
                listeners.append(
                    try await Self.listen(listener, group, connections) { channel in
                        try channel.pipeline.syncOperations.addHandler(try TLSHandler(tls))
                        try channel.pipeline.syncOperations.addHandler(SMTPConnection(post: post, isEncrypted: true))
                    })
            }
            if let listener = wanted.web {
                let pages = InboxPages(index: index, configuration: configuration)
                listeners.append(
                    try await Self.listen(listener, group, connections) { channel in
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                        try channel.pipeline.syncOperations.addHandler(WebConnection(pages: pages))
                    })
            }
            let ports = listeners.compactMap { $0.localAddress?.port }
            let running = Running(group: group, listeners: listeners, connections: connections, folder: folder)
            state.withLock { state in
                state.running = running
                state.smtp.port = ports[0]
                if wanted.smtps != nil { state.smtps?.port = ports[1] }
                if wanted.web != nil, let port = ports.last { state.web?.port = port }
            }
        } catch {
            await connections.closeAll()
            try await group.shutdownGracefully()
            throw error
        }
    }

    /// Stops listening, breaks off every connection, and returns when each message taken is written.
    package func stop() async throws {
        let running = state.withLock { state in
            defer { state.running = nil }
            return state.running
        }
        guard let running else { return }
        for listener in running.listeners { try await listener.close() }
        await running.connections.closeAll()
        running.folder?.finish()
        try await running.group.shutdownGracefully()
    }

    /// Runs an inbox for as long as the body runs.
    @discardableResult
    package static func with<Result>(
        _ configuration: InboxConfiguration = InboxConfiguration(), isolation: isolated (any Actor)? = #isolation,
        _ body: (InboxServer) async throws -> Result
    ) async throws -> Result {
        let inbox = InboxServer(configuration)
        try await inbox.start()
        do {
            let result = try await body(inbox)
            try await inbox.stop()
            return result
        } catch {
            try await inbox.stop()
            throw error
        }
    }

    /// The port of plain SMTP; 0 before the first start, if it was to be any.
    package var smtpPort: Int { state.withLock { $0.smtp.port } }
    /// The port of SMTP inside TLS, where asked for.
    package var smtpsPort: Int? { state.withLock { $0.smtps?.port } }
    /// The port of the web page, where asked for.
    package var webPort: Int? { state.withLock { $0.web?.port } }

    // MARK: Messages

    /// Every message taken, in order of arrival; none where only counts are kept.
    package func messages() -> [ReceivedMessage] { index.messages }

    /// The bytes of a message as they were sent, dots unstuffed; nil when they were not kept.
    package func contents(of id: String) -> [UInt8]? { index.contents(id) }

    package func counts() -> InboxCounts { index.counts }

    /// `C:` and `S:` lines of the connection of that number, from 1, where dialogues are kept.
    package func dialogue(_ connection: Int) -> [String] { index.dialogue(connection) }

    /// Returns when at least so many messages were taken.
    /// - Throws: ``InboxFault/tooFewMessages(_:of:)`` when they did not come in time.
    package func waitForMessages(_ count: Int, within time: Duration = .seconds(30)) async throws {
        let deadline = ContinuousClock.now + time
        while index.size < count {
            guard ContinuousClock.now < deadline else { throw InboxFault.tooFewMessages(index.size, of: count) }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    // MARK: Listening

    private static func listen(
        _ listener: InboxConfiguration.Listener, _ group: MultiThreadedEventLoopGroup, _ connections: OpenChannels,
        setUp: @escaping @Sendable (any Channel) throws -> Void
    ) async throws -> any Channel {
        guard let address = try? SocketAddress(ipAddress: listener.host, port: listener.port), address.isLoopback else {
            throw InboxFault.notLoopback(listener.host)
        }
        do {
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 256)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.allowRemoteHalfClosure, value: false)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        connections.add(channel)
                        try setUp(channel)
                    }
                }
                .bind(to: address).get()
        } catch {
            throw InboxFault.listen(listener.description, "\(error)")
        }
    }
}

extension SocketAddress {
    fileprivate var isLoopback: Bool {
        switch self {
        case .v4: ipAddress?.hasPrefix("127.") ?? false
        case .v6: ipAddress == "::1"
        case .unixDomainSocket: false
        }
    }
}

/// The connections that are open, so that stopping ends them.
private final class OpenChannels: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    func add(_ channel: any Channel) {
        channels.withLock { $0[ObjectIdentifier(channel)] = channel }
        channel.closeFuture.whenComplete { _ in
            self.channels.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) }
        }
    }

    func closeAll() async {
        for channel in channels.withLock({ Array($0.values) }) {
            channel.close(promise: nil)
            _ = try? await channel.closeFuture.get()
        }
    }
}
