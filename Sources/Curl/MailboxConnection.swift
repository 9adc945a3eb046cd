import Basics
package import CCurl
import Glibc

/// A connection to a mailbox server, kept by libcurl from one command to the next. Used by one thread.
package final class MailboxConnection {
    /// The result of one command.
    package struct Answer {
        package let code: CURLcode
        /// The server's reply lines, without line ends and without the content of a message.
        package let lines: [String]
        /// The message, or POP3's list.
        package let content: [UInt8]
        /// The previous connection was lost: message numbers and the selected folder may be void.
        package let isNewConnection: Bool
        /// The reply exceeded the limit.
        package let overflowed: Bool

        /// Whether a POP3 server refused the command (RFC 1939 section 3). Its reply to libcurl's QUIT follows that.
        package var isRefused: Bool { lines.contains { $0.hasPrefix("-ERR") } }
        /// The server's refusal, or else its last line.
        package var verdict: String { lines.last { $0.hasPrefix("-ERR") } ?? lines.last ?? "" }
    }

    package let server: MailServer
    package let timeouts: MailboxTimeouts
    private let handle: UnsafeMutableRawPointer
    private let stopped: CancelFlag
    private var transcript = Transcript()
    private var isConnected = false
    /// Whether the last command ended properly, so that the server will take another.
    private var isSound = false

    package init(_ server: MailServer, timeouts: MailboxTimeouts, stopped: CancelFlag) throws(MailboxFault) {
        if server.tls == .none, !server.implicitTLS, !isLoopback(server.host) {
            throw .refused("\(server) is not this machine: set mailbox.tls to required")
        }
        guard RelayConnection.curlIsReady, let handle = curl_easy_init() else {
            throw .unreachable("libcurl did not start")
        }
        (self.server, self.timeouts, self.handle, self.stopped) = (server, timeouts, handle, stopped)
        guard configure() == CURLE_OK else { throw .unreachable("libcurl does not accept the address \(server)") }
    }

    deinit {
        // libcurl sends LOGOUT or QUIT here, and would wait two minutes for a server that does not answer.
        var socket: curl_socket_t = -1
        if fortnight_curl_get_socket(handle, &socket) == CURLE_OK, socket >= 0 { shutdown(socket, Int32(SHUT_RDWR)) }
        curl_easy_cleanup(handle)
    }

    /// Sends one command. `path` follows host and port in the URL, percent-encoded; `command`, if given, replaces the
    /// URL's own command and must not contain a percent sign.
    package func send(_ path: String, _ command: String? = nil, mostContent: Int, noContent: Bool = false) -> Answer {
        transcript = Transcript(mostContent: mostContent, mostLines: timeouts.mostReplyOctets)
        var code = fortnight_curl_set_text(handle, CURLOPT_URL, "\(server)/\(path)")
        if code == CURLE_OK { code = fortnight_curl_set_text(handle, CURLOPT_CUSTOMREQUEST, command) }
        if code == CURLE_OK { code = fortnight_curl_set_long(handle, CURLOPT_NOBODY, noContent ? 1 : 0) }
        if code == CURLE_OK { code = curl_easy_perform(handle) }
        var connections = 0
        _ = fortnight_curl_get_long(handle, CURLINFO_NUM_CONNECTS, &connections)
        let isNew = isConnected && connections > 0
        isConnected = isConnected || connections > 0
        isSound = code == CURLE_OK
        return Answer(
            code: code, lines: transcript.lines, content: transcript.content, isNewConnection: isNew,
            overflowed: transcript.overflowed)
    }

    /// Logs out, if the server still listens.
    package func logOut(_ command: String) {
        guard isSound, !stopped.isSet else { return }
        transcript = Transcript()
        transcript.silence = .seconds(2)
        _ = fortnight_curl_set_text(handle, CURLOPT_URL, "\(server)/")
        _ = fortnight_curl_set_text(handle, CURLOPT_CUSTOMREQUEST, command)
        _ = fortnight_curl_set_long(handle, CURLOPT_NOBODY, 1)
        _ = curl_easy_perform(handle)
    }

    private func configure() -> CURLcode {
        let context = Unmanaged.passUnretained(self).toOpaque()
        var settings: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1),
            (CURLOPT_CONNECTTIMEOUT, max(1, Int(timeouts.connect.components.seconds)) * 2),
            // Our own limit ends a wait before libcurl's does, and gives the reason.
            (CURLOPT_SERVER_RESPONSE_TIMEOUT, Int(timeouts.command.components.seconds) + 10),
            (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
        ]
        if !server.implicitTLS {
            let security = server.tls == .required ? CURLUSESSL_ALL : CURLUSESSL_NONE
            settings.append((CURLOPT_USE_SSL, Int(security.rawValue)))
        }
        var texts: [(CURLoption, String)] = [
            (CURLOPT_PROTOCOLS_STR, "imap,imaps,pop3,pop3s"), (CURLOPT_PROXY, ""),
            (CURLOPT_USERNAME, server.username), (CURLOPT_PASSWORD, server.password),
        ]
        if let caFile = server.caFile { texts.append((CURLOPT_CAINFO, caFile)) }
        for (option, value) in settings {
            let code = fortnight_curl_set_long(handle, option, value)
            guard code == CURLE_OK else { return code }
        }
        for (option, value) in texts {
            let code = fortnight_curl_set_text(handle, option, value)
            guard code == CURLE_OK else { return code }
        }
        var code = fortnight_curl_set_header(
            handle,
            { bytes, size, count, context in
                guard let bytes, let context else { return 0 }
                let connection = Unmanaged<MailboxConnection>.fromOpaque(context).takeUnretainedValue()
                let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return connection.transcript.take(line: line) ? size * count : 0
            }, context)
        guard code == CURLE_OK else { return code }
        code = fortnight_curl_set_writer(
            handle,
            { bytes, size, count, context in
                guard let bytes, let context else { return 0 }
                let connection = Unmanaged<MailboxConnection>.fromOpaque(context).takeUnretainedValue()
                let content = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return connection.transcript.take(content: content) ? size * count : 0
            }, context)
        guard code == CURLE_OK else { return code }
        return fortnight_curl_set_progress(
            handle,
            { context, _, _, _, _ in
                guard let context else { return 1 }
                return Unmanaged<MailboxConnection>.fromOpaque(context).takeUnretainedValue().shouldGoOn ? 0 : 1
            }, context)
    }

    /// Called by libcurl about once a second.
    private var shouldGoOn: Bool {
        let now = ContinuousClock.now
        let silence = isConnected ? transcript.silence ?? timeouts.silence : max(timeouts.connect, timeouts.silence)
        return !stopped.isSet && now - transcript.lastHeard < silence && now - transcript.started < timeouts.command
    }

    // MARK: Faults

    /// The meaning of a failed command for the whole mailbox.
    package func fault(_ answer: Answer) -> MailboxFault {
        let last = Self.legible(answer.verdict)
        let said = last.isEmpty ? "" : ": it said \"\(last)\""
        switch answer.code {
        case CURLE_ABORTED_BY_CALLBACK where stopped.isSet: return .stopped
        case CURLE_ABORTED_BY_CALLBACK, CURLE_OPERATION_TIMEDOUT:
            return .unreachable("\(server) did not answer in time")
        case CURLE_LOGIN_DENIED: return loginFault(answer, last, said)
        case CURLE_USE_SSL_FAILED:
            let scheme = server.access.rawValue
            return .refused("\(server) offers no STARTTLS: write \(scheme)s:// in mailbox.url\(said)")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR:
            return .refused(
                "the certificate of \(server) does not verify: set mailbox.caFile to its authority's certificate, or use "
                    + "the name that it was issued for")
        case CURLE_SSL_CACERT_BADFILE:
            return .refused("\(server.caFile ?? "the system's file of certificates") (mailbox.caFile) cannot be read")
        case CURLE_SSL_CONNECT_ERROR:
            return .unreachable("no TLS with \(server): check the port")
        case CURLE_WRITE_ERROR where answer.overflowed: return .unreachable("\(server) sent too long a reply")
        default:
            return .unreachable("\(server): \(String(cString: curl_easy_strerror(answer.code)))\(said)")
        }
    }

    private func loginFault(_ answer: Answer, _ last: String, _ said: String) -> MailboxFault {
        // RFC 5530 section 3, RFC 2449 section 8, RFC 3206 section 4: temporary refusals.
        let temporary = ["[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[IN-USE]", "[LOGIN-DELAY]", "[SYS/TEMP]"]
        if temporary.contains(where: { last.uppercased().contains($0) }) {
            return .unreachable("\(server) allows no login at present\(said)")
        }
        let wantsTLS = answer.lines.contains { $0.uppercased().contains("LOGINDISABLED") }
        if wantsTLS, server.tls == .none, !server.implicitTLS {
            return .refused("\(server) accepts no password without TLS: set mailbox.tls to required")
        }
        return .refused(
            "\(server) refused the user name or the password (mailbox.username, mailbox.passwordFile)\(said)")
    }

    /// A server's words for a line of a log: bounded, without control characters.
    package static func legible(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0.properties.generalCategory != .control }.map(Character.init).prefix(200))
    }
}

