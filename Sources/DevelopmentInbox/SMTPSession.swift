import NIOCore

/// The server's side of one SMTP connection: bytes in, answers out, and no sockets (RFC 5321, 2920, 3207, 4954).
///
/// It is strict where a lenient server would hide a mistake of the client's: line ends, line lengths, the order of
/// commands, pipelining, parameters never offered, octets beyond seven bits.
struct SMTPSession {
    /// The next step after a command or a message.
    enum Step {
        case answer(SMTPAnswer)
        /// Keep the message, then answer; when it cannot be kept, answer ``cannotKeep`` instead.
        case keep(SMTPTransaction, MessageBody, SMTPAnswer)
    }

    enum Expecting {
        case command
        case body(MessageBody)
        case credentials(SMTPCredentials)
        /// The greeting turned the client away: it may only quit.
        case quit
    }

    static let cannotKeep = SMTPReply(451, "4.3.0", "The message could not be kept")
    private static let longestLine = 2_048
    /// RFC 4954 section 4.
    private static let longestCredentials = 12_288
    private static let mostErrors = 50

    let configuration: InboxConfiguration
    let plan: FaultPlan
    let number: Int
    private(set) var isEncrypted: Bool
    private(set) var hello: String?
    private(set) var speaksExtended = false
    var account: String?
    var expecting = Expecting.command
    private(set) var transaction: SMTPTransaction?
    private var errors = 0

    init(configuration: InboxConfiguration, plan: FaultPlan, number: Int, isEncrypted: Bool) {
        (self.configuration, self.plan, self.number) = (configuration, plan, number)
        self.isEncrypted = isEncrypted
    }

    mutating func greet() -> SMTPAnswer {
        let (answer, isDone) = settle(.connect, SMTPReply(220, nil, "\(configuration.name) ESMTP development inbox"))
        if !isDone { expecting = .quit }
        return answer
    }

    /// The connection is encrypted now: all that was said before is forgotten (RFC 3207 section 4.2).
    mutating func didEncrypt() {
        isEncrypted = true
        hello = nil
        account = nil
        transaction = nil
    }

    /// The next step, nil when it takes more input.
    mutating func next(_ input: inout ByteBuffer) -> Step? {
        if case .body(var body) = expecting {
            // Out of the state while it grows, or each chunk would copy all that came before.
            expecting = .command
            return takeBody(&body, &input)
        }
        guard let end = input.readableBytesView.firstIndex(of: 10) else {
            var most = Self.longestLine
            if case .credentials = expecting { most = Self.longestCredentials }
            return input.readableBytes > most ? .answer(hangUp("5.5.6", "The line has no end")) : nil
        }
        let length = end - input.readerIndex
        guard let bytes = input.readSlice(length: length + 1)?.readableBytesView.dropLast() else { return nil }
        guard bytes.last == 13, !bytes.dropLast().contains(13) else {
            return .answer(hangUp("5.5.2", "Lines end with CR LF; a bare CR or LF is refused"))
        }
        guard let line = String(validating: bytes.dropLast(), as: UTF8.self), !bytes.contains(0) else {
            return .answer(wrong(SMTPReply(500, "5.5.2", "A command is text in UTF-8")))
        }
        if case .credentials(let credentials) = expecting {
            expecting = .command
            return .answer(take(credentials, line))
        }
        return step(SMTPCommand(line), isFollowed: input.readableBytes > 0)
    }

    private mutating func step(_ command: SMTPCommand, isFollowed: Bool) -> Step {
        if case .quit = expecting, command != .quit {
            return .answer(wrong(SMTPReply(503, "5.5.1", "There is no service here; only QUIT is taken")))
        }
        if isFollowed, !mayBeFollowed(command) {
            return .answer(hangUp("5.5.0", "More was sent before this command was answered"))
        }
        switch command {
        case .hello(let name, let extended): return .answer(greetBack(name, extended: extended))
        case .mail(let path): return .answer(mail(path))
        case .rcpt(let path): return .answer(rcpt(path))
        case .data: return .answer(data())
        case .rset:
            let (answer, isDone) = settle(.rset, SMTPReply(250, "2.0.0", "Forgotten"))
            if isDone { transaction = nil }
            return .answer(answer)
        case .noop: return .answer(encode(SMTPReply(250, "2.0.0", "Still here")))
        case .vrfy: return .answer(encode(SMTPReply(252, "2.5.0", "Nobody is looked up; write, and it is taken")))
        case .quit:
            return .answer(settle(.quit, SMTPReply(221, "2.0.0", "Goodbye"), ending: .close).answer)
        case .startTLS: return .answer(startTLS())
        case .auth(let mechanism, let initial): return .answer(authenticate(mechanism, initial))
        case .wrong(let reply): return .answer(wrong(reply))
        }
    }

