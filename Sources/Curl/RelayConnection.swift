import CCurl
import Foundation
import Glibc
import Synchronization

/// A connection to a relay on which libcurl has done EHLO and, if configured, TLS and AUTH. From there on it carries
/// our bytes.
///
/// `@unchecked`: the handle belongs to one thread at a time: first to the one that opens it, and once handed over only
/// to the sending loop's.
package final class RelayConnection: @unchecked Sendable {
    /// Why the connection failed. The reason is for people, and contains no secret.
    package enum Fault: Error {
        /// Worth trying again.
        case unreachable(String)
        case authRefused(String)
        case tlsRefused(String)
    }

    /// The result of an attempt to move bytes.
    package enum Transfer {
        case moved(Int)
        /// Not now. Offer the same bytes again, at the same address.
        case again
        case closed(String)
    }

    package let socket: Int32
    package let extensions: ServerExtensions
    /// Whether TLS lies between us and the socket, and may hold bytes of its own.
    package let isSecure: Bool
    private let handle: UnsafeMutableRawPointer

    package init(handle: UnsafeMutableRawPointer, socket: Int32, extensions: ServerExtensions, isSecure: Bool) {
        (self.handle, self.socket, self.extensions, self.isSecure) = (handle, socket, extensions, isSecure)
    }

    deinit { curl_easy_cleanup(handle) }

    /// When the relay's certificate expires; nil without TLS.
    var certificateEnds: Date? { Certificate.end(handle) }

    package func send(_ bytes: UnsafeRawBufferPointer) -> Transfer {
        var count = 0
        let code = curl_easy_send(handle, bytes.baseAddress, bytes.count, &count)
        return transfer(code, count)
    }

    package func receive(into buffer: UnsafeMutableRawBufferPointer) -> Transfer {
        var count = 0
        let code = curl_easy_recv(handle, buffer.baseAddress, buffer.count, &count)
        if code == CURLE_OK, count == 0 { return .closed("the relay closed the connection") }
        return transfer(code, count)
    }

    private func transfer(_ code: CURLcode, _ count: Int) -> Transfer {
        switch code {
        case CURLE_OK: .moved(count)
        case CURLE_AGAIN: .again
        default: .closed("the connection was lost: \(String(cString: curl_easy_strerror(code)))")
        }
    }
}

/// Set by one thread, seen by another: the submission has ended, and connections being opened are no longer needed.
package final class CancelFlag: Sendable {
    private let flag = Atomic(false)

    package init() {}

    package func set() { flag.store(true, ordering: .relaxed) }

    package var isSet: Bool { flag.load(ordering: .relaxed) }
}

/// Blocks SIGPIPE in this thread: OpenSSL writes without MSG_NOSIGNAL, and libcurl leaves the signal alone when
/// CURLOPT_NOSIGNAL is set.
package func blockPipeSignal() {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
}
