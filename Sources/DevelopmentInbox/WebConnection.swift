import NIOCore
import NIOHTTP1

/// Answers requests for ``InboxPages``.
final class WebConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let pages: InboxPages

    init(pages: InboxPages) {
        self.pages = pages
    }
}
