import Basics
import Bulletin
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Rendering
import Tokens

/// Answers requests. It keeps nothing between them, and puts no token and no address into the log.
struct RequestHandler: HTTPResponder {
    var masthead: Masthead
    var pages: Pages
    let tokenKeys: TokenKeys
    var zone: TimeZone
    let archive: Archive
    let subscribers: GroupCommit
    let rateLimiter: SignUpRateLimiter
    var visitors: VisitorAddress
    var keeping: Pages.Keeping
    var calendars: CalendarPages
    var feed: AtomWriter
    var cache: PageCache
    /// How long a form may take to come.
    let timeouts: Duration
    /// As ``WebService/Limits/joiningStep``.
    let joiningStep: Duration
    let now: @Sendable () -> Date
    let logger: Logger

    private var headers: ResponseHeaders { ResponseHeaders(overHTTPS: masthead.publicURL.hasPrefix("https://")) }

    /// The answer to a malformed request; it closes the connection.
    var nonsense: (head: HTTPResponse, body: ByteBuffer) {
        let answer = PageResponse.page(pages.refused(.other), status: .badRequest)
        var head = headers.response(answer).head
        head.headerFields[.contentLength] = String(answer.body.count)
        head.headerFields[.connection] = "close"
        return (head, ByteBuffer(bytes: answer.body))
    }

    func respond(to request: Request, context: Visit) async throws -> Response {
        var response = headers.response(await answer(to: request, context))
        if response.headers[.contentLength] == nil {
            response.headers[.contentLength] = String(response.body.contentLength ?? 0)
        }
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(to request: Request, _ visit: Visit) async -> PageResponse {
        guard let route = Route(path: request.uri.path) else { return .page(pages.notFound(), status: .notFound) }
        guard route.methods.contains(request.method) else {
            var answer = PageResponse.page(pages.refused(.other), status: .methodNotAllowed)
            answer.allow = route.methods
            return answer
        }
        do {
            if let answer = try await personalAnswer(route, request, visit) { return answer }
            if case .issues = route, let query = request.uri.query {
                return try await search(FormFields(query: query)["q"])
            }
            let answer = try await cache.answer(to: route) { try await publicAnswer(route) }
            return (answer ?? .page(pages.notFound(), status: .notFound)).unlessKnown(to: request.headers)
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            return .page(pages.refused(.tooLarge), status: .contentTooLarge)
        } catch let error as any HTTPResponseError where error.status == .requestTimeout {
            return .page(pages.refused(.tooSlow), status: .requestTimeout)
        } catch let error as any HTTPResponseError where error.status == .badRequest {
            return .page(pages.refused(.other), status: .badRequest)
        } catch {
            // The error may name a file, never the path that was asked for: that may hold a token.
            logger.error("a page could not be made", metadata: ["error": "\(error)"])
            return .page(pages.failure(), status: .internalServerError)
        }
    }

    /// The answer of a page that is a person's own, or that takes a form; nil elsewhere.
    private func personalAnswer(_ route: Route, _ request: Request, _ visit: Visit) async throws -> PageResponse? {
        switch route {
        case .leave(let token): try await leave(token, request)
        case .subscribe: try await subscribe(request, from: visitor(request, visit))
        case .confirm(let token): try await confirm(token, request, from: visitor(request, visit))
        case .choices(let token): try await choices(token, request, from: visitor(request, visit))
        default: nil
        }
    }

    private func visitor(_ request: Request, _ visit: Visit) -> IPAddress? {
        visitors.of(visit.peer, forwarded: HTTPField.Name("X-Forwarded-For").map { request.headers[values: $0] } ?? [])
    }

    private func search(_ query: String) async throws -> PageResponse {
        let query = String(query.prefix(200))
        guard !query.isEmpty else {
            return .page(pages.index(of: try await archive.issues(), zone: zone), keeping: .everybody)
        }
        let (hits, count) = try await archive.find(query)
        return .page(pages.search(for: query, hits: hits, count: count, zone: zone))
    }

    private func publicAnswer(_ route: Route) async throws -> PageResponse? {
        switch route {
        case .front:
            .page(pages.front(of: try await archive.issues(), zone: zone), keeping: .everybody)
        case .privacy: .page(pages.privacy(keeping), keeping: .everybody)
        case .feed:
            PageResponse(
                type: "application/atom+xml; charset=utf-8",
                body: Array(feed.feed(of: try await archive.feedEntries()).utf8), keeping: .everybody)
        case .issues:
            .page(pages.index(of: try await archive.issues(), zone: zone), keeping: .everybody)
        case .issue(let number):
            try await archive.page(of: number).map { .page($0, keeping: .everybody) }
        case .issueText(let number):
            try await archive.text(of: number).map { .text($0, keeping: .everybody) }
        case .picture(let number, let file):
            try await picture(file, of: number)
        case .styleSheet:
            PageResponse(type: "text/css; charset=utf-8", body: Array(pages.styleSheet.utf8), keeping: .everybody)
        case .robots:
            .text(
                "User-agent: *\n"
                    + ["leave", "confirm", "choices"].map { "Disallow: \(basePath)/\($0)/\n" }.joined(),
                keeping: .everybody)
        case .calendarEntry(let id):
            try await calendars.entry(id, at: now()).map { .calendar($0, fileName: "\(id).ics") }
        case .calendar:
            .calendar(try await calendars.whole(at: now()), fileName: "meetings.ics")
        case .leave, .subscribe, .confirm, .choices: nil
        }
    }

    private var basePath: String { URLComponents(string: masthead.publicURL)?.path ?? "" }

    private func picture(_ file: String, of issue: IssueNumber) async throws -> PageResponse? {
        guard let type = PictureType.named(file) else { return nil }
        return try await archive.picture(file, of: issue).map {
            PageResponse(type: type, body: $0, keeping: .everybody)
        }
    }
}
