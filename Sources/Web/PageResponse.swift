import Foundation
import HTTPServing
import HTTPTypes
import Hummingbird
import NIOCore

/// A response before its headers: its content, its type, and who may keep it.
struct PageResponse {
    enum Keeping {
        /// A person's own, or an error: nobody keeps it, no search engine lists it.
        case nobody
        /// The same for everybody.
        case everybody
    }

    var status: HTTPResponse.Status = .ok
    var type: String
    var body: [UInt8]
    var keeping: Keeping
    var allow: [HTTPRequest.Method] = []
    /// An entity tag, which tells one content from another (RFC 9110 section 8.8.3), in quotation marks.
    var tag: String?
    /// When it last changed, where that is known.
    var modified: Date?
    /// Under which name a browser keeps it.
    var fileName: String?

    static func page(_ html: String, status: HTTPResponse.Status = .ok, keeping: Keeping = .nobody) -> PageResponse {
        PageResponse(status: status, type: "text/html; charset=utf-8", body: Array(html.utf8), keeping: keeping)
    }

    static func text(_ text: String, status: HTTPResponse.Status = .ok, keeping: Keeping = .nobody) -> PageResponse {
        PageResponse(status: status, type: "text/plain; charset=utf-8", body: Array(text.utf8), keeping: keeping)
    }
}

/// The headers that every response bears.
struct ResponseHeaders {
    /// Whether `publicURL` is https: then browsers are told to use nothing else.
    let overHTTPS: Bool

    /// Pages need no script, no frame and nothing from elsewhere.
    private static let policy =
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    /// Seconds in a year, as preload lists ask for at least.
    private static let transportSecurity = "max-age=31536000"
    /// Five minutes: an archive page may be taken back soon after it was seen to be wrong.
    private static let shared = "public, max-age=300"

    func response(_ answer: PageResponse) -> Response {
        var headers = HTTPFields()
        func set(_ name: String, _ value: String) {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        headers[.contentType] = answer.type
        set("Content-Security-Policy", Self.policy)
        set("X-Content-Type-Options", "nosniff")
        set("Referrer-Policy", "no-referrer")
        switch answer.keeping {
        case .nobody:
            headers[.cacheControl] = "no-store"
            set("X-Robots-Tag", "noindex")
        case .everybody: headers[.cacheControl] = Self.shared
        }
        if overHTTPS { headers[.strictTransportSecurity] = Self.transportSecurity }
        if let tag = answer.tag { headers[.eTag] = tag }
        if let modified = answer.modified { headers[.lastModified] = HTTPDate.text(modified) }
        if let name = answer.fileName { headers[.contentDisposition] = "attachment; filename=\"\(name)\"" }
        if !answer.allow.isEmpty { headers[.allow] = answer.allow.map(\.rawValue).joined(separator: ", ") }
        return Response(
            status: answer.status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}
