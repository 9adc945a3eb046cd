import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Rendering
import Subscriptions
import Tokens

// The personal link to leave. A GET shows a button and changes nothing, because scanners follow links; only a POST
// unsubscribes (RFC 8058 section 1).
extension RequestHandler {
    func leave(_ token: String, _ request: Request) async throws -> PageResponse {
        guard let id = tokenKeys.open(token, as: .leave) else { return .page(pages.badLink(), status: .notFound) }
        guard request.method == .post else { return .page(pages.leave(token: token)) }
        let body = try await body(of: request)
        let isOneClick = FormBody.isOneClick(body, contentType: request.headers[.contentType])
        guard isOneClick || isOurOwnForm(request) else { return .page(pages.leave(token: token)) }
        if !isOneClick, FormFields(body)["action"] == "choices" { return try await sendChoices(to: id) }
        try await subscribers.perform(Leave(id, by: isOneClick ? .oneClick : .page, at: now()))
        logger.info("unsubscribed", metadata: ["subscriber": "\(id)", "by": isOneClick ? "one-click" : "page"])
        return isOneClick ? .text("You are unsubscribed.\n") : .page(pages.left())
    }
}
