import Curl

/// One connection in the sending loop: its dialogue, its fixed send buffer, and its deadline.
final class RelaySession {
    /// Holds a usual message with its commands; a larger one goes through it in pieces.
    private static let bufferSize = 64 * 1024

    let tag: UInt64
    let relay: Int
    let connection: RelayConnection
    var dialogue: SubmissionDialogue
    /// When it is given up unless something happens first.
    private(set) var deadline: ContinuousClock.Instant
    /// The relay takes no more bytes at present.
    private(set) var isBlocked = false
    private let timeouts: Timeouts
    private let buffer: UnsafeMutableRawBufferPointer
    private var head = 0
    private var tail = 0
    private var sent = 0
    private var seen = Progress(replies: 0, sent: 0, stage: .idle)

    private struct Progress: Equatable {
        var replies: Int
        var sent: Int
        var stage: SubmissionDialogue.Stage
    }

    init(
        tag: UInt64, relay: Int, connection: RelayConnection, messages: Int, timeouts: Timeouts,
        now: ContinuousClock.Instant
    ) {
        (self.tag, self.relay, self.connection, self.timeouts) = (tag, relay, connection, timeouts)
        dialogue = SubmissionDialogue(extensions: connection.extensions, messages: messages)
        buffer = .allocate(byteCount: Self.bufferSize, alignment: 16)
        deadline = now + timeouts.idle
    }

    deinit { buffer.deallocate() }

    /// Reads all available bytes. Without TLS, a read that does not fill the scratch buffer has emptied the socket, and
    /// the poller reports more; under TLS it reads until there is no more, since OpenSSL may hold bytes that the poller
    /// does not see.
    func receive(_ scratch: UnsafeMutableRawBufferPointer) {
        while !dialogue.isOver {
            switch connection.receive(into: scratch) {
            case .moved(let count):
                dialogue.receive(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
                if !connection.isSecure, count < scratch.count { return }
            case .again: return
            case .closed(let why): dialogue.end(.lost(why))
            }
        }
    }

    /// Sends as much as the relay takes.
    func flush() {
        isBlocked = false
        while !dialogue.isOver {
            // Bytes offered once stay in place until they are taken: OpenSSL refuses a moved buffer.
            if head == tail { (head, tail) = (0, 0) }
            if dialogue.hasOutput, tail < buffer.count {
                tail += dialogue.fill(UnsafeMutableRawBufferPointer(rebasing: buffer[tail...]))
            }
            guard head < tail else { return }
            // A TLS record that was not sent completely may still have been sent in part.
            if connection.isSecure { dialogue.carried = sent + tail - head }
            switch connection.send(UnsafeRawBufferPointer(rebasing: buffer[head..<tail])) {
            case .moved(let count):
                head += count
                sent += count
                dialogue.carried = max(dialogue.carried, sent)
            case .again:
                isBlocked = true
                return
            case .closed(let why): dialogue.end(.lost(why))
            }
        }
    }

    /// Restarts the stage's timeout if the dialogue has moved on.
    func keepTime(_ now: ContinuousClock.Instant) {
        let progress = Progress(replies: dialogue.replies, sent: sent, stage: dialogue.stage)
        guard progress != seen else { return }
        seen = progress
        deadline = now + timeouts.time(for: progress.stage)
    }

    /// The stage has timed out.
    func expire(_ now: ContinuousClock.Instant) {
        switch dialogue.stage {
        case .idle:
            dialogue.leave()
            deadline = now + timeouts.quit
        case .quit: dialogue.end(.lost("the relay did not answer QUIT"))
        case .block:
            dialogue.end(.overdue("the relay took no bytes for \(timeouts.block)"))
        case let stage:
            dialogue.end(.overdue("the relay did not answer for \(timeouts.time(for: stage))"))
        }
    }
}

extension Timeouts {
    fileprivate func time(for stage: SubmissionDialogue.Stage) -> Duration {
        switch stage {
        case .idle: idle
        case .command: command
        case .data: data
        case .block: block
        case .final: final
        case .quit: quit
        }
    }
}
