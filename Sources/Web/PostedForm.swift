import Bulletin
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

// Forms that are posted: how large, how slow, and from which page they may come.
extension RequestHandler {
    /// All of it, waiting for no longer than ``timeouts``. Throws an `HTTPError`: a body that is announced as too large is
    /// refused before it comes (RFC 9110 section 10.1.1), and a client that hangs up amid it is no failure of ours.
    func body(of request: Request) async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > FormBody.most {
            throw HTTPError(.contentTooLarge)
        }
        let (body, timeouts) = (request.body, timeouts)
        let buffer = try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
            group.addTask {
                do { return try await body.collect(upTo: FormBody.most) } catch let error as any HTTPResponseError {
                    throw error
                } catch {
                    throw HTTPError(.badRequest)
                }
            }
            group.addTask {
                try await Task.sleep(for: timeouts)
                throw HTTPError(.requestTimeout)
            }
            defer { group.cancelAll() }
            return try await group.next() ?? ByteBuffer()
        }
        return Array(buffer.readableBytesView)
    }

    /// Whether a form comes from a page of ours, and not from somebody else's who holds the link. Browsers say so by
    /// Sec-Fetch-Site; older ones by Origin, which is `null` from our pages, for they send no referrer.
    func isOurOwnForm(_ request: Request) -> Bool {
        if let name = HTTPField.Name("Sec-Fetch-Site"), let site = request.headers[name] {
            return site == "same-origin" || site == "none"
        }
        guard let origin = request.headers[.origin], origin != "null" else { return true }
        let host = origin.split(separator: "/").last.map(String.init)
        return host == request.head.authority
            || origin == Self.origin(of: masthead.publicURL)
    }

    private static func origin(of url: String) -> String? {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme, let host = parts.host else {
            return nil
        }
        return "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? "")
    }
}
