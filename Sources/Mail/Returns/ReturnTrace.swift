package import Bulletin
import MIME

/// The parts of a message that may tell the subscriber it is about, in the order of trust. Open them with the keys
/// first: anybody can write it.
package struct ReturnTrace: Hashable, Sendable {
    /// Local parts of addresses that look like return paths of ours: of those that the message was delivered to, then
    /// of those that the message it encloses says it came from.
    package var returnPaths: [String] = []
    /// Local parts that look like addresses to leave or to confirm by, and the text of tokens to leave by.
    package var wishAddresses: [String] = []
    package var leaveTokens: [String] = []
    /// The recipients of our messages that it answers or encloses, by Message-IDs, which are not authenticated.
    package var messageIDs: [SubscriberID] = []

    /// Candidates of each kind that are looked at.
    private static let most = 16

    init(_ message: IncomingMessage, report: FeedbackReport?, delivered: [EmailAddress], subject: String) {
        let enclosed = message.enclosed
        var paths = delivered.map(\.local)
        for value in [report?.originalSender, enclosed?["return-path"], enclosed?["x-hmxmroriginalsender"]] {
            paths += WrittenAddress.all(in: value ?? "", most: 4).compactMap { try? EmailAddress($0).local }
        }
        for value in enclosed?.all("x-envelope-from") ?? [] {
            paths += WrittenAddress.all(in: value, most: 4).compactMap { try? EmailAddress($0).local }
        }
        returnPaths = Self.few(paths.filter(Self.looksLikeReturnPath))
        let links = enclosed?["list-unsubscribe"] ?? ""
        wishAddresses = Self.few(
            (delivered.map(\.local)
                + WrittenAddress.all(in: links.replacing("mailto:", with: " "), most: 4)
                .compactMap { try? EmailAddress($0).local })
                .filter { $0.lowercased().contains("+unsubscribe.") || $0.lowercased().contains("+confirm.") })
        leaveTokens = Self.few(Self.tokens(in: subject) + Self.tokens(in: links))
        let ids = [message.header["in-reply-to"], enclosed?["message-id"]].compactMap { $0 }
        messageIDs = Self.few(ids.flatMap(Self.subscribers))
    }

    private static func few<Value: Hashable>(_ values: [Value]) -> [Value] {
        var seen: Set<Value> = []
        return values.filter { seen.insert($0).inserted }.prefix(most).map { $0 }
    }

    /// `…+0024.ID.SEAL`.
    private static func looksLikeReturnPath(_ local: String) -> Bool {
        guard let plus = local.lastIndex(of: "+") else { return false }
        let parts = local[local.index(after: plus)...].split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0].first?.isNumber == true && parts[1].utf8.count == SubscriberID.length
    }

    /// Words of the length of a token to leave by.
    private static func tokens(in text: String) -> [String] {
        text.prefix(4000).split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
            .filter { $0.utf8.count == 2 * SubscriberID.length }.map { $0.lowercased() }
    }

    /// `<0024.ID@example.org>`, as our messages have it.
    private static func subscribers(_ value: String) -> [SubscriberID] {
        value.prefix(4000).split { "<> \t,".contains($0) }.compactMap { word in
            guard let at = word.firstIndex(of: "@") else { return nil }
            let parts = word[..<at].split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].first?.isNumber == true else { return nil }
            return SubscriberID(parts[1])
        }
    }
}
