/// A relay's replies while libcurl connects, greets, starts TLS and authenticates: libcurl keeps none of them, but
/// passes on each line of each reply.
final class Greeting {
    /// The most bytes of all replies together until the dialogue is ours.
    private static let mostBytes = 64 * 1024

    private var bytes = 0
    private var group: [String] = []
    /// The lines of the last complete 250 reply, which is the last EHLO's: after STARTTLS it comes again.
    private(set) var ehlo: [String] = []
    /// A 235 was seen (RFC 4954 section 4): if a server offers no AUTH, libcurl carries on without it and reports
    /// success.
    private(set) var isAuthenticated = false
    private(set) var talksTooMuch = false
    /// The last reply has more lines to come.
    var isAmidReply: Bool { !group.isEmpty }
    private(set) var lastCode = 0
    private(set) var lastText = ""

    /// Takes one line. False if the relay sends too much.
    func hear(_ line: some Collection<UInt8>) -> Bool {
        bytes += line.count
        guard bytes <= Self.mostBytes else {
            talksTooMuch = true
            return false
        }
        let text = String(decoding: line, as: UTF8.self).trimmingSuffix { $0.isNewline || $0 == " " }
        guard text.utf8.count >= 3, let code = Int(text.prefix(3)), (200..<600).contains(code) else { return true }
        if code != lastCode { group.removeAll() }
        lastCode = code
        lastText = String(text.dropFirst(4))
        group.append(lastText)
        guard text.dropFirst(3).first != "-" else { return true }
        if code == 250 { ehlo = group }
        if code == 235 { isAuthenticated = true }
        group.removeAll()
        return true
    }
}

extension String {
    fileprivate func trimmingSuffix(while belongs: (Character) -> Bool) -> Substring {
        var text = self[...]
        while let last = text.last, belongs(last) { text.removeLast() }
        return text
    }
}
