/// One command line, parsed (RFC 5321 section 4.1).
enum SMTPCommand: Equatable {
    case hello(String, extended: Bool)
    case mail(SMTPPath)
    case rcpt(SMTPPath)
    case data
    case rset
    case noop
    case vrfy
    case quit
    case startTLS
    case auth(mechanism: String, initial: String?)
    /// A command with something wrong; the reply says what.
    case wrong(SMTPReply)

    /// Parses a line without its CRLF.
    init(_ line: String) {
        let verb = line.prefix { $0 != " " }
        let rest = line.dropFirst(verb.count + 1)
        switch verb.uppercased() {
        case "EHLO", "HELO":
            let name = String(rest)
            self =
                Self.isHelloName(name)
                ? .hello(name, extended: verb.uppercased() == "EHLO")
                : .wrong(SMTPReply(501, "5.5.4", "\(verb) needs a full domain name or an address literal"))
        case "MAIL":
            self = Self.path(rest, after: "FROM:").map(Self.mail) ?? Self.badPath("MAIL FROM:<address>")
        case "RCPT":
            self = Self.path(rest, after: "TO:").map(Self.rcpt) ?? Self.badPath("RCPT TO:<address>")
        case "DATA": self = Self.bare(.data, rest)
        case "RSET": self = Self.bare(.rset, rest)
        case "QUIT": self = Self.bare(.quit, rest)
        case "STARTTLS": self = Self.bare(.startTLS, rest)
        case "NOOP": self = .noop
        case "VRFY": self = .vrfy
        case "AUTH":
            let words = rest.split(separator: " ", maxSplits: 1).map(String.init)
            self =
                words.isEmpty
                ? .wrong(SMTPReply(501, "5.5.4", "AUTH needs a mechanism"))
                : .auth(mechanism: words[0].uppercased(), initial: words.count > 1 ? words[1] : nil)
        case "HELP", "EXPN", "TURN", "BDAT", "ETRN":
            self = .wrong(SMTPReply(502, "5.5.1", "\(verb) is not done here"))
        default:
            self = .wrong(SMTPReply(500, "5.5.2", "That is no SMTP command"))
        }
    }

    private static func bare(_ command: SMTPCommand, _ rest: Substring) -> SMTPCommand {
        rest.isEmpty ? command : .wrong(SMTPReply(501, "5.5.4", "This command takes no argument"))
    }

    private static func badPath(_ form: String) -> SMTPCommand {
        .wrong(SMTPReply(501, "5.5.4", "Write \(form), with nothing between"))
    }

    private static func path(_ text: Substring, after keyword: String) -> SMTPPath? {
        guard text.prefix(keyword.count).uppercased() == keyword else { return nil }
        return SMTPPath(text.dropFirst(keyword.count))
    }

    /// A domain with at least one dot, or a literal in square brackets (RFC 5321 section 4.1.1.1); `localhost` is
    /// neither.
    private static func isHelloName(_ name: String) -> Bool {
        if name.hasPrefix("["), name.hasSuffix("]") { return name.utf8.count > 2 }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count > 1 && name.utf8.count <= 255
            && labels.allSatisfy { label in
                !label.isEmpty && label.utf8.count <= 63
                    && label.unicodeScalars.allSatisfy {
                        $0 == "-" || $0.properties.isAlphabetic || ("0"..."9").contains($0)
                    }
            }
    }
}

/// A path in angle brackets, and the parameters after it.
struct SMTPPath: Equatable {
    /// The address between the brackets, a source route removed; empty for `<>`.
    let address: String
    /// Keyword in upper case and its value; empty where there was none.
    let parameters: [String: String]

    init?(_ text: Substring) {
        guard text.hasPrefix("<"), let end = Self.closingBracket(text) else { return nil }
        address = String(text[text.index(after: text.startIndex)..<end])
        let rest = text[text.index(after: end)...]
        guard rest.isEmpty || rest.hasPrefix(" ") else { return nil }
        var parameters: [String: String] = [:]
        for word in rest.split(separator: " ") {
            let halves = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let keyword = halves[0].uppercased()
            guard !keyword.isEmpty, parameters[keyword] == nil else { return nil }
            parameters[keyword] = halves.count > 1 ? String(halves[1]) : ""
        }
        self.parameters = parameters
    }

    /// The bracket that ends the path; one inside a quoted local part does not.
    private static func closingBracket(_ text: Substring) -> Substring.Index? {
        var (isQuoted, isEscaped) = (false, false)
        for index in text.indices {
            switch text[index] {
            case _ where isEscaped: isEscaped = false
            case "\\" where isQuoted: isEscaped = true
            case "\"": isQuoted.toggle()
            case ">" where !isQuoted: return index
            default: break
            }
        }
        return nil
    }

    /// The reply that refuses the address as one to send to or from; nil when it is accepted. Without SMTPUTF8 on
    /// MAIL (RFC 6531 section 3.4) an address beyond ASCII will not.
    func problem(allowsUTF8: Bool) -> SMTPReply? {
        guard let at = address.lastIndex(of: "@") else {
            return SMTPReply(501, "5.1.3", "An address needs a local part, an @ and a domain")
        }
        let (local, domain) = (address[..<at], address[address.index(after: at)...])
        if local.isEmpty || domain.isEmpty {
            return SMTPReply(501, "5.1.3", "An address needs a local part, an @ and a domain")
        }
        if local.utf8.count > 64 || domain.utf8.count > 255 || address.utf8.count > 254 {
            return SMTPReply(501, "5.1.3", "The address is longer than RFC 5321 section 4.5.3.1 allows")
        }
        let isQuoted = local.hasPrefix("\"") && local.hasSuffix("\"") && local.utf8.count > 1
        let isClean = address.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "<") }
        guard isQuoted || isClean else {
            return SMTPReply(501, "5.1.3", "The address holds a space or a control character")
        }
        if !allowsUTF8, !address.utf8.allSatisfy({ $0 < 0x80 }) {
            return SMTPReply(553, "5.6.7", "An address beyond ASCII needs SMTPUTF8 on MAIL")
        }
        return nil
    }
}
