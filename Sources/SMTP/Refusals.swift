import Bulletin

// What a relay's refusals mean: about one recipient, about us, or about how fast we are.

extension SubmissionDialogue.Command {
    var name: String {
        switch self {
        case .mail: "MAIL"
        case .recipient: "RCPT"
        case .data: "DATA"
        case .end, .emptyEnd: "the message"
        case .reset: "RSET"
        case .quit: "QUIT"
        }
    }
}

extension Reply {
    /// Whether it would be the same for any recipient (RFC 3463 sections 3.4 and 3.6, RFC 4954 section 6).
    func blamesUs(at command: SubmissionDialogue.Command) -> Bool {
        if [530, 534, 535, 538].contains(code) { return true }
        if enhanced == EnhancedCode(5, 3, 4) { return true }
        if let enhanced, enhanced.subject == 5 {
            // At RCPT some large systems say 5.5.0 of a mailbox.
            return command != .recipient || (500...504).contains(code) || code == 555
        }
        return command == .mail && (code == 552 && enhanced?.subject != 2 || code == 555)
    }

    /// G5 of the large receivers: 421, and 45z whose code speaks of the system (4.3), congestion (4.4.5) or policy (4.7).
    /// What speaks of the address or its mailbox (4.1, 4.2) asks for nothing.
    var asking: AdaptiveRate.Asking? {
        if code == 421 { return .plainly }
        guard (450..<460).contains(code) else { return nil }
        guard let enhanced else { return .perhaps }
        if [EnhancedCode(4, 3, 2), EnhancedCode(4, 4, 5)].contains(enhanced) { return .plainly }
        return [3, 7].contains(enhanced.subject) ? .perhaps : nil
    }
}
