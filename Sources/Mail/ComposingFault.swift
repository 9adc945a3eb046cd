/// Why a message cannot be composed; `description` names the place and the remedy.
package enum ComposingFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A value for that header field holds a line break, a NUL, another control character, or a character that turns
    /// the direction of text round.
    case controlCharacter(field: String)
    /// A value for that header field must be ASCII and is not.
    case notASCII(field: String)
    /// A value for that header field holds no way to fold it below 998 bytes (RFC 5322 section 2.1.1).
    case tooLong(field: String)
    /// An address of ours whose local part is not ASCII: then every message would need SMTPUTF8, which few relays offer.
    case addressOfOursNotASCII(field: String)
    /// That part of the edition has no place for the reader's own link to leave.
    case noWayToLeave(part: String)
    /// That part of the edition has a personal part that Mail does not know.
    case unknownPersonalPart(part: String)

    package var description: String {
        switch self {
        case .controlCharacter(let field):
            "\(field): has a line break or a control character, which no header field may have: write it on one line"
        case .notASCII(let field): "\(field): has characters beyond ASCII where none may be: spell it in ASCII"
        case .tooLong(let field): "\(field): has more than 900 bytes without a space: shorten it"
        case .addressOfOursNotASCII(let field):
            "\(field): the part before the @ is not ASCII, and few mail servers take that: use an ASCII address"
        case .noWayToLeave(let part):
            "the \(part) of the edition has no link to leave: put {{leave}} back into its template"
        case .unknownPersonalPart(let part):
            "the \(part) of the edition has a control character that stands for no personal part: take it out"
        }
    }
}