    /// RFC 2920 section 3.1: some commands only as the last of a group, and none where PIPELINING was not offered.
    private func mayBeFollowed(_ command: SMTPCommand) -> Bool {
        guard speaksExtended, offers(.pipelining) else { return false }
        switch command {
        case .hello, .data, .vrfy, .noop, .startTLS, .auth: return false
        case .mail, .rcpt, .rset, .quit, .wrong: return true
        }
    }

    func offers(_ keyword: InboxConfiguration.Extensions) -> Bool {
        switch keyword {
        case .startTLS: configuration.extensions.contains(keyword) && configuration.certificate != nil && !isEncrypted
        case .auth: configuration.extensions.contains(keyword) && !configuration.accounts.isEmpty
        default: configuration.extensions.contains(keyword)
        }
    }

    private mutating func greetBack(_ name: String, extended: Bool) -> SMTPAnswer {
        var lines = ["\(configuration.name) greets \(name)"]
        if extended {
            if offers(.pipelining) { lines.append("PIPELINING") }
            if offers(.size) { lines.append("SIZE \(configuration.largestMessage)") }
            if offers(.eightBitMIME) { lines.append("8BITMIME") }
            if offers(.enhancedStatusCodes) { lines.append("ENHANCEDSTATUSCODES") }
            if offers(.smtpUTF8) { lines.append("SMTPUTF8") }
            if offers(.startTLS) { lines.append("STARTTLS") }
            if offers(.auth) { lines.append("AUTH PLAIN LOGIN") }
        }
        let (answer, isDone) = settle(.ehlo, SMTPReply(250, nil, lines: lines))
        if isDone {
            (hello, speaksExtended, transaction) = (name, extended, nil)
        }
        return answer
    }

    private mutating func startTLS() -> SMTPAnswer {
        guard offers(.startTLS) else {
            return wrong(SMTPReply(isEncrypted ? 503 : 502, "5.5.1", "STARTTLS is not offered here"))
        }
        var (answer, isDone) = settle(.startTLS, SMTPReply(220, "2.0.0", "Begin the handshake"), ending: .startTLS)
        if !isDone, answer.ending == .startTLS { answer.ending = .goOn }
        return answer
    }

    private mutating func mail(_ path: SMTPPath) -> SMTPAnswer {
        guard hello != nil else { return wrong(SMTPReply(503, "5.5.1", "Say EHLO first")) }
        guard transaction == nil else { return wrong(SMTPReply(503, "5.5.1", "One MAIL at a time")) }
        if configuration.requiresTLS, !isEncrypted {
            return encode(SMTPReply(530, "5.7.0", "Use STARTTLS first"))
        }
        if configuration.requiresAuthentication, account == nil {
            return encode(SMTPReply(530, "5.7.0", "Use AUTH first"))
        }
        let begun: SMTPTransaction
        switch SMTPTransaction.begin(path, offered: { speaksExtended && offers($0) }) {
        case .failure(let refusal): return wrong(refusal.reply)
        case .success(let made): begun = made
        }
        if let size = begun.declaredSize, size > configuration.largestMessage {
            return encode(SMTPReply(552, "5.3.4", "At most \(configuration.largestMessage) octets are taken"))
        }
        let (answer, isDone) = settle(.mail, SMTPReply(250, "2.1.0", "Sender taken"))
        if isDone { transaction = begun }
        return answer
    }

    private mutating func rcpt(_ path: SMTPPath) -> SMTPAnswer {
        guard let transaction else { return wrong(SMTPReply(503, "5.5.1", "Say MAIL first")) }
        if let keyword = path.parameters.keys.sorted().first {
            return wrong(SMTPReply(555, "5.5.4", "\(keyword) is not offered here"))
        }
        if let problem = path.problem(allowsUTF8: transaction.isUTF8) { return encode(problem) }
        guard transaction.recipients.count < configuration.mostRecipients else {
            return encode(SMTPReply(452, "4.5.3", "At most \(configuration.mostRecipients) recipients a message"))
        }
        let (answer, isDone) = settle(
            .rcpt, SMTPReply(250, "2.1.5", "Recipient taken"), recipients: [path.address])
        if isDone { self.transaction?.recipients.append(path.address) }
        return answer
    }

    private mutating func data() -> SMTPAnswer {
        guard let transaction else { return wrong(SMTPReply(503, "5.5.1", "Say MAIL first")) }
        guard !transaction.recipients.isEmpty else {
            return encode(SMTPReply(554, "5.5.1", "No recipient was taken"))
        }
        let go = SMTPReply(354, nil, "Send the message, ended by a dot on a line of its own")
        let (answer, isDone) = settle(.data, go, recipients: transaction.recipients)
        if isDone {
            let most = configuration.keep == .countsOnly ? 65_536 : configuration.largestMessage
            expecting = .body(MessageBody(expecting: transaction.declaredSize ?? 8_192, keepingAtMost: most))
        }
        return answer
    }

