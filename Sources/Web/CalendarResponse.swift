import Foundation
import HTTPServing
import HTTPTypes
import Hummingbird
import Tokens

extension PageResponse {
    static func calendar(_ calendar: CalendarPages.Calendar, fileName: String) -> PageResponse {
        let body = Array(calendar.text.utf8)
        return PageResponse(
            type: "text/calendar; charset=utf-8; method=PUBLISH", body: body, keeping: .everybody,
            tag: "\"\(ContentHash.hexadecimal(of: body).prefix(32))\"", modified: calendar.changed, fileName: fileName)
    }

    /// 304 without a body where the asker has this very content (RFC 9110 section 13.2.2).
    func unlessKnown(to headers: HTTPFields) -> PageResponse {
        guard status == .ok, isKnown(to: headers) else { return self }
        var answer = self
        (answer.status, answer.body) = (.notModified, [])
        return answer
    }

    private func isKnown(to headers: HTTPFields) -> Bool {
        if let asked = headers[.ifNoneMatch] {
            guard let tag else { return false }
            return asked.split(separator: ",").contains { part in
                let name = part.trimmingCharacters(in: .whitespaces)
                return name == "*" || name == tag || name == "W/\(tag)"
            }
        }
        guard let modified, let since = headers[.ifModifiedSince].flatMap(HTTPDate.date) else { return false }
        return modified <= since
    }
}
