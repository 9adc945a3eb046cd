import Foundation
package import Hummingbird
package import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// Serves HTTP as Hummingbird's `Application` does, but for its clock. That wakes the process every second, to have the date
/// of a response ready; here the date is made with the response, so that a server without visitors sleeps.
package struct HTTPServer<Responder: HTTPResponder>: Sendable
where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    private let responder: Responder
    private let builder: HTTPServerBuilder
    private let configuration: ServerConfiguration
    private let onServerRunning: @Sendable (any Channel) async -> Void
    private let logger: Logger

    package init(
        responder: Responder, builder: HTTPServerBuilder, configuration: ServerConfiguration,
        onServerRunning: @escaping @Sendable (any Channel) async -> Void, logger: Logger
    ) {
        (self.responder, self.builder, self.configuration) = (responder, builder, configuration)
        (self.onServerRunning, self.logger) = (onServerRunning, logger)
    }

    /// Until the task is cancelled or the service group shuts down. Throws `IOError` where it cannot listen.
    package func run() async throws {
        let (responder, logger) = (responder, logger)
        let server = try builder.buildServer(
            configuration: configuration, eventLoopGroup: EventLoopGroupProvider.singleton.eventLoopGroup,
            logger: logger,
            responder: { request, writer, channel in
                var response: Response
                do {
                    let context = Responder.Context(
                        source: ApplicationRequestContextSource(channel: channel, logger: logger))
                    response = try await responder.respond(to: request, context: context)
                } catch let error as HTTPParserError {
                    throw error
                } catch {
                    response = Response(status: .internalServerError)
                }
                response.headers[.date] = HTTPDate.text(Date())
                try await writer.write(response: response.head, body: response.body)
            }, onServerRunning: onServerRunning)
        try await server.run()
    }
}
