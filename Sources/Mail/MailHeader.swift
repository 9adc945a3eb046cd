import Bulletin

/// The header section of a message being written (RFC 5322 section 2.2). Every value is checked, so that no text can
/// add another field; lines fold at white space below 78 bytes wherever there is any.
struct MailHeader: Sendable {
    /// The fields so far, each with its CRLF.
    private(set) var bytes: [UInt8] = []

    init() {}

    /// A field of free text: Subject. Text beyond ASCII becomes encoded words.
    mutating func write(_ name: String, text: String) throws(ComposingFault) {
        guard HeaderText.isClean(text) else { throw .controlCharacter(field: name) }
        begin(name)
        if HeaderText.isPlain(text) {
            writeFolded(text, column: name.utf8.count + 2)
        } else {
            _ = HeaderText.writeWords(text, to: &bytes, column: name.utf8.count + 2)
        }
        end()
    }

    /// A field whose form is fixed by its RFC: a date, a type, a keyword. ASCII, folded at its spaces.
    mutating func write(_ name: String, form: String) throws(ComposingFault) {
        guard HeaderText.isClean(form) else { throw .controlCharacter(field: name) }
        guard form.utf8.allSatisfy({ $0 < 0x80 }) else { throw .notASCII(field: name) }
        guard form.split(separator: " ").allSatisfy({ $0.utf8.count <= HeaderText.longestWord }) else {
            throw .tooLong(field: name)
        }
        begin(name)
        writeFolded(form, column: name.utf8.count + 2)
        end()
    }

    /// A field of one address: From, To, Reply-To. A name with characters that no header may contain is refused.
    mutating func write(_ name: String, address: NamedAddress) throws(ComposingFault) {
        if let displayed = address.name, !HeaderText.isClean(displayed) { throw .controlCharacter(field: name) }
        begin(name)
        address.write(to: &bytes, column: name.utf8.count + 2)
        end()
    }

    /// List-Id (RFC 2919): a phrase and an identifier in angle brackets.
    mutating func write(_ name: String, phrase: String, identifier: String) throws(ComposingFault) {
        guard HeaderText.isClean(phrase) else { throw .controlCharacter(field: name) }
        guard identifier.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .notASCII(field: name) }
        begin(name)
        let column = NamedAddress.writePhrase(phrase, to: &bytes, column: name.utf8.count + 2)
        if column + 3 + identifier.utf8.count > HeaderText.longestLine {
            HeaderText.fold(&bytes)
        } else {
            bytes.append(0x20)
        }
        bytes += "<\(identifier)>".utf8
        end()
    }

    /// The blank line that ends the section.
    mutating func close() { end() }

    private mutating func begin(_ name: String) { bytes += "\(name): ".utf8 }

    private mutating func end() { bytes += [0x0D, 0x0A] }

    private mutating func writeFolded(_ text: String, column: Int) {
        var column = column
        for (index, word) in text.split(separator: " ").enumerated() {
            if index > 0 {
                if column + 1 + word.utf8.count > HeaderText.longestLine {
                    HeaderText.fold(&bytes)
                    column = 1
                } else {
                    bytes.append(0x20)
                    column += 1
                }
            }
            bytes += word.utf8
            column += word.utf8.count
        }
    }
}
