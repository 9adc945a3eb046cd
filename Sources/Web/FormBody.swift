import Foundation

/// The body of a form that was posted, as far as it matters: whether it is the one-click request of RFC 8058.
enum FormBody {
    /// The largest body that is read; the forms there are have less than a hundred bytes.
    static let most = 8 * 1024

    /// Whether the body says `List-Unsubscribe=One-Click` (RFC 8058 section 3.2), as
    /// `application/x-www-form-urlencoded` or as `multipart/form-data`.
    static func isOneClick(_ body: [UInt8], contentType: String?) -> Bool {
        let text = String(decoding: body, as: UTF8.self)
        let type = contentType ?? ""
        guard type.lowercased().hasPrefix("multipart/form-data") else { return isOneClick(form: text) }
        return parameter("boundary", of: type).map { isOneClick(multipart: text, boundary: $0) } ?? false
    }

    private static func isOneClick(form: String) -> Bool {
        form.split(whereSeparator: { $0 == "&" || $0.isNewline }).contains { pair in
            let parts = pair.split(separator: "=", maxSplits: 1).map { part in
                part.trimmingCharacters(in: .whitespaces).removingPercentEncoding?.lowercased()
            }
            return parts == ["list-unsubscribe", "one-click"]
        }
    }

    /// RFC 7578 section 4: parts between boundary lines, each with a Content-Disposition that names the field.
    private static func isOneClick(multipart: String, boundary: String) -> Bool {
        let unified = multipart.replacing("\r\n", with: "\n")
        return unified.components(separatedBy: "--\(boundary)").dropFirst().contains { part in
            guard let blank = part.range(of: "\n\n") else { return false }
            let names = part[..<blank.lowerBound].split(separator: "\n").compactMap { line in
                line.lowercased().hasPrefix("content-disposition:") ? parameter("name", of: String(line)) : nil
            }
            let value = part[blank.upperBound...].trimmingCharacters(in: .whitespacesAndNewlines)
            return names.first?.lowercased() == "list-unsubscribe" && value.lowercased() == "one-click"
        }
    }

    /// A parameter's value, in quotes or without.
    private static func parameter(_ name: String, of field: String) -> String? {
        for part in field.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard pair.count == 2, pair[0].lowercased() == name else { continue }
            let value = pair[1].trimmingCharacters(in: CharacterSet(charactersIn: "\""))
            return value.isEmpty ? nil : value
        }
        return nil
    }
}
