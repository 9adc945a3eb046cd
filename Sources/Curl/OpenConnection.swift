import Basics
import CCurl

extension RelayConnection {
    /// Connects, greets, starts TLS and authenticates; waits, so call it on a thread of its own.
    package static func open(_ relay: Relay, timeouts: Timeouts, cancelled: CancelFlag) throws(Fault) -> RelayConnection
    {
        if relay.tls == .none, !relay.implicitTLS, !relay.isLoopback {
            throw .tlsRefused("\(relay) is not this machine: set smtp.tls to required")
        }
        guard curlIsReady, let handle = curl_easy_init() else { throw .unreachable("libcurl did not start") }
        let attempt = Attempt(handle: handle, limit: timeouts.connect, cancelled: cancelled)
        let code = withExtendedLifetime(attempt) { attempt.perform(relay, timeouts) }
        guard code == CURLE_OK else {
            // libcurl uses the callbacks' arguments until here.
            defer { withExtendedLifetime(attempt) { curl_easy_cleanup(handle) } }
            throw attempt.fault(code, relay)
        }
        attempt.detach()
        var socket: curl_socket_t = -1
        guard fortnight_curl_get_socket(handle, &socket) == CURLE_OK, socket >= 0 else {
            curl_easy_cleanup(handle)
            throw .unreachable("\(relay) closed the connection")
        }
        let connection = RelayConnection(
            handle: handle, socket: socket, extensions: ServerExtensions(ehlo: attempt.greeting.ehlo),
            isSecure: relay.implicitTLS || relay.tls != .none)
        if relay.username != nil, !attempt.greeting.isAuthenticated {
            throw .authRefused(Attempt.noCommonWay(relay))
        }
        return connection
    }

    /// libcurl must be initialised once before any thread uses it.
    static let curlIsReady = curl_global_init(fortnight_curl_global_all) == CURLE_OK
}

/// One attempt to connect, while libcurl works on it.
private final class Attempt {
    let greeting = Greeting()
    private let handle: UnsafeMutableRawPointer
    private let limit: Duration
    private let cancelled: CancelFlag
    private let started = ContinuousClock.now
    private var isConnected = false

    init(handle: UnsafeMutableRawPointer, limit: Duration, cancelled: CancelFlag) {
        (self.handle, self.limit, self.cancelled) = (handle, limit, cancelled)
    }

    func perform(_ relay: Relay, _ timeouts: Timeouts) -> CURLcode {
        let code = configure(relay, timeouts)
        return code == CURLE_OK ? curl_easy_perform(handle) : code
    }

    /// From here on libcurl calls none of our functions.
    func detach() {
        _ = fortnight_curl_set_header(handle, nil, nil)
        _ = fortnight_curl_set_progress(handle, nil, nil)
        _ = fortnight_curl_set_long(handle, CURLOPT_NOPROGRESS, 1)
    }