/// The server's data during one command.
private struct Transcript {
    let started = ContinuousClock.now
    private(set) var lastHeard = ContinuousClock.now
    var silence: Duration?
    package private(set) var lines: [String] = []
    package private(set) var content: [UInt8] = []
    package private(set) var overflowed = false
    private let mostContent: Int
    private let mostLines: Int
    private var lineOctets = 0

    package init(mostContent: Int = 0, mostLines: Int = 64 * 1024) {
        (self.mostContent, self.mostLines) = (mostContent, mostLines)
    }

    /// False if the server sends too much.
    mutating func take(line: UnsafeRawBufferPointer) -> Bool {
        lastHeard = .now
        lineOctets += line.count
        guard lineOctets <= mostLines else {
            overflowed = true
            return false
        }
        var line = line[...]
        while let last = line.last, last == 0x0A || last == 0x0D { line.removeLast() }
        lines.append(String(decoding: line, as: UTF8.self))
        return true
    }

    mutating func take(content more: UnsafeRawBufferPointer) -> Bool {
        lastHeard = .now
        // libcurl passes the reply to an IMAP command here as well as line by line.
        guard mostContent > 0 else { return true }
        guard content.count + more.count <= mostContent else {
            overflowed = true
            return false
        }
        content.append(contentsOf: more)
        return true
    }
}
