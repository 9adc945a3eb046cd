import Curl

/// One connection in the sending loop: its dialogue, the one fixed buffer it sends from, and the time it has.
final class RelaySession {
    /// Holds a usual message with the commands around it; a larger one goes through it in pieces.
    private static let bufferSize = 64 * 1024

    let tag: UInt64
    let relay: Int
    let connection: RelayConnection
    var dialogue: SubmissionDialogue
    /// When it is given up unless something happens first.
    private(set) var deadline: ContinuousClock.Instant
    /// The relay takes no more bytes for the time being.
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

    /// Reads what there is. Without TLS a read that does not fill the scratch has emptied the socket, and the poller
    /// would tell; under TLS it reads until there is no more, since OpenSSL may hold bytes that the poller does not see.
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

    /// Sends what there is to send, as far as the relay takes it.
    func flush() {
        isBlocked = false
        while !dialogue.isOver {
            // What was offered once stays where it is until it is taken: OpenSSL refuses a moved buffer.
            if head == tail { (head, tail) = (0, 0) }
            if dialogue.hasOutput, tail < buffer.count {
                tail += dialogue.fill(UnsafeMutableRawBufferPointer(rebasing: buffer[tail...]))
            }
            guard head < tail else { return }
            // A record that TLS has not let go of whole may still have gone out in part.
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

    /// Gives it the stage's whole time again if the dialogue went on since.
    func keepTime(_ now: ContinuousClock.Instant) {
        let progress = Progress(replies: dialogue.replies, sent: sent, stage: dialogue.stage)
        guard progress != seen else { return }
        seen = progress
        deadline = now + timeouts.time(for: progress.stage)
    }

    /// The stage's time is over.
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
