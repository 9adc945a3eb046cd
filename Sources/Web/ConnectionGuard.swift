import Basics
import Bulletin
import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Synchronization

/// Counts connections by visitor, so that one cannot take every connection there is.
final class ConnectionCount: Sendable {
    private let most: Int
    private let counts = Mutex<[IPNetwork: Int]>([:])

    /// `most` connections at once from one IPv4 address, or one IPv6 network of 64 bits.
    init(most: Int) { self.most = most }

    private static func network(of peer: IPAddress) -> IPNetwork {
        IPNetwork(of: peer, bits: peer.plainBytes.count == 16 ? 64 : 128)
    }

    /// Whether one more may come; counted if so.
    func enter(_ peer: IPAddress) -> Bool {
        let network = Self.network(of: peer)
        return counts.withLock { counts in
            guard counts[network, default: 0] < most else { return false }
            counts[network, default: 0] += 1
            return true
        }
    }

    func leave(_ peer: IPAddress) {
        let network = Self.network(of: peer)
        counts.withLock { counts in
            let left = counts[network, default: 0] - 1
            counts[network] = left > 0 ? left : nil
        }
    }
}

/// Stands on each connection, and disconnects deliberately slow clients: a request that does not come to its end, an
/// answer that nobody takes, more connections than one visitor needs. (The server's own limit on idle connections begins
/// anew with each byte of a body, and does not hold while an answer is being written.)
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let request: TimeAmount
    private let answer: TimeAmount
    private let count: ConnectionCount
    private let frontDoor: ReloadableHandler
    private var counted: IPAddress?
    private var requestEnd: Scheduled<Void>?
    private var answerEnd: Scheduled<Void>?

    init(_ limits: WebService.Limits, count: ConnectionCount, _ frontDoor: ReloadableHandler) {
        request = TimeAmount(limits.request)
        answer = TimeAmount(limits.answer)
        (self.count, self.frontDoor) = (count, frontDoor)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { admit(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        admit(context)
        context.fireChannelActive()
    }

    private func admit(_ context: ChannelHandlerContext) {
        // A proxy of ours brings everybody's.
        guard counted == nil, let peer = context.remoteAddress?.ipAddress.flatMap({ IPAddress($0) }),
            !frontDoor.trusts(peer)
        else {
            return
        }
        if count.enter(peer) { counted = peer } else { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        requestEnd?.cancel()
        answerEnd?.cancel()
        if let counted { count.leave(counted) }
        counted = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            requestEnd?.cancel()
            requestEnd = closing(context, in: request)
        case .body: break
        case .end:
            requestEnd?.cancel()
            requestEnd = nil
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part = unwrapOutboundIn(data)
        if case .head(let head) = part {
            answerEnd?.cancel()
            answerEnd = closing(context, in: answer)
            // The server refuses bytes that are no request by itself, in a word and without our headers.
            if head.status == .badRequest, head.headerFields[.contentLength] == "0" {
                let ours = frontDoor.nonsense()
                context.write(wrapOutboundOut(.head(ours.head)), promise: nil)
                return context.write(wrapOutboundOut(.body(ours.body)), promise: promise)
            }
        }
        guard case .end = part, let scheduled = answerEnd else { return context.write(data, promise: promise) }
        // Written out to the system, it is the visitor's to take, and the connection is idle.
        let written = promise ?? context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in scheduled.cancel() }
        answerEnd = nil
        context.write(data, promise: written)
    }

    private func closing(_ context: ChannelHandlerContext, in time: TimeAmount) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }
}
