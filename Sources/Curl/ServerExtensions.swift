/// The extensions in a relay's last reply to EHLO (RFC 5321 section 4.1.1.1) that concern us.
package struct ServerExtensions: Hashable, Sendable {
    /// RFC 2920.
    package var pipelining = false
    /// RFC 6531.
    package var smtpUTF8 = false
    /// RFC 1870: whether MAIL may give the size.
    package var size = false
    /// RFC 1870: the most octets of a message; nil if none is given, or 0.
    package var sizeLimit: Int?

    package init() {}

    /// Reads the lines of the reply without their codes, the greeting line among them. Keywords are read in either
    /// case; unknown ones are skipped.
    package init(ehlo lines: some Sequence<String>) {
        for line in lines.dropFirst() {
            let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
            switch words.first?.uppercased() {
            case "PIPELINING": pipelining = true
            case "SMTPUTF8": smtpUTF8 = true
            case "SIZE":
                size = true
                if words.count > 1, let limit = Int(words[1]), limit > 0 { sizeLimit = limit }
            default: break
            }
        }
    }
}
