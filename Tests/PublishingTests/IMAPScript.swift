/// What an IMAP server says of two messages, with whatever else a test wants said in between.
struct IMAPScript: Sendable {
    var capabilities = "IMAP4rev1"
    var validity = "[UIDVALIDITY 7]"
    /// Said before every tagged reply.
    var chatter = ""
    /// By verb, in the place of OK.
    var refusals: [String: String] = [:]
    var messages: [Int: [UInt8]]

    func answer(_ line: String) -> String? {
        let words = line.split(separator: " ", maxSplits: 3).map(String.init)
        guard words.count > 1 else { return "* BAD what?" }
        let verb = words[1].uppercased() == "UID" ? "UID " + words[2].uppercased() : words[1].uppercased()
        if let refusal = refusals[verb] { return "\(chatter)\(words[0]) \(refusal)" }
        let done = "\(chatter)\(words[0]) OK done"
        switch verb {
        case "CAPABILITY": return "* CAPABILITY \(capabilities)\r\n\(done)"
        case "SELECT":
            return
                "* \(messages.count) EXISTS\r\n* FLAGS (\\Seen)\r\n* OK \(validity) valid\r\n\(words[0]) OK [READ-WRITE] done"
        case "LIST": return "* LIST () \"/\" Fortnight\r\n\(done)"
        case "UID FETCH": return fetch(words[3]) + done
        case "LOGOUT": return nil
        default: return done
        }
    }

    private func fetch(_ wanted: String) -> String {
        let uids = messages.keys.sorted()
        if wanted.contains("BODY[]") {
            guard let uid = wanted.split(separator: " ").first.flatMap({ Int($0) }), let bytes = messages[uid] else {
                return ""
            }
            return
                "* 1 FETCH (FLAGS (\\Seen) UID \(uid) BODY[] {\(bytes.count)}\r\n\(String(decoding: bytes, as: UTF8.self)))\r\n"
        }
        let shown = wanted.hasPrefix("*") ? uids.suffix(1) : uids[...]
        return shown.map { uid in
            "* 1 FETCH (FLAGS () RFC822.SIZE \(messages[uid]?.count ?? 0) UID \(uid))\r\n"
        }.joined()
    }
}
