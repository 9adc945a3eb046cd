import CCurl
import Curl

/// A POP3 mailbox (RFC 1939), of which messages are only read.
final class POP3Mailbox: OpenMailbox {
    let validity = ""
    let hasNumbers = false
    let putsAway = false
    private let conversation: MailConversation
    /// The message's number on this connection, by its UIDL.
    private var numbers: [String: Int] = [:]
    private var listed: [ListedMessage]?

    init(_ conversation: MailConversation) throws(MailboxFault) {
        self.conversation = conversation
        let most = conversation.timeouts.mostReplyOctets
        let unique = conversation.say("", "UIDL", mostContent: most)
        guard unique.code == CURLE_OK else {
            if unique.isRefused, unique.code != CURLE_LOGIN_DENIED {
                throw .refused(
                    "\(conversation.server) has no UIDL, so that what was read cannot be known again: read it by IMAP")
            }
            throw conversation.fault(unique)
        }
        let sizes = conversation.say("", mostContent: most)
        guard sizes.code == CURLE_OK else { throw conversation.fault(sizes) }
        guard !sizes.isNewConnection else { throw .unreachable("\(conversation.server) closed the connection") }
        let octets = Dictionary(
            Self.pairs(sizes.content).compactMap { number, size in Int(size).map { (number, $0) } },
            uniquingKeysWith: { $1 })
        var listed: [ListedMessage] = []
        for (number, name) in Self.pairs(unique.content) where numbers[name] == nil {
            numbers[name] = number
            listed.append(ListedMessage(name: name, size: octets[number], wasSeen: true))
        }
        self.listed = listed
    }

    func next(after through: UInt32) -> [ListedMessage]? {
        defer { listed = nil }
        return listed
    }

    func content(of message: ListedMessage) throws(MailboxFault) -> [UInt8] {
        let most = conversation.timeouts.mostOctets
        if let size = message.size, size > most { throw .tooLarge }
        guard let number = numbers[message.name] else { throw .gone }
        let answer = conversation.say(String(number), mostContent: most)
        // On another connection the number may be another message's.
        guard !answer.isNewConnection else { throw .unreachable("\(conversation.server) closed the connection") }
        switch answer.code {
        case CURLE_OK:
            if answer.content.count != message.size { try checkWholeness() }
            return answer.content
        case CURLE_WRITE_ERROR where answer.overflowed: throw .tooLarge
        default:
            guard answer.isRefused else { throw conversation.fault(answer) }
            throw .unreadable("the server refused it")
        }
    }

    /// Where the connection ends within a message, libcurl calls that its end. Servers that count line ends otherwise
    /// than they send them are common, so that the size alone tells nothing.
    private func checkWholeness() throws(MailboxFault) {
        let answer = conversation.say("", "NOOP", mostContent: 0, noContent: true)
        guard answer.code == CURLE_OK else { throw conversation.fault(answer) }
        guard !answer.isNewConnection else { throw .unreachable("\(conversation.server) closed the connection") }
    }

    func restoreUnseen(_ names: [String]) {}

    func putAway(_ names: [String]) {}

    func close() { conversation.leave("QUIT") }

    /// The lines of a list, `1 120`.
    private static func pairs(_ content: [UInt8]) -> [(Int, String)] {
        content.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let words = line.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") })
            guard words.count >= 2, let number = Int(String(decoding: words[0], as: UTF8.self)) else { return nil }
            return (number, String(decoding: words[1], as: UTF8.self))
        }
    }
}
