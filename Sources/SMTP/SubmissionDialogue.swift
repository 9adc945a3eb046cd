package import Bulletin
package import Curl

/// The client's side of SMTP after EHLO and AUTH, on one connection, as a pure machine: it is fed with letters and with
/// the bytes of replies, and gives bytes to send and outcomes. It does no input or output and knows no time.
///
/// Where PIPELINING is offered, a letter's MAIL, RCPT and DATA go out together, and so do a body, its final dot and the
/// next letter's three commands (RFC 2920 section 3.1); else one command at a time.
package struct SubmissionDialogue {
    /// What the relay's next reply is due to.
    package enum Stage: Hashable, Sendable {
        /// Nothing is due: it waits for a letter.
        case idle
        /// MAIL, RCPT or RSET.
        case command
        case data
        /// The relay has not taken all that was to be sent.
        case block
        case final
        case quit
    }

    /// How a connection comes to its end against our will. The text is for people.
    package enum Loss: Sendable {
        /// Closed, cut or out of step.
        case lost(String)
        /// The relay did not answer within the stage's time.
        case overdue(String)
    }

    enum Command {
        case mail, recipient, data
        /// The final dot of a letter.
        case end
        /// The lone dot after a 354 that should not have come.
        case emptyEnd
        case reset, quit
    }

    private struct Awaited {
        let command: Command
        /// The count of bytes, from the first of the connection, after which the relay can answer.
        let end: Int
    }

    private struct Transaction {
        let letter: OutgoingMessage
        /// What became of it, known before its turn of the dialogue is over.
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
    /// It takes no more letters.
    var isLeaving: Bool { leaving || allowance == 0 }

    /// No more can be said here: the connection is to be closed.
    package private(set) var isOver = false
    /// How plainly the relay asked for less (421, 45z) since this was last set to nil.
    var asksToEaseOff: AdaptiveRate.Asking?
    /// What the relay has against every letter of ours, not this one alone; for people, with the remedy.
    private(set) var ourFault: String?
    /// Senders refused in a row.
    private var sendersRefused = 0
    /// Why it is over, where that was against our will.
    package private(set) var fault: String?
    /// Replies read so far.
    package private(set) var replies = 0
    /// How many letters came to an outcome here.
    package private(set) var settledCount = 0
    private var settled: [(SubscriberID, Outcome)] = []
    private var returned: [OutgoingMessage] = []

    /// How many bytes, from the first, the relay may have got; kept by who sends them.
    package var carried = 0

    /// After `messages` letters it says QUIT.
    package init(extensions: ServerExtensions, messages: Int) {
        self.extensions = extensions
        allowance = max(1, messages)
        awaited.reserveCapacity(8)
    }

    /// Whether ``take(_:)`` may be called now.
    package var wantsLetter: Bool {
        guard !isOver, !leaving, allowance > 0 else { return false }
        guard extensions.pipelining else { return current == nil && awaited.isEmpty }
        guard let current else { return true }
        return current.bodyQueued && next == nil
    }

    /// Whether no letter is under way.
    package var isIdle: Bool { current == nil && next == nil }

    /// Queues the commands of `letter`. Where the relay's offers rule it out, nothing is queued and the outcome is
    /// returned: refused with 5.6.7 (RFC 6531 section 3.2), or deferred with 5.3.4 (RFC 1870 section 6.1), which is our fault.
    package mutating func take(_ letter: OutgoingMessage) -> Outcome? {
        let needsUTF8 = letter.recipient.needsSMTPUTF8 || letter.sender?.needsSMTPUTF8 == true
        if needsUTF8, !extensions.smtpUTF8 {
            return .refused(
                Reply(
                    code: 0, enhanced: EnhancedCode(5, 6, 7),
                    text: "the relay does not offer SMTPUTF8, which this address needs"))
        }
        if let limit = extensions.sizeLimit, letter.size > limit {
            ourFault =
                "the message has \(letter.size) bytes, and the relay takes at most \(limit): shorten the issue, or have the "
                + "relay take more"
            return .deferred(
                Reply(
                    code: 0, enhanced: EnhancedCode(5, 3, 4),
                    text: "the message has \(letter.size) bytes, and the relay takes at most \(limit)"))
        }
        allowance -= 1
        let transaction = Transaction(letter: letter)
        if current == nil { current = transaction } else { next = transaction }
        sayMail(letter, utf8: needsUTF8)
        if extensions.pipelining {
            sayRecipient(letter)
            say("DATA\r\n", .data)
        }
        return nil
    }

    /// Takes no more letters; says QUIT once those under way are settled.
    package mutating func leave() {
        leaving = true
        quitWhenDone()
    }

    /// Reads what the relay sent.
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

    /// Ends the dialogue. A letter whose final dot may have reached the relay is unknown; one that has an outcome keeps
    /// it; any other goes back as not tried, save that the one the relay kept silent on is deferred.
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

    /// Moves bytes to be sent into `buffer`, in order; each is given once. Returns their number.
    package mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int { output.fill(buffer) }

    /// Whether ``fill(_:)`` has more to give.
    package var hasOutput: Bool { !output.isEmpty }

    /// What the relay's next reply is due to, or what it has yet to take.
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

    /// Hands over the outcomes since it was last called, and the letters that were not tried.
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

// MARK: - What we say

extension SubmissionDialogue {
    private mutating func say(_ text: StaticString, _ command: Command) {
        output.append(text)
        awaited.append(Awaited(command: command, end: output.total))
    }

    private mutating func sayMail(_ letter: OutgoingMessage, utf8: Bool) {
        output.append("MAIL FROM:<")
        if let sender = letter.sender { output.append(sender) }
        output.append(">")
        if extensions.size { output.append(" SIZE=\(letter.size)") }
        if utf8 { output.append(" SMTPUTF8") }
        say("\r\n", .mail)
    }

    private mutating func sayRecipient(_ letter: OutgoingMessage) {
        output.append("RCPT TO:<")
        output.append(letter.recipient)
        say(">\r\n", .recipient)
    }

    private mutating func sayBody(_ letter: OutgoingMessage) {
        output.append(body: letter.data)
        // Letters end in CRLF by promise; a dot that followed anything else would be a part of the text, and the relay
        // would wait for ever.
        if !letter.data.suffix(2).elementsEqual([0x0D, 0x0A]) { output.append("\r\n") }
        say(".\r\n", .end)
        current?.bodyQueued = true
    }

    private mutating func quitWhenDone() {
        guard isIdle, !isOver, leaving || allowance == 0, awaited.last?.command != .quit else { return }
        guard extensions.pipelining || awaited.isEmpty else { return }
        say("QUIT\r\n", .quit)
    }
}

// MARK: - What we hear

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
        guard !extensions.pipelining, let letter = current?.letter else { return }
        if reply.isPositive { sayRecipient(letter) } else { settleRefused() }
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
                return end(.lost("the relay answered DATA with \(reply.code), which is no answer to it"))
            }
            if transaction.verdict == nil { refuse(reply.reply, .data) }
            return settleRefused()
        }
        guard transaction.verdict != nil else { return sayBody(transaction.letter) }
        // RFC 2920 section 3.1: a lone dot ends what should not have begun. Where a recipient was taken all the same it
        // would deliver an empty message, so the connection is cut instead.
        guard !transaction.recipientTaken else {
            return end(.lost("the relay refused the sender and asked for the message all the same"))
        }
        say(".\r\n", .emptyEnd)
        settleRefused()
    }

    /// A reply nobody asked for: the relay says that it closes, or is out of step.
    private mutating func hearUnasked(_ reply: ReplyReader.Raw) {
        if reply.code == 421 { asksToEaseOff = .plainly }
        end(
            .lost(
                reply.code == 421 ? "the relay closed the connection: \(reply.reply.text)" : "the relay is out of step")
        )
    }

    /// A reply before the command it would answer was sent. A refusal in the middle of a body is taken for what it says;
    /// the dot is never sent, so nothing is delivered.
    private mutating func hearEarly(_ reply: ReplyReader.Raw, _ command: Command) {
        if command == .end, reply.code >= 400 {
            settle(noting: reply)
        }
        end(.lost("the relay answered before it was asked (\(reply.code))"))
    }

    /// RFC 5321 section 3.8: 421 may come in place of any reply, and says that the connection is gone. It is nobody's
    /// fault but the connection's, save where it answers a whole message, which then was not taken.
    private mutating func hearClosing(_ reply: ReplyReader.Raw, _ command: Command) {
        asksToEaseOff = .plainly
        if command == .end { settle(noting: reply) }
        end(.lost("the relay closed the connection: \(reply.reply.text)"))
    }
}

