package import Bulletin
package import Curl

/// The client's side of SMTP after EHLO and AUTH, on one connection, as a pure state machine: its input is messages and
/// the bytes of replies, its output bytes to send and outcomes. It does no I/O and has no clock.
///
/// With PIPELINING, a message's MAIL, RCPT and DATA are sent together, and so are a body, its final dot and the next
/// message's three commands (RFC 2920 section 3.1); otherwise one command at a time.
package struct SubmissionDialogue {
    /// The reply or the space that the dialogue waits for.
    package enum Stage: Hashable, Sendable {
        /// Nothing is due: it waits for a message.
        case idle
        /// MAIL, RCPT or RSET.
        case command
        case data
        /// The relay has not taken all the bytes to send.
        case block
        case final
        case quit
    }

    /// Why a connection ended unexpectedly. The text is for people.
    package enum Loss: Sendable {
        /// Closed, cut or out of step.
        case lost(String)
        /// The relay did not answer within the stage's time.
        case overdue(String)
    }

    enum Command {
        case mail, recipient, data
        /// The final dot of a message.
        case end
        /// The lone dot after an unexpected 354.
        case emptyEnd
        case reset, quit
    }

    private struct Awaited {
        let command: Command
        /// The number of bytes, from the first of the connection, after which the relay can reply.
        let end: Int
    }

    private struct Transaction {
        let message: OutgoingMessage
        /// Its outcome, known before its turn of the dialogue is over.
        var verdict: Outcome?
        var recipientTaken = false
        var bodyQueued = false
    }

    private let extensions: ServerExtensions
    private var allowance: Int
    private var reader = ReplyReader()
    private var output = Output()
    private var awaited: [Awaited] = []
    private var current: Transaction?
    /// The pipelined next one: its three commands follow the body of `current`.
    private var next: Transaction?
    private var leaving = false
    /// It takes no more messages.
    var isLeaving: Bool { leaving || allowance == 0 }

    /// The dialogue is over: the connection must be closed.
    package private(set) var isOver = false
    /// How clearly the relay asked us to slow down (421, 45z) since this was last set to nil.
    var throttling: AdaptiveRate.Throttling?
    /// The relay's objection to all our messages, not this one alone; for people, with the remedy.
    private(set) var ourFault: String?
    /// Senders refused in a row.
    private var sendersRefused = 0
    /// Why it ended unexpectedly.
    package private(set) var fault: String?
    /// Replies read so far.
    package private(set) var replies = 0
    /// How many messages got an outcome here.
    package private(set) var settledCount = 0
    private var settled: [(SubscriberID, Outcome)] = []
    private var returned: [OutgoingMessage] = []

    /// How many bytes, from the first, the relay may have got; set by the sender.
    package var carried = 0

    /// Sends QUIT after `messages` messages.
    package init(extensions: ServerExtensions, messages: Int) {
        self.extensions = extensions
        allowance = max(1, messages)
        awaited.reserveCapacity(8)
    }

    /// Whether ``take(_:)`` may be called now.
    package var wantsMessage: Bool {
        guard !isOver, !leaving, allowance > 0 else { return false }
        guard extensions.pipelining else { return current == nil && awaited.isEmpty }
        guard let current else { return true }
        return current.bodyQueued && next == nil
    }

    /// Whether no message is in flight.
    package var isIdle: Bool { current == nil && next == nil }

    /// Queues the commands of `message`. If the relay's extensions rule it out, nothing is queued and the outcome is
    /// returned: refused with 5.6.7 (RFC 6531 section 3.2), or deferred with 5.3.4 (RFC 1870 section 6.1), which is our
    /// fault.
    package mutating func take(_ message: OutgoingMessage) -> Outcome? {
        let needsUTF8 = message.recipient.needsSMTPUTF8 || message.sender?.needsSMTPUTF8 == true
        if needsUTF8, !extensions.smtpUTF8 {
            return .refused(
                Reply(
                    code: 0, enhanced: EnhancedCode(5, 6, 7),
                    text: "the relay does not offer SMTPUTF8, which this address requires"))
        }
        if let limit = extensions.sizeLimit, message.size > limit {
            ourFault =
                "the message has \(message.size) bytes, and the relay takes at most \(limit): shorten the issue, or raise the "
                + "relay's limit"
            return .deferred(
                Reply(
                    code: 0, enhanced: EnhancedCode(5, 3, 4),
                    text: "the message has \(message.size) bytes, and the relay takes at most \(limit)"))
        }
        allowance -= 1
        let transaction = Transaction(message: message)
        if current == nil { current = transaction } else { next = transaction }
        sayMail(message, utf8: needsUTF8)
        if extensions.pipelining {
            sayRecipient(message)
            say("DATA\r\n", .data)
        }
        return nil
    }

    /// Takes no more messages; sends QUIT once those in flight are settled.
    package mutating func leave() {
        leaving = true
        quitWhenDone()
    }

    /// Reads the relay's bytes.
    package mutating func receive(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !isOver {
            do throws(ReplyReader.Fault) {
                guard let reply = try reader.next(&rest) else { return }
                replies += 1
                take(reply)
            } catch {
                end(.lost(error.description))
            }
        }
    }

    /// Ends the dialogue. A message whose final dot may have reached the relay is unknown; one with an outcome keeps
    /// it; any other is returned as not tried, except that a message the relay did not answer is deferred.
    package mutating func end(_ loss: Loss) {
        guard !isOver else { return }
        let why: String
        let blames: Bool
        switch loss {
        case .lost(let reason): (why, blames) = (reason, false)
        case .overdue(let reason): (why, blames) = (reason, true)
        }
        if let current {
            let dot = awaited.first { $0.command == .end }
            if let verdict = current.verdict {
                settle(verdict)
            } else if current.bodyQueued, let dot, dot.end <= carried {
                settle(.unknown(why))
            } else if blames, let due = awaited.first?.command, due != .reset, due != .emptyEnd {
                settle(.deferred(Reply(code: 0, text: why)))
            }
        }
        fault = why
        finish()
    }

    /// Moves bytes to send into `buffer`, in order, each once. Returns their number.
    package mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int { output.fill(buffer) }

    /// Whether ``fill(_:)`` has more to give.
    package var hasOutput: Bool { !output.isEmpty }

    /// The relay's next reply, or the bytes it has yet to take.
    package var stage: Stage {
        guard let first = awaited.first else { return .idle }
        if first.end > carried { return .block }
        switch first.command {
        case .mail, .recipient, .reset: return .command
        case .data: return .data
        case .end, .emptyEnd: return .final
        case .quit: return .quit
        }
    }

    /// Returns the outcomes since the last call, and the messages that were not tried.
    package mutating func collect(
        settled: inout [(SubscriberID, Outcome)], returned: inout [OutgoingMessage]
    ) {
        guard !self.settled.isEmpty || !self.returned.isEmpty else { return }
        settled.append(contentsOf: self.settled)
        returned.append(contentsOf: self.returned)
        self.settled.removeAll(keepingCapacity: true)
        self.returned.removeAll()
    }
}

