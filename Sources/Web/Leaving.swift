import Bulletin
import Composition
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Seals

// The personal link to leave. A GET shows a button and changes nothing, because scanners follow links; only a POST
// unsubscribes (RFC 8058 section 1).
extension Reception {
    func leave(_ token: String, _ request: inout Request) async throws -> Answer {
        guard let id = seals.open(token, as: .leave) else { return .page(pages.badLink(), status: .notFound) }
        guard request.method == .post else { return .page(pages.leave(token: token)) }
        let body = Array(try await Self.read(&request).readableBytesView)
        let isOneClick = FormBody.isOneClick(body, contentType: request.headers[.contentType])
        guard isOneClick || isOurOwnForm(request) else { return .page(pages.leave(token: token)) }
        try await leaving.leave(id, reason: isOneClick ? "one-click" : "page", at: now())
        logger.info("unsubscribed", metadata: ["subscriber": "\(id)", "by": isOneClick ? "one-click" : "page"])
        return isOneClick ? .text("You are unsubscribed.\n") : .page(pages.left())
    }

    /// Seconds in which a body has to be there: a link by telephone brings a hundred bytes in less.
    private static let patience = Duration.seconds(20)

    private static func read(_ request: inout Request) async throws -> ByteBuffer {
        let body = request.body
        return try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
            group.addTask { try await body.collect(upTo: FormBody.most) }
            group.addTask {
                try await Task.sleep(for: patience)
                throw HTTPError(.requestTimeout)
            }
            defer { group.cancelAll() }
            return try await group.next() ?? ByteBuffer()
        }
    }

    /// Whether a form comes from a page of ours, and not from somebody else's who holds the link. Browsers say so by
    /// Sec-Fetch-Site; older ones by Origin, which is `null` from our pages, for they send no referrer.
    private func isOurOwnForm(_ request: Request) -> Bool {
        if let name = HTTPField.Name("Sec-Fetch-Site"), let site = request.headers[name] {
            return site == "same-origin" || site == "none"
        }
        guard let origin = request.headers[.origin], origin != "null" else { return true }
        let host = origin.split(separator: "/").last.map(String.init)
        return host == request.head.authority
            || origin == Self.origin(of: masthead.publicURL)
    }

    private static func origin(of url: String) -> String? {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme, let host = parts.host else {
            return nil
        }
        return "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? "")
    }
}
