import NIOCore

/// One message on its way in: the envelope that MAIL and RCPT gave.
struct SMTPTransaction: Equatable {
    /// A refusal where the other side of a `Result` wants an error.
    struct Refusal: Error {
        let reply: SMTPReply
    }

    let sender: String
    var recipients: [String] = []
    /// RFC 1870.
    let declaredSize: Int?
    /// BODY=8BITMIME (RFC 6152).
    let isEightBit: Bool
    /// SMTPUTF8 (RFC 6531).
    let isUTF8: Bool

    /// Begins a transaction, if MAIL's address and parameters are in order and were offered.
    static func begin(
        _ path: SMTPPath, offered: (InboxConfiguration.Extensions) -> Bool
    ) -> Result<SMTPTransaction, Refusal> {
        var (size, isEightBit, isUTF8) = (Int?.none, false, false)
        for (keyword, value) in path.parameters.sorted(by: { $0.key < $1.key }) {
            switch keyword {
            case "SIZE" where offered(.size):
                guard let octets = Int(value), octets >= 0, value.utf8.count <= 18 else {
                    return refuse(501, "5.5.4", "SIZE is a number of octets")
                }
                size = octets
            case "BODY" where offered(.eightBitMIME):
                switch value.uppercased() {
                case "8BITMIME": isEightBit = true
                case "7BIT": isEightBit = false
                default: return refuse(501, "5.5.4", "BODY is 7BIT or 8BITMIME")
                }
            case "SMTPUTF8" where offered(.smtpUTF8) && value.isEmpty: isUTF8 = true
            case "AUTH" where offered(.auth): break
            default: return refuse(555, "5.5.4", "\(keyword) is not offered here")
            }
        }
        let allowsUTF8 = isUTF8
        if !path.address.isEmpty, let problem = path.problem(allowsUTF8: allowsUTF8) {
            return .failure(Refusal(reply: problem))
        }
        return .success(
            SMTPTransaction(sender: path.address, declaredSize: size, isEightBit: isEightBit, isUTF8: isUTF8))
    }

    private static func refuse(_ code: Int, _ enhanced: String, _ text: String) -> Result<SMTPTransaction, Refusal> {
        .failure(Refusal(reply: SMTPReply(code, enhanced, text)))
    }

    /// The reply that refuses the message; nil when it is accepted.
    func problem(of body: MessageBody, largest: Int) -> SMTPReply? {
        if body.size > largest {
            return SMTPReply(552, "5.3.4", "At most \(largest) octets are taken")
        }
        if let declaredSize, body.size > declaredSize {
            return SMTPReply(552, "5.3.4", "The message has \(body.size) octets, SIZE said \(declaredSize)")
        }
        if let line = body.overlongLine {
            return SMTPReply(554, "5.6.0", "Line \(line) is longer than 998 octets")
        }
        if body.hasNull {
            return SMTPReply(554, "5.6.0", "The message holds a null octet")
        }
        if body.hasEightBit {
            if !isEightBit { return SMTPReply(554, "5.6.3", "Octets beyond seven bits need BODY=8BITMIME") }
            if !isUTF8, body.headerHasEightBit {
                return SMTPReply(554, "5.6.9", "A header beyond ASCII needs SMTPUTF8")
            }
        }
        return nil
    }
}
