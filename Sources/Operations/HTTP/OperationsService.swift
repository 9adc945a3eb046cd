import Basics
package import Foundation
import HTTPServing
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import Planning
import Publishing
import Records
import ServiceLifecycle
import Settings

/// Serves health, metrics and the operations page at `operations.listen`, never on the public pages' port. If it cannot
/// listen, the bulletin goes out all the same: the fault is reported, and it tries again.
package struct OperationsService: Service {
    private let board: StatusBoard
    private let log: Logger
    private let now: @Sendable () -> Date

    package init(_ board: StatusBoard, log: Logger, now: @escaping @Sendable () -> Date) {
        (self.board, self.log, self.now) = (board, log, now)
    }

    package func run() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                try await serve()
            } catch let error as IOError {
                fail(OperationsFault(place: "\(host):\(listen.port)", errno: error.errnoCode).description)
            } catch {
                fail("operations.listen: cannot listen on \(host):\(listen.port): \(error)")
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.retry) }
        }
    }

    /// The wait before it tries to listen again.
    private static let retry = Duration.seconds(10)

    private var listen: ListenAddress { board.context.configuration.operations.listen }
    /// The host as written in a URL.
    private var host: String { listen.host.utf8.contains(UInt8(ascii: ":")) ? "[\(listen.host)]" : listen.host }

    private func fail(_ words: String) {
        if board.operationsTrouble?.words != words { log.error("\(words)") }
        board.operationsFail(words, at: now())
    }

    private func serve() async throws {
        var quiet = log
        quiet.logLevel = max(quiet.logLevel, .critical)
        let (board, log, host) = (board, log, host)
        let server = HTTPServer(
            responder: OperationsHandler(board: board, now: now),
            builder: .http1(
                configuration: .init(
                    idleTimeout: Limits.idle,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: Limits.header, maxHeaderListSize: Limits.header,
                        maxHeaderFieldCount: Limits.headerFields))),
            configuration: .init(
                address: .hostname(listen.host, port: listen.port),
                availableConnectionsDelegate: MaximumAvailableConnections(Limits.connections)),
            onServerRunning: { channel in
                let address = "\(host):\(channel.localAddress?.port ?? 0)"
                board.operationsListen(at: address)
                log.notice("operations: health, metrics and the operations page are at http://\(address)/")
            },
            logger: quiet)
        try await server.run()
    }

    /// Limits on the clients, which are few and our own.
    private enum Limits {
        static let idle = TimeAmount.seconds(30)
        static let header = 8 * 1024
        static let headerFields = 50
        static let connections = 32
    }
}

/// Why health, metrics and the operations page cannot be served.
struct OperationsFault: Error, Hashable, Sendable, CustomStringConvertible {
    let place: String
    let errno: Int32

    var description: String {
        switch errno {
        case EADDRINUSE:
            "operations.listen: \(place) is taken by another program: stop it, or set operations.listen to another port"
        case EACCES: "operations.listen: this user may not listen on \(place): use a port above 1023"
        case EADDRNOTAVAIL:
            "operations.listen: \(place) is not an address of this machine: set operations.listen to one of its addresses"
        default: "operations.listen: cannot listen on \(place): \(String(cString: strerror(errno)))"
        }
    }
}
