internal import Foundation

extension Reply {
    /// The same reply with the recipient's address removed from the server's text, in any case and with either form of
    /// its domain: a ledger is kept longer than a forgotten person's address may be.
    package func cuttingOut(_ address: EmailAddress) -> Reply {
        guard text.utf8.contains(UInt8(ascii: "@")) else { return self }
        var words = text
        for form in Set([address.wire, address.display]) {
            words = words.replacingOccurrences(of: form, with: "[address]", options: .caseInsensitive)
        }
        return words == text ? self : Reply(code: code, enhanced: enhanced, text: words)
    }
}