// MARK: - What becomes of letters

extension SubmissionDialogue {
    private mutating func settle(noting reply: ReplyReader.Raw) {
        note(reply.reply)
        settle(reply.isPositive ? .accepted(reply.reply) : judge(reply.reply, .end))
    }

    private mutating func settle(_ outcome: Outcome) {
        guard let transaction = current else { return }
        settled.append((transaction.letter.id, outcome.cuttingOut(transaction.letter.recipient)))
        settledCount += 1
        current = next
        next = nil
    }

    /// The current letter has its verdict; the relay forgets it.
    private mutating func settleRefused() {
        guard let verdict = current?.verdict else { return }
        note(verdict.reply)
        settle(verdict)
        say("RSET\r\n", .reset)
    }

    private mutating func finish() {
        for letter in [current?.letter, next?.letter].compactMap(\.self) { returned.append(letter) }
        (current, next) = (nil, nil)
        awaited.removeAll()
        output = Output()
        isOver = true
    }
}

// MARK: - What a refusal means

extension SubmissionDialogue {
    /// Whether this one's end was sent and its reply is due.
    var awaitsOutcome: Bool {
        guard !isOver, current?.bodyQueued == true, let dot = awaited.first(where: { $0.command == .end }) else {
            return false
        }
        return dot.end <= carried
    }

    private mutating func note(_ reply: Reply) {
        guard let asking = reply.asking else { return }
        asksToEaseOff = max(asksToEaseOff ?? asking, asking)
    }

    private mutating func refuse(_ reply: Reply, _ command: Command) {
        let verdict = judge(reply, command)
        current?.verdict = verdict
    }

    /// Of a reply that was to be 2yz or 354 and was not. What is not 5yz is temporary, and so is what would be refused to
    /// everybody alike: a person mends it, and nobody is missed.
    private mutating func judge(_ reply: Reply, _ command: Command) -> Outcome {
        guard (500..<600).contains(reply.code) else { return .deferred(reply) }
        if command == .mail { sendersRefused += 1 }
        guard reply.blamesUs(at: command) || sendersRefused >= Self.mostSendersRefused else { return .refused(reply) }
        let recipient = current?.letter.recipient
        let said = recipient.map { reply.cuttingOut($0) } ?? reply
        let code = [String(said.code), said.enhanced?.description].compactMap(\.self).joined(separator: " ")
        ourFault = "the relay answered \(command.name) with \(code) \(said.text), which is not about the one recipient"
        return .deferred(reply)
    }

    /// So many senders refused in a row are no accident: what is wrong is our address, or who we are.
    private static let mostSendersRefused = 3
}
