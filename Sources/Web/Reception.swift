import Bulletin
import Composition
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Seals

/// Answers requests. It keeps nothing between them, and puts no token and no address into the log.
struct Reception: HTTPResponder {
    let masthead: Masthead
    let pages: Pages
    let seals: SealRing
    let zone: TimeZone
    let archive: Archive
    let leaving: LeaveDesk
    let calendars: CalendarDesk
    let now: @Sendable () -> Date
    let logger: Logger

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        var request = request
        let headers = AnswerHeaders(overHTTPS: masthead.publicURL.hasPrefix("https://"))
        var response = headers.response(await answer(to: &request))
        if response.headers[.contentLength] == nil {
            response.headers[.contentLength] = String(response.body.contentLength ?? 0)
        }
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(to request: inout Request) async -> Answer {
        guard let route = Route(path: request.uri.path) else { return .page(pages.notFound(), status: .notFound) }
        guard route.methods.contains(request.method) else {
            var answer = Answer.text("This address takes no \(request.method.rawValue).\n", status: .methodNotAllowed)
            answer.allow = route.methods
            return answer
        }
        do {
            if case .leave(let token) = route { return try await leave(token, &request) }
            let answer = try await publicAnswer(route) ?? .page(pages.notFound(), status: .notFound)
            return answer.unlessKnown(to: request.headers)
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            return .text("The form is too large.\n", status: .contentTooLarge)
        } catch let error as any HTTPResponseError where error.status == .requestTimeout {
            return .text("The form did not come to its end.\n", status: .requestTimeout)
        } catch {
            // The error may name a file, never the path that was asked for: that may hold a token.
            logger.error("a page could not be made", metadata: ["error": "\(error)"])
            return .page(pages.failure(), status: .internalServerError)
        }
    }

    private func publicAnswer(_ route: Route) async throws -> Answer? {
        switch route {
        case .front, .issues:
            .page(pages.index(of: try await archive.issues(), zone: zone), keeping: .everybody)
        case .issue(let number):
            try await archive.page(of: number).map { .page($0, keeping: .everybody) }
        case .issueText(let number):
            try await archive.text(of: number).map { .text($0, keeping: .everybody) }
        case .picture(let number, let file):
            try await picture(file, of: number)
        case .styleSheet:
            Answer(type: "text/css; charset=utf-8", body: Array(pages.styleSheet.utf8), keeping: .everybody)
        case .robots:
            .text(
                "User-agent: *\nDisallow: \(URLComponents(string: masthead.publicURL)?.path ?? "")/leave/\n",
                keeping: .everybody)
        case .calendarEntry(let id):
            try await calendars.entry(id, at: now()).map { .calendar($0, fileName: "\(id).ics") }
        case .calendar:
            .calendar(try await calendars.whole(at: now()), fileName: "meetings.ics")
        case .leave: nil
        }
    }

    private func picture(_ file: String, of issue: IssueNumber) async throws -> Answer? {
        guard let type = PictureType.named(file) else { return nil }
        return try await archive.picture(file, of: issue).map { Answer(type: type, body: $0, keeping: .everybody) }
    }
}
