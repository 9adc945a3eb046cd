import Bulletin
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// Leads each request to the reception as it is when the request comes.
final class FrontDoor: HTTPResponder {
    /// In a box, so that a request costs one reference and not one for each thing the reception holds.
    private final class Opened: Sendable {
        let reception: Reception

        init(_ reception: Reception) { self.reception = reception }
    }

    private let opened: Mutex<Opened>

    init(_ reception: Reception) { opened = Mutex(Opened(reception)) }

    /// What is being answered is answered as it was begun.
    func change(_ change: (inout Reception) -> Void) {
        opened.withLock { opened in
            var reception = opened.reception
            change(&reception)
            opened = Opened(reception)
        }
    }

    /// Whether that is a proxy of ours, as things are set now.
    func trusts(_ peer: IPAddress) -> Bool { opened.withLock { $0 }.reception.visitors.isTrusted(peer) }

    /// The answer to what is no request, as things are set now.
    func nonsense() -> (head: HTTPResponse, body: ByteBuffer) { opened.withLock { $0 }.reception.nonsense }

    func respond(to request: Request, context: Visit) async throws -> Response {
        try await opened.withLock { $0 }.reception.respond(to: request, context: context)
    }
}
