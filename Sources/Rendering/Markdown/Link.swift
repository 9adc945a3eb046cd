import Basics
import Bulletin
import Foundation

/// Link targets: https, http, mailto and tel, and no other scheme.
enum Link {
    /// `text` as a link's address, with every disallowed character percent-encoded; nil if it has none of the four
    /// schemes, or no host.
    static func address(_ text: String) -> String? {
        let trimmed = CleanText.line(text)
        guard let colon = trimmed.firstIndex(of: ":") else { return nil }
        let scheme = trimmed[..<colon].lowercased()
        let rest = trimmed[trimmed.index(after: colon)...]
        switch scheme {
        case "https", "http":
            guard rest.hasPrefix("//"), let host = rest.dropFirst(2).first, !"/?#".contains(host) else { return nil }
            let authority = rest.dropFirst(2).prefix { !"/?#".contains($0) }
            return scheme + "://" + plainHost(authority) + encoded(String(rest[authority.endIndex...]))
        case "mailto":
            guard rest.contains("@") else { return nil }
        case "tel":
            guard rest.contains(where: \.isNumber) else { return nil }
        default: return nil
        }
        return scheme + ":" + encoded(String(rest))
    }

    /// An address as shown to readers: without its scheme, its host decoded, and without a slash that is the whole
    /// path.
    static func label(_ address: String) -> String {
        var text = Substring(address)
        for prefix in ["https://", "http://", "mailto:", "tel:"] where text.hasPrefix(prefix) {
            text = text.dropFirst(prefix.count)
        }
        if text.last == "/", text.dropLast().allSatisfy({ $0 != "/" }) { text = text.dropLast() }
        let host = text.prefix { !"/?#:@".contains($0) }
        guard host.contains("xn--"), host.endIndex == text.endIndex || text[host.endIndex] != "@" else {
            return String(text)
        }
        return Domain.uLabels(String(host)) + text[host.endIndex...]
    }

    /// The host as every mail program accepts it: letters beyond ASCII as A-labels (RFC 5890), not percent-encoded.
    private static func plainHost(_ authority: Substring) -> String {
        let start = authority.lastIndex(of: "@").map { authority.index(after: $0) } ?? authority.startIndex
        let host = authority[start...].prefix { $0 != ":" }
        guard !host.allSatisfy(\.isASCII), let plain = Domain.aLabels(String(host)) else {
            return encoded(String(authority))
        }
        return encoded(String(authority[..<start])) + plain + encoded(String(authority[host.endIndex...]))
    }

    /// `tel:` with the international form of the number at the beginning of `text`; nil if there is none.
    static func telephone(_ text: String) -> String? {
        let number = text.prefix { $0.isNumber || "+ -.()\u{A0}".contains($0) }
        let bare = number.last == "(" ? number.dropLast() : number
        return PhoneNumber(String(bare)).map { "tel:\($0)" }
    }

    /// `mailto:` with a mail address; nil if `text` is not one.
    static func mail(_ text: String) -> String? {
        guard let address = try? EmailAddress(text) else { return nil }
        return "mailto:" + segment(address.local, keeping: "@.+-_") + "@" + address.domain
    }

    /// One segment of a path.
    static func segment(_ text: String, keeping extra: String = "._-") -> String {
        percentEncoded(CleanText.line(text), keeping: extra)
    }

    private static func encoded(_ text: String) -> String {
        percentEncoded(text, keeping: "!#$%&'()*+,-./:;=?@[]_~")
    }
}
