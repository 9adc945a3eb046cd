/// Why a message cannot be composed; `description` gives the place and the remedy.
package enum ComposingFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The field's value contains a line break, a NUL, another control character, or a character that reverses the
    /// direction of text.
    case controlCharacter(field: String)
    /// The field's value must be ASCII and is not.
    case notASCII(field: String)
    /// The field's value cannot be folded below 998 bytes (RFC 5322 section 2.1.1).
    case tooLong(field: String)
    /// One of our addresses has a local part beyond ASCII: then every message would need SMTPUTF8, which few relays
    /// offer.
    case addressOfOursNotASCII(field: String)
    /// That part of the edition has no place for the reader's own unsubscribe link.
    case noWayToLeave(part: String)
    /// That part of the edition has an unknown placeholder.
    case unknownPersonalPart(part: String)

    package var description: String {
        switch self {
        case .controlCharacter(let field):
            "\(field): has a line break or a control character, which is not allowed in a header field: write it on one line"
        case .notASCII(let field):
            "\(field): has characters beyond ASCII, which are not allowed here: spell it in ASCII"
        case .tooLong(let field): "\(field): has more than 900 bytes without a space: shorten it"
        case .addressOfOursNotASCII(let field):
            "\(field): the part before the @ is not ASCII, and few mail servers accept that: use an ASCII address"
        case .noWayToLeave(let part):
            "the \(part) of the edition has no unsubscribe link: put {{leave}} back into its template"
        case .unknownPersonalPart(let part):
            "the \(part) of the edition has a control character that is not a placeholder: remove it"
        }
    }
}
