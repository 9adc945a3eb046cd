/// What a relay says while libcurl connects, greets, secures and authenticates: libcurl keeps none of it, but shows each
/// line of each reply.
final class Greeting {
    /// The bound of all replies together until the dialogue is ours.
    private static let mostBytes = 64 * 1024

    private var bytes = 0
    private var group: [String] = []
    /// The lines of the last complete 250 reply, which is the last EHLO's: after STARTTLS it is said again.
    private(set) var ehlo: [String] = []
    /// A 235 was seen (RFC 4954 section 4): libcurl goes on without AUTH where none is offered, and calls that success.
    private(set) var isAuthenticated = false
    private(set) var talksTooMuch = false
    /// The last reply had more lines to come.
    var isAmidReply: Bool { !group.isEmpty }
    private(set) var lastCode = 0
    private(set) var lastText = ""

    /// Takes one line. False where the relay talks too much.
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