    private mutating func takeBody(_ body: inout MessageBody, _ input: inout ByteBuffer) -> Step? {
        if body.isUntouched, input.readableBytes > 0, let answer = interruptBody(&body) { return .answer(answer) }
        switch body.take(&input) {
        case .needsMore:
            expecting = .body(body)
            return nil
        case .bareLineEnd(let line):
            return .answer(hangUp("5.5.2", "Line \(line) of the message has a CR or an LF alone"))
        case .complete:
            break
        }
        guard let transaction else { return nil }
        self.transaction = nil
        if input.readableBytes > 0, !(speaksExtended && offers(.pipelining)) {
            return .answer(hangUp("5.5.0", "More was sent before this message was answered"))
        }
        if let problem = transaction.problem(of: body, largest: configuration.largestMessage) {
            return .answer(encode(problem))
        }
        let (answer, isDone) = settle(
            .finalDot, SMTPReply(250, "2.0.0", "Message taken"), recipients: transaction.recipients)
        guard isDone else { return .answer(answer) }
        return .keep(transaction, body, answer)
    }

    /// A fault scripted for the middle of a message, once for each message.
    private mutating func interruptBody(_ body: inout MessageBody) -> SMTPAnswer? {
        body.isUntouched = false
        let recipients = transaction?.recipients ?? []
        guard let action = plan.action(at: .body, connection: number, recipients: recipients) else { return nil }
        expecting = .body(body)
        switch action {
        case .closeBeforeReply, .closeAfterReply, .acceptThenClose:
            return SMTPAnswer(bytes: ByteBuffer(), ending: .close)
        case .delay(let time), .trickle(let time): return SMTPAnswer(bytes: ByteBuffer(), timing: .after(time))
        case .silence: return SMTPAnswer(bytes: ByteBuffer(), ending: .silence)
        case .raw(let text): return SMTPAnswer(bytes: ByteBuffer(string: text))
        case .reply(let code, let enhanced, let text):
            return encode(SMTPReply(code, enhanced, text), ending: .close)
        case .shutDown, .overlong: return encode(Self.goingAway(configuration.name), ending: .close)
        }
    }

    // MARK: Answers

    func encode(_ reply: SMTPReply, ending: SMTPAnswer.Ending = .goOn) -> SMTPAnswer {
        var bytes = ByteBuffer()
        reply.write(into: &bytes, withEnhancedCodes: speaksExtended && offers(.enhancedStatusCodes))
        return SMTPAnswer(bytes: bytes, ending: ending, refuses: reply.isRefusal)
    }

    /// A mistake of the client's; after too many the server hangs up.
    mutating func wrong(_ reply: SMTPReply) -> SMTPAnswer {
        errors += 1
        guard errors <= Self.mostErrors else {
            return encode(SMTPReply(421, "4.7.0", "Too many mistakes on one connection"), ending: .close)
        }
        return encode(reply)
    }

    private func hangUp(_ enhanced: String, _ text: String) -> SMTPAnswer {
        encode(SMTPReply(521, enhanced, text), ending: .close)
    }

    private static func goingAway(_ name: String) -> SMTPReply { SMTPReply(421, "4.3.2", "\(name) is going away") }

    /// The answer that the script wants at this stage, and whether the command is carried out.
    func settle(
        _ stage: FaultStage, _ reply: SMTPReply, recipients: [String] = [], ending: SMTPAnswer.Ending = .goOn
    ) -> (answer: SMTPAnswer, isDone: Bool) {
        let asItIs = encode(reply, ending: ending)
        let nothing = ByteBuffer()
        switch plan.action(at: stage, connection: number, recipients: recipients) {
        case nil: return (asItIs, true)
        case .reply(let code, let enhanced, let text):
            return (encode(SMTPReply(code, enhanced, text), ending: ending), code / 100 == (stage == .data ? 3 : 2))
        case .raw(let text): return (SMTPAnswer(bytes: ByteBuffer(string: text), ending: ending), true)
        case .closeBeforeReply: return (SMTPAnswer(bytes: nothing, ending: .close), false)
        case .closeAfterReply: return (SMTPAnswer(bytes: asItIs.bytes, ending: .close), true)
        case .acceptThenClose: return (SMTPAnswer(bytes: nothing, ending: .close), true)
        case .shutDown: return (encode(Self.goingAway(configuration.name), ending: .close), false)
        case .delay(let time): return (SMTPAnswer(bytes: asItIs.bytes, timing: .after(time), ending: ending), true)
        case .silence: return (SMTPAnswer(bytes: nothing, ending: .silence), true)
        case .trickle(let time):
            return (SMTPAnswer(bytes: asItIs.bytes, timing: .byteByByte(time), ending: ending), true)
        case .overlong(let bytes): return (encode(reply.padded(to: bytes), ending: ending), true)
        }
    }
}
