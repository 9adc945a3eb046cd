import Foundation

// Parses an IMAP server's lines (RFC 3501 section 7). Lines of any other form are skipped.

enum IMAPReply {
    /// The result of a FETCH of UID, RFC822.SIZE and FLAGS for one message.
    struct Fetched: Hashable {
        var uid: UInt32
        var size: Int?
        var flags: Set<String>
    }

    /// `* 3 FETCH (UID 7 RFC822.SIZE 67 FLAGS (\Seen))`; flags in lower case.
    static func fetched(_ line: String) -> Fetched? {
        var words = IMAPWords(line)
        guard words.next() == .word("*"), case .word = words.next(), case .word(let verb) = words.next(),
            verb.uppercased() == "FETCH", words.next() == .open
        else { return nil }
        var fetched = Fetched(uid: 0, size: nil, flags: [])
        while case .word(let key) = words.next() {
            switch (key.uppercased(), words.next()) {
            case ("UID", .word(let value)): fetched.uid = UInt32(value) ?? 0
            case ("RFC822.SIZE", .word(let value)): fetched.size = Int(value)
            case ("FLAGS", .open):
                while case .word(let flag) = words.next() { fetched.flags.insert(flag.lowercased()) }
            case (_, .open):
                var depth = 1
                while depth > 0, let word = words.next() {
                    if word == .open { depth += 1 } else if word == .close { depth -= 1 }
                }
            default: break
            }
        }
        return fetched.uid > 0 ? fetched : nil
    }

    /// The number in a response code such as `* OK [UIDVALIDITY 3857529045] UIDs valid`.
    static func code(_ name: String, in lines: [String]) -> String? {
        for line in lines {
            guard let open = line.range(of: "[\(name) ", options: .caseInsensitive) else { continue }
            let digits = line[open.upperBound...].prefix { $0.isASCII && $0.isNumber }
            if !digits.isEmpty { return String(digits) }
        }
        return nil
    }

    /// The number in the last `* 172 EXISTS`.
    static func exists(in lines: [String]) -> Int? {
        for line in lines.reversed() {
            let words = line.split(separator: " ")
            if words.count == 3, words[0] == "*", words[2].uppercased() == "EXISTS" { return Int(words[1]) }
        }
        return nil
    }

    /// The capabilities in the last CAPABILITY line, in upper case.
    static func capabilities(in lines: [String]) -> Set<String> {
        let line = lines.last { $0.uppercased().hasPrefix("* CAPABILITY ") } ?? ""
        return Set(line.uppercased().split(separator: " ").dropFirst(2).map(String.init))
    }

    /// The prefix of a person's own folders: `* NAMESPACE (("INBOX." ".")) NIL NIL` (RFC 2342 section 5). Empty if the
    /// line has none.
    static func personalPrefix(in lines: [String]) -> String {
        guard let line = lines.last(where: { $0.uppercased().hasPrefix("* NAMESPACE ") }) else { return "" }
        var words = IMAPWords(line)
        guard words.next() == .word("*"), case .word = words.next(), words.next() == .open, words.next() == .open,
            case .word(let prefix) = words.next()
        else { return "" }
        return prefix
    }

    /// Whether a LIST found an existing folder (RFC 5258 section 3: \NonExistent ones are listed too).
    static func listsFolder(in lines: [String]) -> Bool {
        lines.contains { line in
            let upper = line.uppercased()
            return upper.hasPrefix("* LIST ") && !upper.contains("\\NONEXISTENT")
        }
    }
}

/// The atoms, quoted strings and parentheses of a line.
private struct IMAPWords {
    enum Word: Hashable {
        case word(String)
        case open
        case close
    }

    private var rest: Substring.UnicodeScalarView

    init(_ line: String) { rest = line[...].unicodeScalars }

    mutating func next() -> Word? {
        while rest.first == " " { rest.removeFirst() }
        guard let first = rest.popFirst() else { return nil }
        switch first {
        case "(": return .open
        case ")": return .close
        case "\"":
            var text = String.UnicodeScalarView()
            while let scalar = rest.popFirst(), scalar != "\"" {
                guard let kept = scalar == "\\" ? rest.popFirst() : scalar else { break }
                text.append(kept)
            }
            return .word(String(text))
        default:
            var text = String.UnicodeScalarView([first])
            while let scalar = rest.first, scalar != " ", scalar != "(", scalar != ")" {
                text.append(scalar)
                rest.removeFirst()
            }
            return .word(String(text))
        }
    }
}
