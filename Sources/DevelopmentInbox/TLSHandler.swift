import NIOCore

/// TLS on a channel, the server's side: encrypted bytes towards the network, plain ones towards the rest of the pipeline.
final class TLSHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        /// Writes are held back meanwhile.
        case handshake
        case open
        /// We have said that we are done; whatever still comes is thrown away until the client is done too.
        case closing
        case closed
    }

    /// How long a client may take to see that the connection was closed on it.
    private static let lingering = TimeAmount.seconds(2)
    /// As much as one record holds (RFC 8446 section 5.1).
    private static let readLength = 1 << 14

    private let connection: TLSConnection
    private var state = State.handshake
    private var held: [(bytes: ByteBuffer, promise: EventLoopPromise<Void>?)] = []
    private var closing: EventLoopPromise<Void>?

    init(_ context: TLSContext) throws { connection = try TLSConnection(context) }

    // MARK: From the network

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state == .handshake || state == .open else { return }
        unwrapInboundIn(data).withUnsafeReadableBytes { connection.receive($0) }
        do {
            if state == .handshake {
                guard case .done = try connection.handshake() else { return send(context) }
                state = .open
                try writeHeld(context)
            }
            try read(context)
        } catch {
            fail(error, context)
        }
    }

    private func read(_ context: ChannelHandlerContext) throws {
        // A handler further on may close while it is given what was read.
        while state == .open {
            var bytes = context.channel.allocator.buffer(capacity: Self.readLength)
            var progress = TLSConnection.Progress.wantsInput
            try bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.readLength) { place in
                let (reached, count) = try connection.read(into: place)
                progress = reached
                return count
            }
            switch progress {
            case .done: context.fireChannelRead(wrapInboundOut(bytes))
            case .wantsInput: return send(context)
            case .closed: return close(context: context, mode: .all, promise: nil)
            }
        }
    }

    private func fail(_ error: any Error, _ context: ChannelHandlerContext) {
        guard state != .closed else { return }
        state = .closed
        // The alert that tells the client why.
        send(context)
        drop(error)
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        state = .closed
        drop(ChannelError.ioOnClosedChannel)
        closing?.succeed()
        closing = nil
        context.fireChannelInactive()
    }

    // MARK: To the network

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch state {
        case .handshake, .open: held.append((unwrapOutboundIn(data), promise))
        case .closing, .closed: promise?.fail(ChannelError.ioOnClosedChannel)
        }
    }

    func flush(context: ChannelHandlerContext) {
        guard state == .open else { return }
        do {
            try writeHeld(context)
        } catch {
            fail(error, context)
        }
    }

    private func writeHeld(_ context: ChannelHandlerContext) throws {
        for (bytes, _) in held { try bytes.withUnsafeReadableBytes { try connection.write($0) } }
        let promises = held.compactMap(\.promise)
        held = []
        guard !promises.isEmpty else { return send(context) }
        let written = context.eventLoop.makePromise(of: Void.self)
        for promise in promises { written.futureResult.cascade(to: promise) }
        send(context, written)
    }

    /// Hands over the encrypted bytes that are ready.
    private func send(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>? = nil) {
        let length = connection.outputLength
        guard length > 0 else {
            promise?.succeed()
            return
        }
        var bytes = context.channel.allocator.buffer(capacity: length)
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { connection.takeOutput($0) }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: promise)
    }

    private func drop(_ error: any Error) {
        for (_, promise) in held { promise?.fail(error) }
        held = []
    }

    // MARK: Closing

    /// Closes so that the last words arrive: we say that we are done, and wait a while for the client to be done too. To
    /// close at once, with input unread, would make the system send a reset that may take the last words with it.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode != .input, state == .open else {
            if mode != .input { state = .closed }
            return context.close(mode: mode, promise: promise)
        }
        flush(context: context)
        guard state == .open else { return context.close(mode: mode, promise: promise) }
        state = .closing
        connection.sayGoodbye()
        send(context)
        guard mode == .all else { return context.close(mode: mode, promise: promise) }
        closing = promise
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        _ = context.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
    }
}
