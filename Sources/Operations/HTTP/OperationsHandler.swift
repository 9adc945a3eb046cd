import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Publishing
import Records

/// Serves monitoring. It only reads, and no answer holds a subscriber's address.
struct OperationsHandler: HTTPResponder {
    let board: StatusBoard
    let now: @Sendable () -> Date
    private let clock = SuspendingClock()
    private let began = SuspendingClock.now

    init(board: StatusBoard, now: @escaping @Sendable () -> Date) { (self.board, self.now) = (board, now) }

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        var answer = answer(to: request)
        answer.headers[.contentLength] = String(answer.body.contentLength ?? 0)
        return request.method == .head ? answer.createHeadResponse() : answer
    }

    private func answer(to request: Request) -> Response {
        let paths = ["/", "/live", "/ready", "/metrics", "/style.css"]
        guard paths.contains(request.uri.path) else {
            return text(.notFound, "Not found: see /, /live, /ready and /metrics.\n")
        }
        guard [.get, .head].contains(request.method) else {
            var answer = text(.methodNotAllowed, "This address does not support \(request.method.rawValue).\n")
            answer.headers[.allow] = "GET, HEAD"
            return answer
        }
        switch request.uri.path {
        case "/live":
            return health.isLive
                ? text(.ok, "alive\n")
                : text(.serviceUnavailable, "the workflow has not moved for minutes: restart the daemon\n")
        case "/ready":
            let reasons = health.reasons
            return reasons.isEmpty
                ? text(.ok, "ready\n")
                : text(
                    .serviceUnavailable, "not ready\n" + reasons.map { $0.replacing("\n", with: " ") + "\n" }.joined())
        case "/metrics":
            let metrics = MetricsAnswer(board, health, mailbox: board.mailbox, at: now())
            return response(.ok, "text/plain; version=0.0.4; charset=utf-8", metrics.text)
        case "/style.css": return response(.ok, "text/css; charset=utf-8", OperationsStyle.text)
        default:
            let page = OperationsPage(board, health, mailbox: board.mailbox, at: now())
            return response(.ok, "text/html; charset=utf-8", page.html)
        }
    }

    private var health: Health {
        Health(
            reading: board.monitor.reading, web: board.web, writing: board.writing?.words,
            sinceStart: clock.now - began)
    }

    private func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        response(status, "text/plain; charset=utf-8", text)
    }

    /// Pages need no script, no frame and no other origin.
    private static let policy =
        "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

    private func response(_ status: HTTPResponse.Status, _ type: String, _ body: String) -> Response {
        var headers: HTTPFields = [.contentType: type, .cacheControl: "no-store"]
        for (name, value) in [
            ("Content-Security-Policy", Self.policy), ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"), ("X-Robots-Tag", "noindex"),
        ] {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: body)))
    }
}