    private func configure(_ relay: Relay, _ timeouts: Timeouts) -> CURLcode {
        let context = Unmanaged.passUnretained(self).toOpaque()
        let greeting = max(1, timeouts.greeting.wholeSeconds)
        var settings: [(CURLoption, Int)] = [
            (CURLOPT_CONNECT_ONLY, 1),
            (CURLOPT_NOSIGNAL, 1),
            // Covers everything until the dialogue is ours; `limit` ends a TCP connection that is not established.
            (CURLOPT_CONNECTTIMEOUT, max(1, timeouts.connect.wholeSeconds) + greeting),
            (CURLOPT_SERVER_RESPONSE_TIMEOUT, greeting),
            (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
            (CURLOPT_CERTINFO, 1),
        ]
        if !relay.implicitTLS { settings.append((CURLOPT_USE_SSL, Int(relay.security.rawValue))) }
        if relay.isUnverified {
            settings += [(CURLOPT_SSL_VERIFYPEER, 0), (CURLOPT_SSL_VERIFYHOST, 0)]
        }
        var texts: [(CURLoption, String)] = [
            (CURLOPT_URL, relay.url),
            (CURLOPT_PROTOCOLS_STR, "smtp,smtps"),
            // An empty proxy keeps libcurl from asking the environment for one.
            (CURLOPT_PROXY, ""),
        ]
        if let caFile = relay.caFile { texts.append((CURLOPT_CAINFO, caFile)) }
        if let username = relay.username {
            texts += [(CURLOPT_USERNAME, username), (CURLOPT_PASSWORD, relay.password ?? "")]
        }
        for (option, value) in settings {
            let code = fortnight_curl_set_long(handle, option, value)
            guard code == CURLE_OK else { return code }
        }
        for (option, value) in texts {
            let code = fortnight_curl_set_text(handle, option, value)
            guard code == CURLE_OK else { return code }
        }
        let code = fortnight_curl_set_header(
            handle,
            { bytes, size, count, context in
                guard let bytes, let context else { return 0 }
                let attempt = Unmanaged<Attempt>.fromOpaque(context).takeUnretainedValue()
                let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return attempt.greeting.hear(line) ? size * count : 0
            }, context)
        guard code == CURLE_OK else { return code }
        return fortnight_curl_set_progress(
            handle,
            { context, _, _, _, _ in
                guard let context else { return 1 }
                return Unmanaged<Attempt>.fromOpaque(context).takeUnretainedValue().shouldGoOn ? 0 : 1
            }, context)
    }

    /// Called by libcurl about once a second.
    private var shouldGoOn: Bool {
        if cancelled.isSet { return false }
        if !isConnected {
            var time: curl_off_t = 0
            isConnected = fortnight_curl_get_offset(handle, CURLINFO_CONNECT_TIME_T, &time) == CURLE_OK && time > 0
        }
        return isConnected || ContinuousClock.now - started < limit
    }

    static func noCommonWay(_ relay: Relay) -> String {
        "\(relay) offers no AUTH mechanism that Fortnight supports, but a user name is set"
    }

    package func fault(_ code: CURLcode, _ relay: Relay) -> RelayConnection.Fault {
        // libcurl 7.88 counts the lines it holds again with each new one, and gives up with this code.
        if greeting.talksTooMuch || code == CURLE_RECV_ERROR && greeting.isAmidReply {
            return .unreachable("\(relay) broke off in its greeting, or sent too long a greeting")
        }
        let said = greeting.lastCode >= 400 ? "it said \(greeting.lastCode) \(greeting.lastText)" : nil
        let isTemporary = (400..<500).contains(greeting.lastCode)
        switch code {
        case CURLE_LOGIN_DENIED where (200..<300).contains(greeting.lastCode):
            return .authRefused(Self.noCommonWay(relay))
        case CURLE_LOGIN_DENIED where !isTemporary:
            return .authRefused("\(relay) refused the user name or the password" + (said.map { ": \($0)" } ?? ""))
        case CURLE_USE_SSL_FAILED where !isTemporary:
            return .tlsRefused("\(relay) offers no STARTTLS" + (said.map { ": \($0)" } ?? ""))
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR:
            return .tlsRefused(
                "the certificate of \(relay) does not verify: set smtp.caFile to its authority's certificate, or use the "
                    + "name that it was issued for")
        case CURLE_SSL_CACERT_BADFILE:
            return .tlsRefused("\(relay.caFile ?? "the system's file of certificates") (smtp.caFile) cannot be read")
        case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND:
            return .tlsRefused("no TLS with \(relay): \(words(code))")
        case CURLE_ABORTED_BY_CALLBACK:
            return .unreachable("\(relay) did not answer within \(limit)")
        default:
            return .unreachable("\(relay): \(said ?? words(code))")
        }
    }

    private func words(_ code: CURLcode) -> String { String(cString: curl_easy_strerror(code)) }
}

extension Relay {
    /// RFC 1122 section 3.2.1.3 (g), RFC 4291 section 2.5.3.
    fileprivate var isLoopback: Bool {
        host == "localhost" || host.hasPrefix("127.") || host == "::1" || host == "[::1]"
    }

    /// STARTTLS or nothing if a password is to be sent: without it, the password would cross the network in the clear.
    fileprivate var security: curl_usessl {
        switch tls {
        case .required: CURLUSESSL_ALL
        case .opportunistic: username == nil ? CURLUSESSL_TRY : CURLUSESSL_ALL
        case .none: CURLUSESSL_NONE
        }
    }

    /// Opportunistic TLS does not stop an attacker who can remove STARTTLS from the server's offer, so its certificate
    /// is not checked (RFC 7435), unless a password follows.
    fileprivate var isUnverified: Bool { tls == .opportunistic && username == nil && !implicitTLS }

    /// The name for EHLO is given in the path.
    fileprivate var url: String {
        let host = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        return "\(implicitTLS ? "smtps" : "smtp")://\(host):\(port)/\(percentEncoded(hello))"
    }
}

extension Duration {
    fileprivate var wholeSeconds: Int { Int(components.seconds) }
}