// MARK: - Commands

extension SubmissionDialogue {
    private mutating func say(_ text: StaticString, _ command: Command) {
        output.append(text)
        awaited.append(Awaited(command: command, end: output.total))
    }

    private mutating func sayMail(_ message: OutgoingMessage, utf8: Bool) {
        output.append("MAIL FROM:<")
        if let sender = message.sender { output.append(sender) }
        output.append(">")
        if extensions.size { output.append(" SIZE=\(message.size)") }
        if utf8 { output.append(" SMTPUTF8") }
        say("\r\n", .mail)
    }

    private mutating func sayRecipient(_ message: OutgoingMessage) {
        output.append("RCPT TO:<")
        output.append(message.recipient)
        say(">\r\n", .recipient)
    }

    private mutating func sayBody(_ message: OutgoingMessage) {
        output.append(body: message.data)
        // Messages are promised to end in CRLF; a dot after anything else would be part of the text, and the relay
        // would wait for ever.
        if !message.data.suffix(2).elementsEqual([0x0D, 0x0A]) { output.append("\r\n") }
        say(".\r\n", .end)
        current?.bodyQueued = true
    }

    private mutating func quitWhenDone() {
        guard isIdle, !isOver, leaving || allowance == 0, awaited.last?.command != .quit else { return }
        guard extensions.pipelining || awaited.isEmpty else { return }
        say("QUIT\r\n", .quit)
    }
}

// MARK: - Replies

extension SubmissionDialogue {
    private mutating func take(_ reply: ReplyReader.Raw) {
        guard let due = awaited.first else { return hearUnasked(reply) }
        guard due.end <= carried else { return hearEarly(reply, due.command) }
        awaited.removeFirst()
        if reply.code == 421, due.command != .quit { return hearClosing(reply, due.command) }
        switch due.command {
        case .mail: hearMail(reply)
        case .recipient: hearRecipient(reply)
        case .data: hearData(reply)
        case .end: settle(noting: reply)
        case .emptyEnd: break
        case .reset:
            if !reply.isPositive { end(.lost("the relay refused RSET (\(reply.code))")) }
        case .quit: isOver = true
        }
        quitWhenDone()
    }

    private mutating func hearMail(_ reply: ReplyReader.Raw) {
        if reply.isPositive { sendersRefused = 0 } else { refuse(reply.reply, .mail) }
        guard !extensions.pipelining, let message = current?.message else { return }
        if reply.isPositive { sayRecipient(message) } else { settleRefused() }
    }

