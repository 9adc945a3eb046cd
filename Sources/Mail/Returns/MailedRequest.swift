import Bulletin
import MIME

/// A request that a person sent by mail: to one of our plus addresses, by a subject, or by a word in a reply.
struct MailedRequest: Hashable, Sendable {
    enum Kind: Hashable, Sendable { case unsubscribe, subscribe, help, confirm }

    /// The place of the request. A reply may be meant for a person: it counts only from a subscriber, or in
    /// answer to a message of ours.
    enum Place: Hashable, Sendable { case address, subject, reply }

    let request: Kind
    let place: Place

    /// Nil where there is none. `details` are the plus parts that it was sent to, in lower case.
    init?(details: [String], subject: String, text: String) {
        if let request = details.lazy.compactMap({ Self.request(detail: $0) }).first {
            self.init(request, .address)
        } else if details.contains(where: { $0.hasPrefix("confirm.") }), OwnWords.sayYes(text) {
            self.init(.confirm, .address)
        } else if let request = Self.request(subject: subject) {
            self.init(request, .subject)
        } else if OwnWords.askToLeave(text) {
            self.init(.unsubscribe, .reply)
        } else {
            return nil
        }
    }

    private init(_ request: Kind, _ place: Place) { (self.request, self.place) = (request, place) }

    private static func request(detail: String) -> Kind? {
        switch detail.prefix(while: { $0 != "." }) {
        case "unsubscribe": .unsubscribe
        case "subscribe" where detail == "subscribe": .subscribe
        case "help" where detail == "help": .help
        default: nil
        }
    }

    /// `unsubscribe TOKEN`, as the link in a message of ours writes it, or the bare word.
    private static func request(subject: String) -> Kind? {
        let words = FailurePhrases.plain(OwnWords.withoutMarks(subject)).split(separator: " ").map {
            $0.trimming { !$0.isLetter && !$0.isNumber }
        }
        guard let first = words.first else { return nil }
        if words.count == 1 { return first == "unsubscribe" || first == "stop" ? .unsubscribe : nil }
        guard words.count == 2 else { return nil }
        return first == "unsubscribe" && words[1].utf8.count == 2 * SubscriberID.length
            || words == ["please", "unsubscribe"] || words == ["unsubscribe", "me"]
            || words == ["unsubscribe", "please"]
            ? .unsubscribe : nil
    }
}

/// The text that a person wrote themselves, above their quotation.
enum OwnWords {
    /// Whether all of it is a request to leave; a letter that mentions one is not.
    static func askToLeave(_ text: String) -> Bool {
        var lines = lines(of: text)
        while let first = lines.first, isGreeting(first) { lines.removeFirst() }
        if let closing = lines.firstIndex(where: isClosing) { lines.removeSubrange(closing...) }
        guard let first = lines.first else { return false }
        let rest = lines.dropFirst().joined(separator: " ")
        // A word alone on its line, and a name below it.
        if words.contains(first), rest.split(separator: " ").count <= 6 { return true }
        return lines.count <= 3 && words.contains(lines.joined(separator: " "))
    }

    /// Whether it begins with a yes; a question, or an angry word, does not.
    static func sayYes(_ text: String) -> Bool {
        var lines = lines(of: text)
        while let first = lines.first, isGreeting(first) { lines.removeFirst() }
        guard let first = lines.first else { return false }
        let words = first.split { !$0.isLetter && $0 != "'" }
        return words.first.map { yes.contains(String($0)) } == true && words.count <= 6
            && !words.contains { ["not", "don't", "no", "stop", "never"].contains($0) }
    }

    private static let yes: Set<String> = ["yes", "confirm", "confirmed", "ok", "okay", "ja", "oui", "sí", "ie", "ydw"]

    /// A subject without `Re:` and its likes.
    static func withoutMarks(_ subject: String) -> String {
        var rest = subject.trimmingSpaces()[...]
        for _ in 0..<8 {
            guard let colon = rest.firstIndex(of: ":"), rest.distance(from: rest.startIndex, to: colon) <= 5,
                marks.contains(rest[..<colon].lowercased().trimmingSpaces())
            else { break }
            rest = rest[rest.index(after: colon)...].trimmingSpaces()[...]
        }
        return String(rest)
    }

    private static let marks: Set<String> = [
        "re", "aw", "sv", "antw", "antwort", "ref", "fw", "fwd", "wg", "tr", "rv", "vs", "odp", "r", "res", "ynt",
    ]

    /// The lines that are not quoted, plain, without spaces and punctuation at their ends; until a signature or a
    /// quotation begins.
    private static func lines(of text: String) -> [String] {
        var lines: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: true).prefix(60) {
            let bare = line.trimmingSpaces()
            if bare == "--" || bare.hasPrefix("> ") || bare == ">" || beginsQuotation(bare) { break }
            if bare.hasPrefix(">") { continue }
            let plain = FailurePhrases.plain(bare).trimming { !$0.isLetter && !$0.isNumber }
            if !plain.isEmpty { lines.append(plain) }
        }
        return lines
    }

    private static func beginsQuotation(_ line: String) -> Bool {
        let lower = line.lowercased()
        if line.hasPrefix("-----") || line.hasPrefix("_____") { return true }
        if ["from:", "von:", "de:", "da:", "van:", "sent from my", "get outlook for", "sent from "].contains(where: {
            lower.hasPrefix($0)
        }) {
            return true
        }
        let isAttribution = ["wrote:", "schrieb:", "a écrit :", "a écrit:", "escribió:", "ha scritto:", "schreef:"]
            .contains { lower.hasSuffix($0) }
        return isAttribution || lower.hasPrefix("on ") && lower.contains("@") && lower.contains("<")
    }

    private static func isGreeting(_ line: String) -> Bool {
        ["hi", "hello", "dear", "good morning", "good afternoon", "hallo", "bonjour"].contains {
            line == $0 || line.hasPrefix($0 + " ")
        } && line.split(separator: " ").count <= 5
    }

    private static func isClosing(_ line: String) -> Bool {
        [
            "thanks", "thank you", "many thanks", "kind regards", "regards", "best wishes", "best regards", "best",
            "cheers",
            "yours", "sincerely", "many thanks and", "with thanks",
        ].contains { line == $0 || line.hasPrefix($0 + " ") }
    }

    private static let words: Set<String> = [
        "unsubscribe", "unsubscribe me", "please unsubscribe", "please unsubscribe me", "unsubscribe please",
        "unsubscribe me please", "unsubscribe from this list", "please unsubscribe me from this list",
        "please unsubscribe me from this mailing list", "unsubscribe me from this list", "stop", "stop please",
        "please stop", "stop it", "stop all", "stop sending", "please stop sending these",
        "please stop sending me these",
        "please stop sending these emails", "remove me", "please remove me", "please remove me from this list",
        "please remove me from your list", "please remove me from your mailing list", "remove me from this list",
        "remove me from your list", "take me off this list", "please take me off this list",
        "please take me off your list", "please take me off your mailing list", "i want to unsubscribe",
        "i would like to unsubscribe", "i wish to unsubscribe", "abmelden", "bitte abmelden", "désabonner",
        "se désabonner", "desinscribir", "dad-danysgrifio",
    ]
}

extension StringProtocol {
    fileprivate func trimming(_ isSpare: (Character) -> Bool) -> String {
        guard let first = firstIndex(where: { !isSpare($0) }), let last = lastIndex(where: { !isSpare($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}
