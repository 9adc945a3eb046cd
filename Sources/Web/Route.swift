import Bulletin
import Foundation
import HTTPTypes

/// The page that a path leads to. Paths are those that this server sees: where `publicURL` has a path of its own, the proxy has
/// taken it away.
enum Route: Hashable, Sendable {
    case front
    case subscribe
    case confirm(token: String)
    case choices(token: String)
    case privacy
    case feed
    case leave(token: String)
    case issues
    case issue(IssueNumber)
    case issueText(IssueNumber)
    case picture(IssueNumber, file: String)
    /// The calendar entry of an event or a meeting.
    case calendarEntry(ItemID)
    /// The whole calendar.
    case calendar
    case styleSheet
    case robots

    /// Nil where the path leads nowhere. No `..`, no second spelling of a number, and no name that a file may not have,
    /// gets through.
    init?(path: some StringProtocol) {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count > 1, parts[0].isEmpty, let route = Self.route(Array(parts.dropFirst())) else { return nil }
        self = route
    }

    private static func route(_ parts: [String]) -> Route? {
        switch (parts.count, parts[0]) {
        case (1, ""): .front
        case (1, "style.css"): .styleSheet
        case (1, "robots.txt"): .robots
        case (1, "meetings.ics"): .calendar
        case (1, "subscribe"): .subscribe
        case (1, "privacy"): .privacy
        case (2, "subscribe") where parts[1].isEmpty: .subscribe
        case (2, "privacy") where parts[1].isEmpty: .privacy
        case (1, "feed.atom"): .feed
        case (2, "confirm"), (2, "choices"), (2, "leave"): personal(parts[0], parts[1])
        case (3, "confirm") where parts[2].isEmpty, (3, "choices") where parts[2].isEmpty,
            (3, "leave") where parts[2].isEmpty:
            personal(parts[0], parts[1])
        case (2, "items"): calendarName(parts[1]).map { .calendarEntry($0) }
        case (1, "issues"): .issues
        case (2, "issues") where parts[1].isEmpty: .issues
        case (2, "issues"),
            (3, "issues") where parts.last == "":
            number(parts[1]).map { .issue($0) }
        case (3, "issues") where parts[2] == "text": number(parts[1]).map { .issueText($0) }
        case (4, "issues") where parts[2] == "pictures":
            number(parts[1]).flatMap { number in fileName(parts[3]).map { .picture(number, file: $0) } }
        default: nil
        }
    }

    /// The methods that are allowed there; a HEAD is a GET without the body.
    var methods: [HTTPRequest.Method] {
        switch self {
        case .leave, .confirm, .choices, .subscribe: [.get, .head, .post]
        case .front, .privacy, .feed, .issues, .issue, .issueText, .picture, .calendarEntry, .calendar, .styleSheet,
            .robots:
            [.get, .head]
        }
    }

    /// Whether the path is a person's own, to be kept out of caches and search engines.
    var isPersonal: Bool {
        switch self {
        case .leave, .confirm, .choices: true
        case .front, .subscribe, .privacy, .feed, .issues, .issue, .issueText, .picture, .calendarEntry, .calendar,
            .styleSheet, .robots:
            false
        }
    }

    /// A link by mail comes with a slash at its end, or with letters escaped that need not be, where a program on its way
    /// has looked into it. It must work all the same, and without being sent elsewhere (RFC 8058 section 3.1).
    private static func personal(_ part: String, _ text: String) -> Route? {
        // A mail program may take the punctuation after the link for a part of it.
        guard var token = text.removingPercentEncoding else { return nil }
        while let last = token.last, ".,;:!?)>\"'".contains(last) { token.removeLast() }
        guard !token.isEmpty else { return nil }
        switch part {
        case "confirm": return .confirm(token: token)
        case "choices": return .choices(token: token)
        default: return .leave(token: token)
        }
    }

    /// The largest number of issue that a path may name: some 38,000 years of fortnights.
    private static let mostDigits = 6

    private static func number(_ text: String) -> IssueNumber? {
        guard (1...mostDigits).contains(text.utf8.count), let value = Int(text), String(value) == text, value > 0 else {
            return nil
        }
        return IssueNumber(value)
    }

    /// `abc234.ics`, in small letters.
    private static func calendarName(_ text: String) -> ItemID? {
        guard text.hasSuffix(".ics"), let id = ItemID(text.dropLast(4)), text == "\(id).ics" else { return nil }
        return id
    }

    private static func fileName(_ text: String) -> String? {
        guard let name = text.removingPercentEncoding, (1...255).contains(name.utf8.count), !name.hasPrefix("."),
            !name.unicodeScalars.contains(where: { $0 == "/" || $0 == "\\" || $0.value < 0x20 || $0.value == 0x7F })
        else { return nil }
        return name
    }
}
