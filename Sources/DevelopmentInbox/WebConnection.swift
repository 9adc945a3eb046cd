import NIOCore
import NIOHTTP1

/// Answers requests for ``InboxPages``.
///
/// A browser may be led here by a page from elsewhere under a name of that page's choosing (DNS rebinding), so a request
/// must name a loopback host.
final class WebConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let pages: InboxPages
    private var request: HTTPRequestHead?

    init(pages: InboxPages) {
        self.pages = pages
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): request = head
        case .body: break
        case .end:
            guard let request else { return }
            self.request = nil
            answer(request, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func answer(_ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        guard Self.isLoopback(request.headers.first(name: "host")) else {
            return send(.init(status: 421, type: "text/plain", body: Array("Ask 127.0.0.1.\n".utf8)), request, context)
        }
        guard request.method == .GET || request.method == .HEAD else {
            return send(.init(status: 405, type: "text/plain", body: Array("Only GET.\n".utf8)), request, context)
        }
        send(pages.response(to: request.uri), request, context)
    }

    private static func isLoopback(_ host: String?) -> Bool {
        guard let host else { return false }
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        return name == "localhost" || name == "127.0.0.1" || name == "[::1]" || name.hasPrefix("127.") && isIPv4(name)
    }

    private static func isIPv4(_ name: some StringProtocol) -> Bool {
        name.allSatisfy { $0.isNumber || $0 == "." }
    }

    private func send(_ response: InboxPages.Response, _ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
        var headers = HTTPHeaders([
            ("Content-Type", response.type), ("Content-Length", String(response.body.count)),
            ("Content-Security-Policy", response.policy), ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-store"),
        ])
        if response.status == 405 { headers.add(name: "Allow", value: "GET, HEAD") }
        if let name = response.fileName {
            headers.add(name: "Content-Disposition", value: "attachment; filename=\"\(name)\"")
        }
        if !request.isKeepAlive { headers.add(name: "Connection", value: "close") }
        let status = HTTPResponseStatus(statusCode: response.status)
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: request.version, status: status, headers: headers))),
            promise: nil)
        if request.method != .HEAD {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: response.body)))), promise: nil)
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        if !request.isKeepAlive {
            let channel = context.channel
            written.futureResult.whenComplete { _ in channel.close(promise: nil) }
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    }
}
