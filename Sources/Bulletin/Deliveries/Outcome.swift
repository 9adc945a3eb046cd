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

/// What a server answered: the code of RFC 5321 section 4.2, the enhanced code where it gave one that agrees
/// with it, and its words. Code 0: the server said nothing, and the words are ours.
package struct Reply: Hashable, Sendable {
    package let code: Int
    package let enhanced: EnhancedCode?
    package let text: String

    package init(code: Int, enhanced: EnhancedCode? = nil, text: String) {
        (self.code, self.enhanced, self.text) = (code, enhanced, text)
    }
}

/// How one delivery stands, the same words from the wire to the ledger to the bounce.
package enum DeliveryState: String, Sendable, Codable, CaseIterable {
    /// In the audience, and not tried yet. Never written: who has no line is owed.
    case owed
    /// Recorded before it was tried; no outcome yet.
    case handed
    /// The relay took responsibility (2yz to the final dot).
    case accepted
    /// Not now (4yz, or no connection): tried again later.
    case deferred
    /// Not ever (5yz), or given up after `delivery.retry.giveUpAfter`.
    case refused
    /// The message may have been taken: the reply to its end was lost (RFC 1047).
    case unknown
    /// Not sent on purpose: the person left, paused or moved after the audience was taken.
    case skipped
}

/// What became of one try. A refusal by SMTP is a value, not an error.
package struct Outcome: Hashable, Sendable {
    package let state: DeliveryState
    package let reply: Reply

    private init(_ state: DeliveryState, _ reply: Reply) { (self.state, self.reply) = (state, reply) }

    package static func accepted(_ reply: Reply) -> Outcome { Outcome(.accepted, reply) }
    package static func deferred(_ reply: Reply) -> Outcome { Outcome(.deferred, reply) }
    package static func refused(_ reply: Reply) -> Outcome { Outcome(.refused, reply) }
    package static func unknown(_ why: String) -> Outcome { Outcome(.unknown, Reply(code: 0, text: why)) }
    package static func skipped(_ why: String) -> Outcome { Outcome(.skipped, Reply(code: 0, text: why)) }

    /// The same outcome with the recipient's address cut out of the server's words (``Reply/cuttingOut(_:)``).
    package func cuttingOut(_ address: EmailAddress) -> Outcome { Outcome(state, reply.cuttingOut(address)) }

    /// By the reply's first digit (RFC 5321 section 4.2.1); what is neither 2yz nor 5yz is temporary.
    package init(_ reply: Reply) {
        switch reply.code {
        case 200..<300: self.init(.accepted, reply)
        case 500..<600: self.init(.refused, reply)
        default: self.init(.deferred, reply)
        }
    }
}
