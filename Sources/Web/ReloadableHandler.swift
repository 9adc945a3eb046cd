import Basics
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Gives each request to the handler that is in force when the request comes.
final class ReloadableHandler: HTTPResponder {
    /// In a box, so that a request costs one reference and not one for each thing the handler holds.
    private final class Opened: Sendable {
        let handler: RequestHandler

        init(_ handler: RequestHandler) { self.handler = handler }
    }

    private let opened: Mutex<Opened>

    init(_ handler: RequestHandler) { opened = Mutex(Opened(handler)) }

    /// A request that is being answered is answered as it was begun.
    func change(_ change: (inout RequestHandler) -> Void) {
        opened.withLock { opened in
            var handler = opened.handler
            change(&handler)
            opened = Opened(handler)
        }
    }

    /// Whether that is a trusted proxy, by the present configuration.
    func trusts(_ peer: IPAddress) -> Bool { opened.withLock { $0 }.handler.visitors.isTrusted(peer) }

    /// The response to bytes that are no request, by the present configuration.
    func nonsense() -> (head: HTTPResponse, body: ByteBuffer) { opened.withLock { $0 }.handler.nonsense }

    func respond(to request: Request, context: Visit) async throws -> Response {
        try await opened.withLock { $0 }.handler.respond(to: request, context: context)
    }
}
