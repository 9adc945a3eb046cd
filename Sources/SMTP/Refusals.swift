import Bulletin

// Classifies a relay's refusals: about one recipient, about us, or about our sending rate.

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
    /// Whether the reply would be the same for any recipient (RFC 3463 sections 3.4 and 3.6, RFC 4954 section 6).
    func blamesUs(at command: SubmissionDialogue.Command) -> Bool {
        if [530, 534, 535, 538].contains(code) { return true }
        if enhanced == EnhancedCode(5, 3, 4) { return true }
        if let enhanced, enhanced.subject == 5 {
            // At RCPT some large systems give 5.5.0 for a mailbox.
            return command != .recipient || (500...504).contains(code) || code == 555
        }
        return command == .mail && (code == 552 && enhanced?.subject != 2 || code == 555)
    }

    /// Large receivers ask senders to slow down with 421, or with 45z and a code about the system (4.3), congestion
    /// (4.4.5) or policy (4.7). Codes about the address or its mailbox (4.1, 4.2) do not.
    var throttling: AdaptiveRate.Throttling? {
        if code == 421 { return .explicit }
        guard (450..<460).contains(code) else { return nil }
        guard let enhanced else { return .possible }
        if [EnhancedCode(4, 3, 2), EnhancedCode(4, 4, 5)].contains(enhanced) { return .explicit }
        return [3, 7].contains(enhanced.subject) ? .possible : nil
    }
}
