/// An enhanced status code (RFC 3463): class, subject, detail.
package struct EnhancedCode: Hashable, Sendable, CustomStringConvertible {
    package let klass: Int
    package let subject: Int
    package let detail: Int

    package init(_ klass: Int, _ subject: Int, _ detail: Int) {
        (self.klass, self.subject, self.detail) = (klass, subject, detail)
    }

    /// Reads `5.1.1`; nil for anything else (RFC 3463 section 2: class 2, 4 or 5, the others at most three digits).
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard parts.count == 3,
            parts.allSatisfy({ (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy(digits.contains) }),
            let klass = Int(parts[0]), [2, 4, 5].contains(klass),
            let subject = Int(parts[1]), let detail = Int(parts[2])
        else { return nil }
        self.init(klass, subject, detail)
    }

    package var description: String { "\(klass).\(subject).\(detail)" }
}

/// A server's reply: the code of RFC 5321 section 4.2, the enhanced code if it gave one that matches, and its text.
/// With code 0 the server gave no reply, and the text is ours.
package struct Reply: Hashable, Sendable {
    package let code: Int
    package let enhanced: EnhancedCode?
    package let text: String

    package init(code: Int, enhanced: EnhancedCode? = nil, text: String) {
        (self.code, self.enhanced, self.text) = (code, enhanced, text)
    }
}

/// The state of one delivery, under the same name in the dialogue, the ledger and bounces.
package enum DeliveryState: String, Sendable, Codable, CaseIterable {
    /// In the audience, and not tried yet. Never written: a subscriber without a line is owed the message.
    case owed
    /// Recorded before it was tried; no outcome yet.
    case handed
    /// The relay took responsibility (2yz to the final dot).
    case accepted
    /// A temporary failure (4yz, or no connection): tried again later.
    case deferred
    /// A permanent failure (5yz), or given up after `delivery.retry.giveUpAfter`.
    case refused
    /// The message may have been accepted: the reply to its end was lost (RFC 1047).
    case unknown
    /// Deliberately not sent: the person left, paused or moved after the audience was taken.
    case skipped
}

/// The outcome of one try. A refusal by SMTP is a value, not an error.
package struct Outcome: Hashable, Sendable {
    package let state: DeliveryState
    package let reply: Reply

    private init(_ state: DeliveryState, _ reply: Reply) { (self.state, self.reply) = (state, reply) }

    package static func accepted(_ reply: Reply) -> Outcome { Outcome(.accepted, reply) }
    package static func deferred(_ reply: Reply) -> Outcome { Outcome(.deferred, reply) }
    package static func refused(_ reply: Reply) -> Outcome { Outcome(.refused, reply) }
    package static func unknown(_ why: String) -> Outcome { Outcome(.unknown, Reply(code: 0, text: why)) }
    package static func skipped(_ why: String) -> Outcome { Outcome(.skipped, Reply(code: 0, text: why)) }

    /// The same outcome with the recipient's address removed from the server's text (``Reply/cuttingOut(_:)``).
    package func cuttingOut(_ address: EmailAddress) -> Outcome { Outcome(state, reply.cuttingOut(address)) }

    /// By the reply's first digit (RFC 5321 section 4.2.1); anything but 2yz and 5yz is temporary.
    package init(_ reply: Reply) {
        switch reply.code {
        case 200..<300: self.init(.accepted, reply)
        case 500..<600: self.init(.refused, reply)
        default: self.init(.deferred, reply)
        }
    }
}
