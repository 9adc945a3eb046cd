import Bulletin
import Foundation

/// The status of subscribers in a column of another system: those who left, whose mail came back, who
/// complained, who never confirmed. Ignoring such a column would bring back people who left.
enum StatusMark: Hashable {
    /// A yes, a time or a reason in it means that they are gone.
    case gone(SubscriberStatus)
    /// A no in it means that they do.
    case otherwise(SubscriberStatus)
    /// It holds a word for it: `unsubscribed`, `cleaned`.
    case word
    /// It may be about that, and may be about something else.
    case doubtful

    /// The words that the heading holds, in small letters and digits only, and the status that each means.
    private static let stems: [(String, SubscriberStatus)] = [
        ("complain", .complained), ("spam", .complained), ("abuse", .complained),
        ("bounc", .bounced), ("cleaned", .bounced), ("cleantime", .bounced), ("undeliver", .bounced),
        ("unsub", .unsubscribed), ("optout", .unsubscribed), ("optedout", .unsubscribed), ("optsout", .unsubscribed),
        ("blacklist", .unsubscribed), ("blocklist", .unsubscribed), ("denylist", .unsubscribed),
        ("blocked", .unsubscribed), ("suppress", .unsubscribed), ("donot", .unsubscribed), ("dontmail", .unsubscribed),
        ("nomail", .unsubscribed), ("noemail", .unsubscribed), ("accountdisabled", .unsubscribed),
        ("deactivated", .unsubscribed), ("signedoff", .unsubscribed), ("withdrew", .unsubscribed),
        ("withdrawn", .unsubscribed), ("revoked", .unsubscribed),
    ]
    private static let positive: [String: SubscriberStatus] = [
        "subscribed": .unsubscribed, "issubscribed": .unsubscribed, "active": .unsubscribed, "isactive": .unsubscribed,
        "optin": .unsubscribed, "optedin": .unsubscribed, "enabled": .unsubscribed, "isenabled": .unsubscribed,
        "confirmed": .unconfirmed, "isconfirmed": .unconfirmed, "emailconfirmed": .unconfirmed,
        "verified": .unconfirmed, "isverified": .unconfirmed, "emailverified": .unconfirmed,
    ]
    private static let unclear: Set<String> = [
        "disabled", "inactive", "removed", "deleted", "left", "leftat", "lefton", "dateleft", "leaver", "leavers",
        "gone",
        "cancelled", "canceled", "exclude", "excluded", "invalid",
    ]

    /// Nil for a heading, folded to small letters and digits, that has no such meaning.
    init?(folded heading: String) {
        // A count of bounces decides nothing, and everybody has a link to unsubscribe.
        guard !["count", "rate", "score", "url", "link", "token", "hash"].contains(where: heading.hasSuffix) else {
            return nil
        }
        if let status = Self.positive[heading] {
            self = .otherwise(status)
        } else if ["subscriberconfirmed", "userconfirmed"].contains(where: heading.hasSuffix) {
            self = .otherwise(.unconfirmed)
        } else if let stem = Self.stems.first(where: { heading.contains($0.0) }) {
            self = .gone(stem.1)
        } else if heading.contains("status") {
            self = .word
        } else if Self.unclear.contains(heading) {
            self = .doubtful
        } else {
            return nil
        }
    }

    /// The meaning of a value; `status` is nil where it suppresses nobody. Nil for a value that is not understood.
    func reading(_ value: String, heading: String) -> (status: SubscriberStatus?, since: Date?)? {
        let small = value.lowercased().trimmingCharacters(in: CharacterSet(charactersIn: " \t.!-—"))
        let no = ["", "0", "no", "n", "false", "f", "off", "never", "none", "null", "nil", "n/a"].contains(small)
        let yes = ["1", "yes", "y", "true", "t", "x", "on", "✓", "✔", "☑"].contains(small)
        let since = SubscriberRows.date(value)
        let isTime = since != nil || small.contains(/^\d{1,4}[-\/.]\d{1,2}[-\/.]\d{1,4}/)
        switch self {
        case .gone(let status):
            if no { return (nil, nil) }
            if yes || isTime || heading.hasSuffix("reason") { return (status, since) }
        case .otherwise(let status):
            if small.isEmpty || yes || isTime { return (nil, nil) }
            if no { return (status, nil) }
        case .word where small.isEmpty: return (nil, nil)
        case .word, .doubtful: break
        }
        return Self.status(word: small).map { ($0 == .active ? nil : $0, nil) }
    }

    /// The status for another program's word; nil for an unknown word.
    static func status(word: String) -> SubscriberStatus? {
        let folded = word.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        switch folded {
        case "active", "subscribed", "enabled", "optin", "optedin", "confirmed", "member", "ok", "valid", "verified":
            return .active
        case "pending", "unconfirmed", "notconfirmed", "unverified": return .unconfirmed
        case "inactive", "disabled", "removed", "deleted", "left", "cancelled", "canceled", "nonsubscribed",
            "notsubscribed":
            return .unsubscribed
        case "invalid", "hardbounce", "hard", "dead": return .bounced
        default:
            if let status = SubscriberStatus(rawValue: folded) { return status }
            return stems.first { folded.hasPrefix($0.0) }?.1
        }
    }
}