    private mutating func hearRecipient(_ reply: ReplyReader.Raw) {
        if reply.isPositive {
            current?.recipientTaken = true
        } else if current?.verdict == nil {
            refuse(reply.reply, .recipient)
        }
        guard !extensions.pipelining else { return }
        if reply.isPositive { say("DATA\r\n", .data) } else { settleRefused() }
    }

    private mutating func hearData(_ reply: ReplyReader.Raw) {
        guard let transaction = current else { return }
        if reply.code != 354 {
            if (200..<400).contains(reply.code) {
                return end(.lost("the relay answered DATA with \(reply.code), which is not a valid reply to it"))
            }
            if transaction.verdict == nil { refuse(reply.reply, .data) }
            return settleRefused()
        }
        guard transaction.verdict != nil else { return sayBody(transaction.message) }
        // RFC 2920 section 3.1: a lone dot ends a DATA that should not have begun. If a recipient was accepted all the
        // same, that would deliver an empty message, so the connection is cut instead.
        guard !transaction.recipientTaken else {
            return end(.lost("the relay refused the sender but asked for the message all the same"))
        }
        say(".\r\n", .emptyEnd)
        settleRefused()
    }

    /// A reply to no command: the relay is closing, or out of step.
    private mutating func hearUnasked(_ reply: ReplyReader.Raw) {
        if reply.code == 421 { throttling = .explicit }
        end(
            .lost(
                reply.code == 421 ? "the relay closed the connection: \(reply.reply.text)" : "the relay is out of step")
        )
    }

    /// A reply before its command was sent. A refusal in the middle of a body counts as one; the final dot is never
    /// sent, so nothing is delivered.
    private mutating func hearEarly(_ reply: ReplyReader.Raw, _ command: Command) {
        if command == .end, reply.code >= 400 {
            settle(noting: reply)
        }
        end(.lost("the relay replied before the command was sent (\(reply.code))"))
    }

    /// RFC 5321 section 3.8: 421 may replace any reply, and means that the connection is gone. It says nothing about a
    /// message, unless it answers a whole message, which then was not accepted.
    private mutating func hearClosing(_ reply: ReplyReader.Raw, _ command: Command) {
        throttling = .explicit
        if command == .end { settle(noting: reply) }
        end(.lost("the relay closed the connection: \(reply.reply.text)"))
    }
}

// MARK: - Outcomes

extension SubmissionDialogue {
    private mutating func settle(noting reply: ReplyReader.Raw) {
        note(reply.reply)
        settle(reply.isPositive ? .accepted(reply.reply) : judge(reply.reply, .end))
    }

    private mutating func settle(_ outcome: Outcome) {
        guard let transaction = current else { return }
        settled.append((transaction.message.id, outcome.cuttingOut(transaction.message.recipient)))
        settledCount += 1
        current = next
        next = nil
    }

    /// The current message has its outcome; the relay forgets it.
    private mutating func settleRefused() {
        guard let verdict = current?.verdict else { return }
        note(verdict.reply)
        settle(verdict)
        say("RSET\r\n", .reset)
    }

    private mutating func finish() {
        for message in [current?.message, next?.message].compactMap(\.self) { returned.append(message) }
        (current, next) = (nil, nil)
        awaited.removeAll()
        output = Output()
        isOver = true
    }
}

// MARK: - Refusals

extension SubmissionDialogue {
    /// Whether the final dot was sent and its reply is due.
    var awaitsOutcome: Bool {
        guard !isOver, current?.bodyQueued == true, let dot = awaited.first(where: { $0.command == .end }) else {
            return false
        }
        return dot.end <= carried
    }

    private mutating func note(_ reply: Reply) {
        guard let asked = reply.throttling else { return }
        throttling = max(throttling ?? asked, asked)
    }

    private mutating func refuse(_ reply: Reply, _ command: Command) {
        let verdict = judge(reply, command)
        current?.verdict = verdict
    }

    /// The outcome of a reply that should have been 2yz or 354. Anything but 5yz is temporary, and so is a refusal that
    /// every recipient would get: a person corrects it, and nobody misses an issue.
    private mutating func judge(_ reply: Reply, _ command: Command) -> Outcome {
        guard (500..<600).contains(reply.code) else { return .deferred(reply) }
        if command == .mail { sendersRefused += 1 }
        guard reply.blamesUs(at: command) || sendersRefused >= Self.mostSendersRefused else { return .refused(reply) }
        let recipient = current?.message.recipient
        let said = recipient.map { reply.cuttingOut($0) } ?? reply
        let code = [String(said.code), said.enhanced?.description].compactMap(\.self).joined(separator: " ")
        ourFault =
            "the relay answered \(command.name) with \(code) \(said.text), which does not concern one recipient only"
        return .deferred(reply)
    }

    /// This many refused senders in a row are no accident: the fault is our address or our identity.
    private static let mostSendersRefused = 3
}
