import Foundation
import MIME
import NIOCore

/// Puts an ``SMTPSession`` on a channel: the bytes, the pauses, the closing, and nothing of the protocol.
final class SMTPConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case running
        /// An answer is being held back, or a message being kept.
        case waiting
        /// All input is discarded.
        case deaf
    }

    /// How long a client may take to see that the connection was closed on it.
    private static let lingering = TimeAmount.seconds(2)
    /// Input that may pile up while an answer is held back.
    private static let mostInput = 1 << 20

    private let post: MessageStore
    private var session: SMTPSession
    private var state = State.running
    private var input = ByteBuffer()
    private var output = ByteBuffer()
    private var readsByItself = true

    init(post: MessageStore, isEncrypted: Bool) {
        self.post = post
        session = SMTPSession(
            configuration: post.configuration, plan: post.plan, number: post.index.connectionOpened(),
            isEncrypted: isEncrypted)
    }

    func channelActive(context: ChannelHandlerContext) {
        perform(session.greet(), context)
        flush(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        state = .deaf
        post.index.connectionClosed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client that breaks off or fails its handshake is no news here: others have to be served.
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard !isDeaf else { return }
        if input.readableBytes == 0 {
            input = bytes
        } else {
            // Or a client that always sends ahead would make the buffer grow for as long as it stays.
            input.discardReadBytes()
            input.writeBuffer(&bytes)
        }
        advance(context)
        if input.readableBytes > Self.mostInput, readsByItself, case .waiting = state {
            readsByItself = false
            context.channel.setOption(.autoRead, value: false).whenFailure { _ in }
        }
    }

    /// Replies go out together when all that had come is answered (RFC 2920 section 3.2).
    func channelReadComplete(context: ChannelHandlerContext) {
        flush(context)
    }

    private var isDeaf: Bool { if case .deaf = state { true } else { false } }

    private func advance(_ context: ChannelHandlerContext) {
        while case .running = state {
            let before = input
            guard let step = session.next(&input) else { break }
            if post.configuration.keepsDialogues { noteClient(before) }
            switch step {
            case .answer(let answer): perform(answer, context)
            case .keep(let transaction, let body, let answer): keep(transaction, body, answer, context)
            }
        }
    }

    private func keep(
        _ transaction: SMTPTransaction, _ body: MessageBody, _ answer: SMTPAnswer, _ context: ChannelHandlerContext
    ) {
        let message = post.message(transaction, body, by: session)
        guard let folder = post.folder else {
            post.index.add(message, contents: body.contents)
            perform(answer, context)
            return
        }
        state = .waiting
        let (loop, index) = (context.eventLoop, post.index)
        let bound = NIOLoopBound((self, context), eventLoop: loop)
        folder.write(message, body.contents) { error in
            if error == nil { index.add(message, contents: ByteBuffer()) }
            loop.execute {
                let (connection, context) = bound.value
                guard context.channel.isActive else { return }
                connection.state = .running
                connection.perform(
                    error == nil ? answer : connection.session.encode(SMTPSession.cannotKeep), context)
                connection.resume(context)
            }
        }
    }

    private func perform(_ answer: SMTPAnswer, _ context: ChannelHandlerContext) {
        if answer.refuses { post.index.refused() }
        switch answer.timing {
        case .atOnce: finish(answer, context)
        case .after(let time):
            flush(context)
            wait(time, context) { $0.finish(answer, $1) }
        case .byteByByte(let pause):
            flush(context)
            trickle(answer, pause, context)
        }
    }

    private func finish(_ answer: SMTPAnswer, _ context: ChannelHandlerContext) {
        noteServer(answer.bytes)
        output.writeImmutableBuffer(answer.bytes)
        switch answer.ending {
        case .goOn: break
        case .silence: state = .deaf
        case .close: close(context)
        case .startTLS: encrypt(context)
        }
    }

    private func trickle(_ answer: SMTPAnswer, _ pause: Duration, _ context: ChannelHandlerContext) {
        var rest = answer
        guard rest.bytes.readableBytes > 1, let byte = rest.bytes.readSlice(length: 1) else {
            return finish(answer, context)
        }
        output.writeImmutableBuffer(byte)
        flush(context)
        wait(pause, context) { $0.trickle(rest, pause, $1) }
    }

    private func wait(
        _ time: Duration, _ context: ChannelHandlerContext,
        then: @escaping (SMTPConnection, ChannelHandlerContext) -> Void
    ) {
        state = .waiting
        let bound = NIOLoopBound((self, context, then), eventLoop: context.eventLoop)
        _ = context.eventLoop.scheduleTask(in: TimeAmount(time)) {
            let (connection, context, then) = bound.value
            guard context.channel.isActive, !connection.isDeaf else { return }
            connection.state = .running
            then(connection, context)
            connection.resume(context)
        }
    }

    private func resume(_ context: ChannelHandlerContext) {
        advance(context)
        flush(context)
        if !readsByItself, case .running = state {
            readsByItself = true
            context.channel.setOption(.autoRead, value: true).whenFailure { _ in }
        }
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard output.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(output), promise: nil)
        output = ByteBuffer()
    }

    /// Closes so that the last reply arrives: with input unread, the system would send a reset that may take the
    /// reply with it. So our side is shut first, and further input is discarded for a while.
    private func close(_ context: ChannelHandlerContext) {
        state = .deaf
        let says = output.readableBytes > 0
        flush(context)
        guard says, !session.isEncrypted else {
            context.close(promise: nil)
            return
        }
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        _ = context.eventLoop.scheduleTask(in: Self.lingering) { channel.close(promise: nil) }
    }

    private func encrypt(_ context: ChannelHandlerContext) {
        // Bytes sent in the clear after STARTTLS were not said under TLS: dropped, as RFC 3207 section 4.2 has it.
        input.clear()
        flush(context)
        guard let tls = post.tls else { return context.close(promise: nil) }
        do {
            try context.pipeline.syncOperations.addHandler(TLSHandler(tls), position: .first)
            session.didEncrypt()
        } catch {
            context.close(promise: nil)
        }
    }

    // MARK: Transcripts of dialogues, if configured

    private func noteClient(_ before: ByteBuffer) {
        let taken = before.readableBytes - input.readableBytes
        guard taken > 0, let bytes = before.getSlice(at: before.readerIndex, length: taken) else { return }
        let text = String(buffer: bytes)
        post.index.note(
            "C: " + (taken > 2_048 ? "(\(taken) octets)" : text.trimmingCharacters(in: .newlines)), on: session.number)
    }

    private func noteServer(_ bytes: ByteBuffer) {
        guard post.configuration.keepsDialogues, bytes.readableBytes > 0 else { return }
        for line in String(buffer: bytes).split(whereSeparator: \.isNewline) {
            post.index.note("S: \(line)", on: session.number)
        }
    }
}

/// The state that the connections of one inbox share.
struct MessageStore: Sendable {
    let configuration: InboxConfiguration
    let plan: FaultPlan
    let index: MessageIndex
    /// Where messages are written, if they are.
    let folder: MessageFolder?
    let tls: TLSContext?

    func message(_ transaction: SMTPTransaction, _ body: MessageBody, by session: SMTPSession) -> ReceivedMessage {
        let now = configuration.now()
        let header = body.contents.withUnsafeReadableBytes { IncomingHeader(of: $0, only: ["message-id", "subject"]) }
        return ReceivedMessage(
            id: configuration.keep == .countsOnly ? "" : index.nextID(at: now), sender: transaction.sender,
            recipients: transaction.recipients, messageID: header["message-id"],
            subject: header["subject"] ?? "", receivedAt: now,
            size: body.size, connection: session.number, hello: session.hello ?? "", overTLS: session.isEncrypted,
            account: session.account)
    }
}
