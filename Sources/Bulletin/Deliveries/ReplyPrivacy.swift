internal import Foundation

extension Reply {
    /// The same reply with the recipient's address cut out of the server's words, in whatever case and with either form of
    /// its domain: a ledger is kept longer than a forgotten person may be (DESIGN section 4, forgetting).
    package func cuttingOut(_ address: EmailAddress) -> Reply {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return self }
        var words = text
        for form in Set([address.wire, address.display]) {
            words = words.replacingOccurrences(of: form, with: "[address]", options: .caseInsensitive)
        }
        return words == text ? self : Reply(code: code, enhanced: enhanced, text: words)
    }
}
