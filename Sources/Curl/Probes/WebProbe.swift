import CCurl
package import Foundation

/// One request to the public pages, as made by a reader's browser or mail program; it follows no redirects.
package enum WebProbe {
    package struct Answer: Hashable, Sendable {
        package var status = 0
        /// Whether our own pages answered, and not the web server in front of them.
        package var isOurs = false
        /// When the server's certificate expires; nil without TLS.
        package var certificateEnds: Date?
    }

    package enum Result: Hashable, Sendable {
        case answered(Answer)
        /// The certificate does not verify, or there is no TLS.
        case insecure(String)
        case unreachable(String)
    }

    /// Waits for up to ten seconds; call it on a thread that may block. Posts `form`, if given.
    package static func ask(_ url: String, posting form: String? = nil) -> Result {
        blockPipeSignal()
        guard curl_global_init(fortnight_curl_global_all) == CURLE_OK, let handle = curl_easy_init() else {
            return .unreachable("libcurl did not start")
        }
        defer { curl_easy_cleanup(handle) }
        let heard = HeardHeaders()
        let settings: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_CONNECTTIMEOUT, 5), (CURLOPT_TIMEOUT, 10), (CURLOPT_CERTINFO, 1),
            (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_MAXFILESIZE, 1 << 20),
        ]
        for (option, value) in settings { _ = fortnight_curl_set_long(handle, option, value) }
        var texts = [
            (CURLOPT_URL, url), (CURLOPT_PROTOCOLS_STR, "http,https"), (CURLOPT_USERAGENT, "fortnight doctor"),
            (CURLOPT_PROXY, ""),
        ]
        if let form { texts.append((CURLOPT_COPYPOSTFIELDS, form)) }
        for (option, value) in texts {
            guard fortnight_curl_set_text(handle, option, value) == CURLE_OK else {
                return .unreachable("\(url) is not an http or https address")
            }
        }
        _ = fortnight_curl_set_body(handle, { _, size, count, _ in size * count })
        let code = withExtendedLifetime(heard) { () -> CURLcode in
            _ = fortnight_curl_set_header(
                handle,
                { bytes, size, count, context in
                    guard let bytes, let context else { return 0 }
                    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                    Unmanaged<HeardHeaders>.fromOpaque(context).takeUnretainedValue().hear(line)
                    return size * count
                }, Unmanaged.passUnretained(heard).toOpaque())
            return curl_easy_perform(handle)
        }
        let words = String(cString: curl_easy_strerror(code))
        switch code {
        case CURLE_OK:
            var status = 0
            _ = fortnight_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
            return .answered(
                Answer(status: status, isOurs: heard.hasOurPolicy, certificateEnds: Certificate.end(handle)))
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CONNECT_ERROR: return .insecure(words)
        default: return .unreachable("\(url): \(words)")
        }
    }
}

/// The response headers that show who answered.
private final class HeardHeaders {
    /// Every page of ours has a policy with this beginning; a web server's own page has none.
    private(set) var hasOurPolicy = false

    func hear(_ line: UnsafeRawBufferPointer) {
        let text = String(decoding: line.prefix(512), as: UTF8.self).lowercased()
        if text.hasPrefix("content-security-policy: default-src 'none'; style-src 'self'") { hasOurPolicy = true }
    }
}
